package vaultcmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// terminal asks a person. What they type does not show.
type terminal struct {
	in   io.Reader
	out  io.Writer
	show io.Writer // what the command prints
}

func newTerminal(cmd *cobra.Command) *terminal {
	return &terminal{in: cmd.InOrStdin(), out: cmd.ErrOrStderr(), show: cmd.OutOrStdout()}
}

var errNoTerminal = errors.New("vault: there is no terminal to ask on; give the file with --passphrase-file or --share-file")

func (t *terminal) say(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

func (t *terminal) secret(prompt string) ([]byte, error) {
	f, ok := t.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, errNoTerminal
	}
	t.say("%s", prompt)
	text, err := term.ReadPassword(int(f.Fd()))
	t.say("\n")
	if err != nil {
		return nil, fmt.Errorf("vault: read from the terminal: %w", err)
	}
	return text, nil
}

// shows says whether what is printed is read by a person and not kept in some log or file.
func (t *terminal) shows() bool {
	f, ok := t.show.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
