// Package licenses holds what DingBan owes to others: the notices of every
// module and package that ends up in the binary, written by `go generate`
// and checked by a test, so that none is forgotten.
package licenses

import (
	_ "embed"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

//go:generate go run ./gen -o NOTICES.txt

// Notices is the text that `dingban licenses` prints.
//
//go:embed NOTICES.txt
var Notices string

// Command is `dingban licenses`.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "licenses",
		Short: "Print the licences of everything this binary is made of",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.Copy(cmd.OutOrStdout(), strings.NewReader(Notices))
			return err
		},
	}
}
