// Package pki makes the certificate authority of one installation and the server certificate it signs: for the installer,
// whose authority's key never leaves the installation directory, and for a server that runs by itself.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	// Some browsers refuse certificates that live longer than 825 days, also those of a private authority.
	serverLife = 800 * 24 * time.Hour
	// A certificate is renewed by the first run of the installer within this time of its end.
	renewBefore = 60 * 24 * time.Hour
	// Clocks of an intranet are not always right.
	backdate = 48 * time.Hour
)

// Pair is a certificate and its key, both PEM.
type Pair struct {
	Certificate []byte
	Key         []byte
}

// NewAuthority makes a self-signed certificate authority that may sign server certificates and nothing below them.
func NewAuthority(name string, now time.Time) (Pair, error) {
	key, serial, err := fresh()
	if err != nil {
		return Pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"DingBan"}},
		NotBefore:    now.Add(-backdate), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Pair{}, fmt.Errorf("pki: authority: %w", err)
	}
	return pair(der, key)
}

// Issue makes a server certificate for names and addresses, the first one being the one people type.
func Issue(authority Pair, hosts []string, now time.Time) (Pair, error) {
	if len(hosts) == 0 {
		return Pair{}, errors.New("pki: a certificate needs at least one name")
	}
	issuer, err := Parse(authority.Certificate)
	if err != nil {
		return Pair{}, err
	}
	issuerKey, err := parseKey(authority.Key)
	if err != nil {
		return Pair{}, err
	}
	key, serial, err := fresh()
	if err != nil {
		return Pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: common(hosts[0]), Organization: []string{"DingBan"}},
		NotBefore:    now.Add(-backdate), NotAfter: now.Add(serverLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	if template.NotAfter.After(issuer.NotAfter) {
		template.NotAfter = issuer.NotAfter
	}
	for _, h := range hosts {
		if ip := net.ParseIP(strings.Trim(h, "[]")); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		return Pair{}, fmt.Errorf("pki: certificate: %w", err)
	}
	issued, err := pair(der, key)
	if err != nil {
		return Pair{}, err
	}
	// Those who connect are shown the authority as well, so that a browser can offer it.
	issued.Certificate = append(issued.Certificate, authority.Certificate...)
	return issued, nil
}

// common cuts a name to what the field can hold; nobody looks at it, the alternative names count.
func common(name string) string { return name[:min(len(name), 64)] }

// Good says whether a server certificate serves these hosts, is signed by the authority, fits its key and lives on for
// a while. The reason is for people.
func Good(authority []byte, server Pair, hosts []string, now time.Time) error {
	root, err := Parse(authority)
	if err != nil {
		return err
	}
	cert, err := Parse(server.Certificate)
	if err != nil {
		return err
	}
	key, err := parseKey(server.Key)
	if err != nil {
		return err
	}
	public, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || !public.Equal(key.Public()) {
		return errors.New("pki: certificate and key do not belong together")
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	// The renewal period counts as expired.
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now.Add(renewBefore)}); err != nil {
		return fmt.Errorf("pki: certificate: %w", err)
	}
	for _, h := range hosts {
		if err := cert.VerifyHostname(h); err != nil {
			return fmt.Errorf("pki: certificate: %w", err)
		}
	}
	return nil
}

// AuthorityGood says whether an authority and its key belong together and it lives longer than a certificate.
func AuthorityGood(authority Pair, now time.Time) error {
	cert, err := Parse(authority.Certificate)
	if err != nil {
		return err
	}
	key, err := parseKey(authority.Key)
	if err != nil {
		return err
	}
	public, ok := cert.PublicKey.(*ecdsa.PublicKey)
	switch {
	case !ok || !public.Equal(key.Public()):
		return errors.New("pki: the authority's certificate and key do not belong together")
	case !cert.IsCA:
		return errors.New("pki: the authority's certificate may not sign others")
	case now.Add(renewBefore).After(cert.NotAfter):
		return errors.New("pki: the authority expires soon")
	}
	return nil
}

// Fingerprint is the SHA-256 of a certificate as browsers show it.
func Fingerprint(certificate []byte) (string, error) {
	cert, err := Parse(certificate)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":"), nil
}

// Parse reads the first certificate of a PEM file.
func Parse(content []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(content)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("pki: not a certificate in PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	return cert, nil
}

func parseKey(content []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("pki: not a key in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("pki: the key cannot be read") // the cause could quote the key
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("pki: not an elliptic-curve key")
	}
	return key, nil
}

func fresh() (*ecdsa.PrivateKey, *big.Int, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("pki: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, nil, fmt.Errorf("pki: %w", err)
	}
	return key, serial, nil
}

func pair(der []byte, key *ecdsa.PrivateKey) (Pair, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("pki: %w", err)
	}
	return Pair{
		Certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}),
	}, nil
}

// LocalHosts are the names and addresses under which this machine can be reached, as far as it knows: its name, the
// addresses of its network cards, and itself. Bridges of container engines are left out.
func LocalHosts(hostname string, interfaces []net.Interface, addresses func(net.Interface) ([]net.Addr, error)) []string {
	var names, ips []string
	if hostname != "" && validName(hostname) {
		names = append(names, hostname)
	}
	for _, card := range interfaces {
		if card.Flags&net.FlagUp == 0 || card.Flags&net.FlagLoopback != 0 || bridge(card.Name) {
			continue
		}
		list, err := addresses(card)
		if err != nil {
			continue // a card that went away just now
		}
		for _, a := range list {
			if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() && !n.IP.IsMulticast() {
				ips = append(ips, n.IP.String())
			}
		}
	}
	all := slices.Concat(names, ips, []string{"localhost", "127.0.0.1", "::1"})
	var unique []string
	for _, h := range all {
		if !slices.Contains(unique, h) {
			unique = append(unique, h)
		}
	}
	return unique
}

func bridge(name string) bool {
	return name == "docker0" || strings.HasPrefix(name, "br-") || strings.HasPrefix(name, "veth") || strings.HasPrefix(name, "virbr")
}

// validName is what a certificate may carry as a name.
func validName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// CheckHost says whether somebody can have meant this as a name or an address of the server.
func CheckHost(host string) error {
	if net.ParseIP(strings.Trim(host, "[]")) != nil || validName(strings.TrimPrefix(host, "*.")) {
		return nil
	}
	return fmt.Errorf("%q is neither a host name nor an IP address", host)
}
