package installer

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"dingban/configs"
	"dingban/installer/engine"
)

// Commands are the sub-commands that install a DingBan and look after it.
func Commands() []*cobra.Command {
	return []*cobra.Command{installCommand(), preflightCommand(), statusCommand(), logsCommand(), uninstallCommand()}
}

// command makes one of them. They tell their errors themselves, in the reader's language.
func command(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, env Env, o Options, args []string) error) (*cobra.Command, *Options) {
	o := &Options{Timeout: defaultTimeout}
	c := &cobra.Command{
		Use: use, Short: short, Args: args, SilenceUsage: true,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			env := System(configs.Version)
			env.Out, env.Err, env.In = c.OutOrStdout(), c.ErrOrStderr(), c.InOrStdin()
			var err error
			if o.Dir, err = absolute(o.Dir); err != nil {
				return err
			}
			if o.DockerHost == "" {
				o.DockerHost = env.Getenv("DOCKER_HOST")
			}
			c.SilenceErrors = true // from here on errors are told by the command; a mistyped flag was told by cobra
			err = run(ctx, env, *o, args)
			// What was told in the reader's language is not told again; everything else cobra prints.
			c.SilenceErrors = errors.As(err, &shownError{})
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&o.Dir, "dir", defaultDir, "directory of the installation")
	f.StringVar(&o.Project, "project", "", `Compose project name (default "dingban", or that of the installation)`)
	f.StringVar(&o.Language, "lang", "", "language of the messages: zh-CN or en (default: that of the terminal)")
	f.BoolVar(&o.JSON, "json", false, "write JSON for programs")
	f.StringVar(&o.DockerHost, "docker-host", "", "address of the Docker engine (default: $DOCKER_HOST, or this machine's)")
	return c, o
}

// planFlags are the decisions of an installation.
func planFlags(c *cobra.Command, o *Options) {
	f := c.Flags()
	f.StringVar(&o.Tier, "tier", "", "basic (4 cores, 16 GB) or enterprise (8 cores, 32 GB) (default basic)")
	f.StringVar(&o.Bundle, "bundle", "", "file with the images (default: the one beside this program)")
	f.StringVar(&o.Images, "images", "", "YAML file that names images of a registry by digest, instead of a bundle")
	f.IntVar(&o.Port, "port", 0, "port people connect to (default 443)")
	f.StringVar(&o.Address, "address", "", "address of this host to publish the port on (default: all)")
	f.StringSliceVar(&o.Hosts, "host", nil, "name or address people type; repeat for more, the first one is the public address")
	f.IntVar(&o.NoFile, "nofile", 0, "limit of open files in the containers (default: the engine's)")
	f.BoolVar(&o.AllowUndersized, "allow-undersized", false, "accept a host that is too small for its tier: for trials")
}

func installCommand() *cobra.Command {
	c, o := command("install", "Install DingBan on this host, or finish or change an installation", cobra.NoArgs,
		func(ctx context.Context, env Env, o Options, _ []string) error { return Install(ctx, env, o) })
	planFlags(c, o)
	c.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	c.Flags().DurationVar(&o.Timeout, "timeout", defaultTimeout, "how long to wait for health")
	keyFlags(c, &o.Key)
	return c
}

// keyFlags say how the master key is kept.
func keyFlags(c *cobra.Command, k *KeyOptions) {
	f := c.Flags()
	f.StringVar(&k.Kind, "kek", "", "how the master key is kept: file, or passphrase or shares, which people bring after each start (default file; fixed once it is made)")
	f.StringVar(&k.PassphraseFile, "passphrase-file", "", "file with the passphrase, mode 0600; a terminal is asked otherwise")
	f.StringVar(&k.PassphraseFD, "passphrase-fd", "", "number of an open file to read the passphrase from")
	f.StringVar(&k.SharesDir, "shares-dir", "", "folder for one new file a share, mode 0600; they are shown on the terminal otherwise")
	f.StringArrayVar(&k.Labels, "share-label", nil, "whose share it is; once for each (default three: keeper-1 to keeper-3)")
	f.IntVar(&k.Threshold, "share-threshold", 0, "how many shares open the vault (default 2)")
	f.StringArrayVar(&k.ShareFiles, "share-file", nil, "file with a share to bring to a sealed installation, mode 0600; may be given several times")
	f.StringVar(&k.Sheet, "sheet", "", "new file for the recovery sheet of the master key, mode 0600: print it, put it in a safe, destroy the file")
}

func preflightCommand() *cobra.Command {
	c, o := command("preflight", "Check whether this host can carry an installation; changes nothing", cobra.NoArgs,
		func(ctx context.Context, env Env, o Options, _ []string) error { return Preflight(ctx, env, o) })
	planFlags(c, o)
	return c
}

func statusCommand() *cobra.Command {
	c, _ := command("status", "Show services, images, versions and health; exit code 1 when something is wrong", cobra.NoArgs,
		func(ctx context.Context, env Env, o Options, _ []string) error { return ShowStatus(ctx, env, o) })
	return c
}

func logsCommand() *cobra.Command {
	l := &engine.LogOptions{}
	c, _ := command("logs [service...]", "Show the logs of the services", cobra.ArbitraryArgs,
		func(ctx context.Context, env Env, o Options, args []string) error {
			l.Services = args
			return Logs(ctx, env, o, *l)
		})
	c.Flags().BoolVarP(&l.Follow, "follow", "f", false, "keep showing what is written")
	c.Flags().StringVar(&l.Tail, "tail", "200", `number of lines of each service, or "all"`)
	c.Flags().StringVar(&l.Since, "since", "", "only lines since a time or for a duration (10m)")
	return c
}

func uninstallCommand() *cobra.Command {
	var purge bool
	var name string
	c, _ := command("uninstall", "Remove the containers; the data stays unless --purge-data is given and confirmed", cobra.NoArgs,
		func(ctx context.Context, env Env, o Options, _ []string) error {
			return Uninstall(ctx, env, o, purge, name)
		})
	c.Flags().BoolVar(&purge, "purge-data", false, "destroy all data, keys and images of this installation as well")
	c.Flags().StringVar(&name, "confirm", "", "name of the project, to confirm --purge-data without being asked")
	return c
}
