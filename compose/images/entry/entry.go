// Package entry is what runs inside of our own containers besides the programs themselves: the start of the database
// server (there is no shell in its image) and the questions an engine asks for health. It is part of the dingban binary,
// which all images share as one layer.
package entry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// healthTime bounds one question for health; the engine's own limit is a little longer, so that the reason gets told.
const healthTime = 4 * time.Second

// Command is the hidden command "internal" with everything below it.
func Command() *cobra.Command {
	internal := &cobra.Command{
		Use:    "internal",
		Short:  "Commands that run inside of DingBan's own containers",
		Hidden: true,
		Args:   cobra.NoArgs,
	}
	internal.AddCommand(
		&cobra.Command{
			Use:                "mysqld [option...]",
			Short:              "Initialise the database directory when it is new and become the MySQL server",
			DisableFlagParsing: true, // options are the server's
			SilenceUsage:       true,
			RunE: func(c *cobra.Command, args []string) error {
				ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM, syscall.SIGINT)
				defer stop()
				return InImage(c.ErrOrStderr()).Run(ctx, args)
			},
		},
		healthCommand("mysqld-health", "Ask the MySQL server for its health", "mysql"),
		healthCommand("minio-health", "Ask the object store for its health", "minio"),
		&cobra.Command{
			Use:          "healthcheck [app|mysql|minio]",
			Short:        "Ask a service for its health; without a name, the app",
			Args:         cobra.MaximumNArgs(1),
			ValidArgs:    []string{"app", "mysql", "minio"},
			SilenceUsage: true,
			RunE: func(c *cobra.Command, args []string) error {
				return health(c, append(args, "app")[0])
			},
		},
	)
	return internal
}

func healthCommand(use, short, service string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error { return health(c, service) },
	}
}

func health(c *cobra.Command, service string) error {
	ctx, cancel := context.WithTimeout(c.Context(), healthTime)
	defer cancel()
	switch service {
	case "app":
		return appHealth(ctx, "https://127.0.0.1:8443/healthz")
	case "minio":
		return minioHealth(ctx, "http://127.0.0.1:9000")
	case "mysql":
		return InImage(c.ErrOrStderr()).health(ctx)
	}
	return fmt.Errorf("no service %q: app, mysql or minio", service)
}

func appHealth(ctx context.Context, url string) error {
	// The certificate names the host people type, not the loopback address this question goes to.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} //nolint:gosec // loopback only
	_, err := get(ctx, &http.Client{Transport: transport}, url)
	return err
}

func minioHealth(ctx context.Context, base string) error {
	header, err := get(ctx, http.DefaultClient, base+"/minio/health/live")
	if err != nil {
		return err
	}
	// It answers 200 as soon as it listens, and says in a header that it has not found its drives yet.
	if status := header.Get("X-Minio-Server-Status"); status != "" && !strings.EqualFold(status, "online") {
		return fmt.Errorf("the object store is %s", status)
	}
	return nil
}

func get(ctx context.Context, client *http.Client, url string) (_ http.Header, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("health: %s answers %s: %s", url, answer.Status, strings.TrimSpace(string(body)))
	}
	return answer.Header, nil
}

// InImage is the MySQL server the way it lies in our image.
func InImage(log io.Writer) Server {
	return Server{
		Program:  []string{"/usr/sbin/mysqld"},
		Defaults: "/etc/mysql/my.cnf",
		DataDir:  "/var/lib/mysql",
		RunDir:   "/run/mysqld",
		Getenv:   os.Getenv,
		Log:      log,
	}
}
