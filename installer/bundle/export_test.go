package bundle

import "github.com/spf13/cobra"

// CommandIn is Command on a terminal of this language.
func CommandIn(version, language string) *cobra.Command {
	return command(version, func(name string) string {
		if name == "LANG" {
			return language
		}
		return ""
	})
}
