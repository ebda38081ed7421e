package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"strings"

	"dingban/app/platform/lang"
	"dingban/configs"
)

// firstAccount is the first administrator, as long as its password is only known here.
type firstAccount struct{ account, password string }

// firstAdministrator makes an administrator when there is nobody yet. A password from a file is not repeated anywhere;
// a random one is returned to be shown once on the terminal. It never gets near the log.
func (a *App) firstAdministrator(ctx context.Context) (*firstAccount, error) {
	setup := a.Config.Setup
	first := &firstAccount{account: setup.AdminAccount}
	var err error
	if setup.AdminPasswordFile != "" {
		first.password, err = secretFile(setup.AdminPasswordFile)
	} else {
		first.password, err = oneTimePassword()
	}
	if err != nil {
		return nil, fmt.Errorf("server: one-time password of the first administrator (setup.admin_password_file): %w", err)
	}
	created, err := a.Modules.Org.EnsureFirstAdmin(ctx, first.account, first.password)
	if err != nil {
		return nil, fmt.Errorf("server: the first administrator could not be made: %w", err)
	}
	if !created {
		return &firstAccount{}, nil
	}
	if setup.AdminPasswordFile != "" {
		first.password = ""
	}
	return first, nil
}

// oneTimePassword has 80 bits, in groups that can be read out and without letters that look alike. The fixed ending makes
// sure that it satisfies any policy of character classes.
func oneTimePassword() (string, error) {
	const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	var b strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", fmt.Errorf("random: %w", err)
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String() + "-7Kd", nil
}

// welcome tells people where to go, Chinese first and English beneath.
func (a *App) welcome(out io.Writer, url string, first *firstAccount) {
	say := func(code string, kv ...any) {
		params := map[string]any{}
		for i := 0; i+1 < len(kv); i += 2 {
			params[fmt.Sprint(kv[i])] = kv[i+1]
		}
		for _, language := range lang.Languages() {
			fmt.Fprintf(out, "  %s\n", a.Words.Text(language, code, params))
		}
	}
	rule := strings.Repeat("─", 72)
	fmt.Fprintf(out, "\n%s\n", rule)
	say("server.ready", "version", configs.Version)
	fmt.Fprintln(out)
	say("server.open", "url", url)
	if first.account != "" {
		fmt.Fprintln(out)
		say("server.account", "account", first.account)
		if first.password != "" {
			say("server.password", "password", first.password)
			say("server.once")
		}
	}
	if a.authority != nil {
		fmt.Fprintln(out)
		say("server.trust", "path", a.authority.File)
		say("server.fingerprint", "fingerprint", a.authority.Fingerprint)
	}
	fmt.Fprintln(out)
	say("server.stop")
	fmt.Fprintf(out, "%s\n\n", rule)
}
