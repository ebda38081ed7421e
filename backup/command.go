package backup

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dingban/configs"
)

// Command is `dingban backup`.
func Command(version string) *cobra.Command {
	var file, dataDir string
	source := func() (Source, error) {
		loaded, err := configs.Load(configs.Options{File: file})
		if err != nil {
			return Source{}, err
		}
		if dataDir != "" {
			loaded.Server.DataDir = dataDir
		}
		path, embedded := strings.CutPrefix(loaded.DSN(), "sqlite://")
		if !embedded || loaded.Objects.Kind != "folder" {
			return Source{}, fmt.Errorf("database.dsn, objects.kind: this command backs up the embedded database and folder; MySQL and S3 have tools of their own")
		}
		path, _, _ = strings.Cut(path, "?")
		return Source{Database: path, Objects: loaded.ObjectFolder(), Version: version}, nil
	}
	group := &cobra.Command{Use: "backup", Short: "Make, check and restore backup sets of the embedded database"}
	group.PersistentFlags().StringVar(&file, "config", "", "configuration file")
	group.PersistentFlags().StringVar(&dataDir, "data-dir", "", "data folder, when it differs from the configuration")
	group.AddCommand(
		&cobra.Command{
			Use:   "create FOLDER",
			Short: "Write a consistent set into an empty folder; the server may go on working",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				src, err := source()
				if err != nil {
					return err
				}
				m, err := Create(cmd.Context(), src, args[0], time.Now())
				if err != nil {
					return err
				}
				return m.print(cmd.OutOrStdout(), "written", args[0])
			},
		},
		&cobra.Command{
			Use:   "verify FOLDER",
			Short: "Read every byte of a set again and compare it with the manifest",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				m, err := Verify(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return m.print(cmd.OutOrStdout(), "verified", args[0])
			},
		},
		&cobra.Command{
			Use:   "restore FOLDER",
			Short: "Verify a set and bring it back into a data folder without data",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				to, err := source()
				if err != nil {
					return err
				}
				m, err := Restore(cmd.Context(), args[0], to)
				if err != nil {
					return err
				}
				return m.print(cmd.OutOrStdout(), "restored", args[0])
			},
		},
	)
	return group
}

func (m *Manifest) print(out io.Writer, done, dir string) error {
	var rows, size int64
	for _, n := range m.Rows {
		rows += n
	}
	for _, f := range m.Files {
		size += f.Size
	}
	_, err := fmt.Fprintf(out, "%s %s: %d tables, %d rows, %d files, %d bytes, made %s by version %s\nnot in the set: %s\n",
		done, dir, len(m.Rows), rows, len(m.Files), size, m.Created.Format(time.RFC3339), m.Version, strings.Join(m.LeftOut, "; "))
	return err
}
