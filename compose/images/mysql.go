package images

import (
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dingban/compose"
	"dingban/compose/images/debian"
	"dingban/compose/images/image"
)

// mysqlPrograms are what the image keeps: the server, and the clients that backups and people in need use.
func mysqlPrograms() []string {
	return []string{"usr/sbin/mysqld", "usr/bin/mysql", "usr/bin/mysqldump", "usr/bin/mysqlbinlog", "usr/bin/mysqladmin", "usr/bin/mysqlcheck"}
}

// mysqlLeftOut are parts that speak to services nobody here has, or that are there for MySQL's own tests.
func mysqlLeftOut() []string {
	return []string{"authentication_*", "telemetry_client.so", "component_telemetry.so", "libpluginmecab.so", "mypluglib.so", "ddl_rewriter.so", "rewriter.so", "ha_example.so", "mock*", "test_*", "daemon_example*"}
}

type mysqlTree struct {
	dir      string
	version  string
	packages []debian.Package
}

func (o Options) fetchMySQL(ctx context.Context, pin MySQLPin) (mysqlTree, error) {
	cache := filepath.Join(o.Cache, "mysql")
	packages, err := debian.Fetch(ctx, debian.Options{
		Mirror: o.Mirror, Suite: pin.Suite, Packages: pin.Packages, Dir: cache, Refresh: o.Refresh, Log: o.Log,
	})
	if err != nil {
		return mysqlTree{}, err
	}
	tree := mysqlTree{dir: filepath.Join(cache, "tree"), packages: packages}
	for _, p := range packages {
		if p.Name != pin.Packages[0] {
			continue
		}
		upstream, _, _ := strings.Cut(p.Version, "-")
		if !strings.HasPrefix(upstream, pin.Series+".") {
			return mysqlTree{}, fmt.Errorf("the mirror has %s %s and this release is made for %s: change images.json after trying the other one, or name a mirror that still has it", p.Name, p.Version, pin.Series)
		}
		tree.version = upstream
	}
	fresh, err := debian.Unpack(ctx, packages, tree.dir)
	if err != nil {
		return mysqlTree{}, err
	}
	if fresh {
		o.Log("MySQL %s out of %d packages", tree.version, len(packages))
	}
	return tree, nil
}

func (o Options) mysql(store *image.Store, shared image.Blob, tree mysqlTree, pin MySQLPin) (image.Spec, error) {
	l, err := mysqlLayer(tree)
	if err != nil {
		return image.Spec{}, fmt.Errorf("MySQL image: %w", err)
	}
	own, err := store.AddLayer(l)
	if err != nil {
		return image.Spec{}, fmt.Errorf("MySQL image: %w", err)
	}
	return image.Spec{
		Service: compose.MySQL, Reference: "dingban/mysql:" + image.Tag(o.Version), Layers: []image.Blob{shared, own},
		Run: image.Run{
			User: user(compose.MySQLUID), Env: []string{"PATH=/usr/sbin:/usr/bin:/", "HOME=/tmp"}, WorkingDir: "/",
			Entrypoint: []string{"/dingban", "internal", "mysqld"}, StopSignal: "SIGTERM",
			ExposedPorts: map[string]struct{}{"3306/tcp": {}},
			Labels:       o.labels("MySQL for DingBan", tree.version, "GPL-2.0-only", pin.Source),
			Healthcheck:  ask(3*time.Minute, "internal", "healthcheck", "mysql"),
		},
		Components: []image.Component{{Name: "MySQL", Version: tree.version, Licence: pin.Licence, Source: pin.Source, Offer: pin.Offer}},
	}, nil
}

func mysqlLayer(tree mysqlTree) (*image.Layer, error) {
	plugins, err := mysqlPlugins(tree.dir)
	if err != nil {
		return nil, err
	}
	keep := append(mysqlPrograms(), plugins...)
	libraries, err := debian.Libraries(tree.dir, keep)
	if err != nil {
		return nil, err
	}
	keep = append(keep, libraries...)
	shared, err := below(tree.dir, "usr/share/mysql")
	if err != nil {
		return nil, err
	}
	copyrights, err := filepath.Glob(filepath.Join(tree.dir, "usr/share/doc/*/copyright"))
	if err != nil {
		return nil, fmt.Errorf("copyright files: %w", err)
	}
	for _, name := range copyrights {
		rel, err := filepath.Rel(tree.dir, name)
		if err != nil {
			return nil, fmt.Errorf("copyright files: %w", err)
		}
		shared = append(shared, filepath.ToSlash(rel))
	}
	l := &image.Layer{}
	if err := addFiles(l, tree.dir, "", append(keep, shared...)); err != nil {
		return nil, err
	}
	listed, err := packageList(tree.packages)
	if err != nil {
		return nil, err
	}
	config, err := files.ReadFile("files/my.cnf")
	if err != nil {
		return nil, fmt.Errorf("my.cnf: %w", err)
	}
	return l, errors.Join(
		l.Symlink("lib", "usr/lib"), l.Symlink("lib64", "usr/lib64"),
		l.Symlink("usr/lib64/ld-linux-x86-64.so.2", "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"),
		l.Symlink("var/run", "/run"),
		l.Dir("run/mysqld", 0o750, compose.MySQLUID), l.Dir("var/lib/mysql", 0o750, compose.MySQLUID),
		l.Dir("etc/mysql/conf.d", 0o755, 0),
		l.File("etc/mysql/my.cnf", 0o644, image.Bytes(config)),
		l.File("licenses/mysql/packages.json", 0o644, image.Bytes(listed)),
	)
}

func mysqlPlugins(tree string) ([]string, error) {
	const dir = "usr/lib/mysql/plugin"
	entries, err := os.ReadDir(filepath.Join(tree, dir))
	if err != nil {
		return nil, fmt.Errorf("plugins: %w", err)
	}
	var plugins []string
	for _, e := range entries {
		out := !strings.HasSuffix(e.Name(), ".so") || slices.ContainsFunc(mysqlLeftOut(), func(pattern string) bool {
			match, err := filepath.Match(pattern, e.Name())
			return match && err == nil
		})
		if !out {
			plugins = append(plugins, dir+"/"+e.Name())
		}
	}
	return plugins, nil
}

func below(tree, dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(filepath.Join(tree, filepath.FromSlash(dir)), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(tree, name)
		if err != nil {
			return err
		}
		names = append(names, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return names, nil
}

// packageList is the list for the image: without the paths of this machine.
func packageList(packages []debian.Package) ([]byte, error) {
	listed := slices.Clone(packages)
	for i := range listed {
		listed[i].File = filepath.Base(listed[i].File)
	}
	text, err := json.MarshalIndent(listed, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("package list: %w", err)
	}
	return append(text, '\n'), nil
}

// dynamic says whether a linux/amd64 program needs a loader.
func dynamic(name string) (_ bool, err error) {
	f, err := elf.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if f.Machine != elf.EM_X86_64 {
		return false, fmt.Errorf("it is for %s", f.Machine)
	}
	return slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }), nil
}
