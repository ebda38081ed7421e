// Command build makes the images of the stack without a registry and without a container engine:
//
//	go run ./compose/images/build --binary bin/dingban --version 0.1.0
//
// It leaves them in dist/images, from where "dingban bundle build" packs them. Whatever it downloads or compiles stays
// in .cache/images, so that only the first run is slow. It needs Go, apt and dpkg, but neither root nor Docker.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"dingban/compose/images"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o images.Options
	set := flag.NewFlagSet("build", flag.ContinueOnError)
	set.StringVar(&o.Root, "root", ".", "root of the source tree")
	set.StringVar(&o.Binary, "binary", "bin/dingban", "the dingban binary for linux/amd64")
	set.StringVar(&o.Version, "version", "", "version of DingBan, the tag of the images")
	set.StringVar(&o.Out, "out", "dist/images", "where the images go")
	set.StringVar(&o.Cache, "cache", ".cache/images", "where downloads are kept")
	set.StringVar(&o.Mirror, "mirror", os.Getenv("DEBIAN_MIRROR"), "Debian mirror; without it DEBIAN_MIRROR or the one this machine's apt uses")
	set.BoolVar(&o.Refresh, "refresh", false, "ask the mirror for newer packages of the same series")
	if err := set.Parse(args); err != nil {
		return err
	}
	if o.Version == "" || set.NArg() > 0 {
		return fmt.Errorf("usage: build --version VERSION [--binary FILE] [--out DIR] [--cache DIR] [--mirror URL] [--refresh]")
	}
	begin := time.Now()
	o.Log = func(format string, args ...any) { fmt.Fprintf(os.Stderr, "  "+format+"\n", args...) }
	built, err := images.Build(ctx, o)
	if err != nil {
		return err
	}
	for _, i := range built {
		var size int64
		for _, l := range i.Layers {
			size += l.Size
		}
		fmt.Printf("%-24s %s  %4d MB  %s\n", i.Reference, i.Config.Digest[:19], size>>20, i.Components[0].Version)
	}
	fmt.Printf("images in %s after %s\n", filepath.Clean(o.Out), time.Since(begin).Round(100*time.Millisecond))
	return nil
}
