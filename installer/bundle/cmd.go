package bundle

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dingban/app/platform/lang"
	"dingban/compose/images/image"
)

// Words are the words of this package for the catalogue.
//
//go:embed locales/*.json
var Words embed.FS

// DefaultName is the file name of the bundle of a version.
func DefaultName(version string) string {
	return "dingban-" + image.Tag(version) + "-linux-amd64.tar.zst"
}

type commands struct {
	version string
	getenv  func(string) string
	words   *lang.Catalogue
	json    bool
}

// Command is "dingban bundle" with everything below it. It speaks the language of the terminal.
func Command(version string) *cobra.Command { return command(version, os.Getenv) }

func command(version string, getenv func(string) string) *cobra.Command {
	c := &commands{version: version, getenv: getenv}
	root := &cobra.Command{
		Use: "bundle", Short: "Make, verify and look into the file that brings the images", Args: cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) (err error) {
			c.words, err = lang.NewCatalogue(Words)
			return err
		},
	}
	root.PersistentFlags().BoolVar(&c.json, "json", false, "print JSON")
	root.AddCommand(c.build(), c.verify(), c.inspect())
	return root
}

func (c *commands) text(code string, params map[string]any) string {
	language := lang.English
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := c.getenv(name); value != "" {
			if strings.HasPrefix(strings.ToLower(value), "zh") {
				language = lang.Chinese
			}
			break
		}
	}
	return c.words.Text(language, code, params)
}

func (c *commands) say(key string, params map[string]any) string {
	return c.text("bundle_file."+key, params)
}

// Told is an error in the words of a language, with the one it came from below it.
type Told struct {
	Text string
	Err  error
}

func (t *Told) Error() string { return t.Text }
func (t *Told) Unwrap() error { return t.Err }

func (c *commands) told(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return &Told{Text: c.text(own.Code(), own.Params()), Err: err}
	}
	return err
}

func (c *commands) show(w io.Writer, value any, text string) error {
	if !c.json {
		_, err := fmt.Fprintln(w, text)
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

func (c *commands) build() *cobra.Command {
	o := BuildOptions{}
	cmd := &cobra.Command{
		Use: "build", Short: "Pack the images of a directory into a bundle", Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Out == "" {
				o.Out = filepath.Join("dist", DefaultName(o.Version))
			}
			built, err := Build(cmd.Context(), o)
			if err != nil {
				return c.told(err)
			}
			return c.show(cmd.OutOrStdout(), built, c.say("built", map[string]any{
				"file": built.Path, "size": built.Size >> 20, "images": len(built.Manifest.Images), "sha256": built.SHA256,
			}))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.From, "from", "dist/images", "directory of the images")
	flags.StringVar(&o.Out, "out", "", "file to write; without it dist/dingban-VERSION-linux-amd64.tar.zst")
	flags.StringVar(&o.Cache, "cache", ".cache/bundle", "directory for compressed parts; empty keeps none")
	flags.StringVar(&o.Version, "version", c.version, "version of DingBan in the bundle")
	flags.StringVar(&o.MinFrom, "min-from", "", "oldest version an upgrade with this bundle may start from")
	flags.BoolVar(&o.Best, "best", false, "compress as well as possible (three times slower)")
	return cmd
}

func (c *commands) verify() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE", Short: "Check every byte of a bundle", Args: cobra.ExactArgs(1), SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := Open(args[0])
			if err != nil {
				return c.told(err)
			}
			if err := b.Verify(cmd.Context(), percent(cmd.ErrOrStderr())); err != nil {
				return c.told(err)
			}
			m := b.Manifest
			return c.show(cmd.OutOrStdout(), map[string]any{"file": b.Path, "ok": true, "version": m.Version, "images": len(m.Images)},
				c.say("verified", map[string]any{"file": b.Path, "version": m.Version, "images": len(m.Images)}))
		},
	}
}

func (c *commands) inspect() *cobra.Command {
	return &cobra.Command{
		Use: "inspect FILE", Short: "Show what a bundle holds", Args: cobra.ExactArgs(1), SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := Open(args[0])
			if err != nil {
				return c.told(err)
			}
			return c.show(cmd.OutOrStdout(), b.Manifest, c.described(b))
		},
	}
}

func (c *commands) described(b *Bundle) string {
	m := b.Manifest
	text := c.say("shown", map[string]any{
		"file": b.Path, "version": m.Version, "system": m.OS + "/" + m.Architecture, "size": b.FileSize >> 20, "unpacked": m.Size() >> 20,
	})
	if m.MinFrom != "" {
		text += "\n" + c.say("shown_min_from", map[string]any{"version": m.MinFrom})
	}
	for _, i := range m.Images {
		text += "\n" + c.say("shown_image", map[string]any{"reference": i.Reference, "id": i.Config.Digest})
		for _, part := range i.Components {
			text += "\n" + c.say("shown_component", map[string]any{"name": part.Name, "version": part.Version, "licence": part.Licence, "source": part.Source})
			if part.Offer != "" {
				text += "\n" + c.say("shown_offer", map[string]any{"offer": part.Offer})
			}
		}
	}
	return text
}

// percent shows how far something is on a terminal, and nothing anywhere else.
func percent(w io.Writer) Progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	last := int64(-1)
	return func(done, total int64) {
		if now := done * 100 / max(total, 1); now != last {
			last = now
			end := "\r"
			if now == 100 {
				end = "\r    \r"
			}
			fmt.Fprintf(f, "%3d%%%s", now, end)
		}
	}
}
