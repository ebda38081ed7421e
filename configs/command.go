package configs

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Value is one effective value, safe to show.
type Value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Source Source `json:"source"`
	Doc    string `json:"doc"`
}

// Values lists the effective values with secrets masked. Files that hold secrets are shown by name only.
func (l *Loaded) Values() []Value {
	var values []Value
	for _, k := range Keys() {
		value := k.value(l.Config)
		switch v := value.(type) {
		case time.Duration:
			value = v.String()
		case []string:
			if v == nil {
				value = []string{}
			}
		case string:
			if k.Secret == "dsn" {
				value = maskDSN(v)
			}
		}
		values = append(values, Value{Key: k.Name, Value: value, Source: l.sources[k.Name], Doc: k.Doc})
	}
	return values
}

// maskDSN hides the password of a DSN. A DSN that cannot be read is hidden whole: it may be a password itself.
func maskDSN(dsn string) string {
	if dsn == "" || strings.HasPrefix(dsn, "sqlite://") {
		return dsn
	}
	const hidden = "******"
	u, err := url.Parse(dsn)
	if err != nil {
		return hidden
	}
	if _, ok := u.User.Password(); ok {
		u.User = url.UserPassword(u.User.Username(), "HIDDEN")
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(strings.ToLower(name), "pass") {
			query.Set(name, "HIDDEN")
		}
	}
	u.RawQuery = query.Encode()
	return strings.ReplaceAll(u.String(), "HIDDEN", hidden)
}

// Flags offers the flags that set values, and gives what reads the configuration with them once they are parsed. The
// server and whatever shows its configuration take the same ones.
func Flags(cmd *cobra.Command) func() (*Loaded, error) {
	f := cmd.Flags()
	file := f.String("config", "", "configuration file (also "+FileVariable+")")
	f.String("data-dir", Defaults().Server.DataDir, "folder for everything this server keeps by itself")
	f.String("listen", Defaults().Server.Listen, "address and port of the HTTPS listener")
	return func() (*Loaded, error) {
		return Load(Options{File: *file, Flags: map[string]*pflag.Flag{
			"server.listen": f.Lookup("listen"), "server.data_dir": f.Lookup("data-dir"),
		}})
	}
}

// Command is `dingban config`.
func Command() *cobra.Command {
	var load func() (*Loaded, error)
	var asJSON bool
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the effective configuration and where each value came from",
		Long: `Print the effective configuration and where each value came from.

Later sources win: default, file, environment (DINGBAN_ and the key in capitals, "_" for "."), flag. The flags are those
of dingban serve. Secrets are masked.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loaded, err := load()
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), loaded)
			}
			return writeTable(cmd.OutOrStdout(), loaded)
		},
	}
	load = Flags(show)
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	group := &cobra.Command{Use: "config", Short: "Look at the configuration"}
	group.AddCommand(show)
	return group
}

func writeJSON(w io.Writer, l *Loaded) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"file": l.File, "values": l.Values()}); err != nil {
		return fmt.Errorf("print configuration: %w", err)
	}
	return nil
}

func writeTable(w io.Writer, l *Loaded) error {
	if l.File != "" {
		fmt.Fprintf(w, "# file: %s\n", l.File)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tVALUE\tSOURCE")
	for _, v := range l.Values() {
		text := fmt.Sprint(v.Value)
		if items, ok := v.Value.([]string); ok {
			text = strings.Join(items, ", ")
		}
		if text == "" {
			text = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", v.Key, text, v.Source)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print configuration: %w", err)
	}
	return nil
}
