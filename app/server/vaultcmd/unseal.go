package vaultcmd

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/vault/kek"
	"dingban/configs"
)

func unsealCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var url, ca string
	cmd := &cobra.Command{
		Use: "unseal", Short: "Bring a share or the passphrase to a server that waits for it", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Bring a share or the passphrase to a server that waits for it. Each keeper may do so from a terminal of their own; what is given
in files is brought at once. The connection is checked: on the host of a server with a certificate of its own by its
authority in the data folder, elsewhere by --ca or the authorities of the system.`,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		c := loaded.Config
		if url == "" {
			if url, err = own(c); err != nil {
				return err
			}
		}
		client, err := clientFor(c, ca)
		if err != nil {
			return err
		}
		in := newTerminal(cmd)
		files := b.shareFiles
		if b.passphraseFile != "" {
			files = append(files, b.passphraseFile)
		}
		for n := 0; n == 0 || n < len(files); n++ {
			var text []byte
			if n < len(files) {
				text, err = kek.ReadWords(files[n])
			} else {
				text, err = in.secret("Share or passphrase: ")
			}
			if err != nil {
				return err
			}
			answer, err := bringTo(cmd, client, url, text)
			clear(text)
			if err != nil {
				return err
			}
			if !answer.Sealed {
				fmt.Fprintln(cmd.OutOrStdout(), "The vault is open; the server is starting.")
				return nil
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Taken: %d of %d.\n", answer.Have, answer.Need)
		}
		return nil
	}
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().StringVar(&url, "url", "", "address of the server; the one of this host's configuration otherwise")
	cmd.Flags().StringVar(&ca, "ca", "", "certificate authority of the server, in PEM")
	return cmd
}

type unsealAnswer struct {
	Sealed     bool
	Have, Need int
	Detail     string
}

func bringTo(cmd *cobra.Command, client *http.Client, url string, text []byte) (unsealAnswer, error) {
	body, err := json.Marshal(map[string]string{"text": string(text)})
	if err != nil {
		return unsealAnswer{}, err
	}
	defer clear(body)
	req, err := http.NewRequestWithContext(cmd.Context(), http.MethodPost, strings.TrimSuffix(url, "/")+"/api/v1/vault/unseal", bytes.NewReader(body))
	if err != nil {
		return unsealAnswer{}, fmt.Errorf("vault: --url: %w", err)
	}
	if req.URL.Scheme != "https" {
		return unsealAnswer{}, errors.New("vault: --url: a share goes over https only")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Language", "en")
	resp, err := client.Do(req)
	if err != nil {
		return unsealAnswer{}, fmt.Errorf("vault: the server cannot be reached: %w", err)
	}
	defer resp.Body.Close()
	var answer unsealAnswer
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer); err != nil {
		return unsealAnswer{}, fmt.Errorf("vault: the server answers %s and nothing that can be read", resp.Status)
	}
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed || resp.StatusCode == http.StatusUnauthorized:
		return unsealAnswer{}, errors.New("vault: the server is not sealed")
	case resp.StatusCode != http.StatusOK:
		return unsealAnswer{}, fmt.Errorf("vault: %s", answer.Detail)
	}
	return answer, nil
}

// own is the address of the server of this configuration, from its own host.
func own(c configs.Config) (string, error) {
	if c.Server.PublicURL != "" {
		return c.Server.PublicURL, nil
	}
	host, port, err := net.SplitHostPort(c.Server.Listen)
	if err != nil {
		return "", fmt.Errorf("vault: server.listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "https://" + net.JoinHostPort(host, port), nil
}

func clientFor(c configs.Config, ca string) (*http.Client, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca == "" && c.Server.TLS.Mode == "auto" {
		if path := c.InData("tls", "ca.crt"); fileThere(path) {
			ca = path
		}
	}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("vault: --ca: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("vault: --ca: %s holds no certificate", ca)
		}
	}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: t, Proxy: http.ProxyFromEnvironment}}, nil
}

func fileThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
