// Command gen writes NOTICES.txt: module or package, version, and the licence
// texts as their authors ship them.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// part is one third party's work inside the binary.
type part struct {
	name, version string
	texts         []string
}

func main() {
	out := flag.String("o", "NOTICES.txt", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		log.Fatal(err)
	}
}

func run(out string) error {
	goParts, err := goModules("dingban/cmd/dingban", "dingban/cmd/dingban-device")
	if err != nil {
		return err
	}
	webParts, err := npmPackages(filepath.Join("..", "app", "web"))
	if err != nil {
		return err
	}
	data, err := tables()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintln(&b, "DingBan contains work of others under the licences below.")
	fmt.Fprintln(&b, "Identical licence texts are printed once; each heading lists whom they cover.")
	write(&b, "Go modules", goParts)
	write(&b, "Packages of the pages", webParts)
	write(&b, "Tables", data)
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// write groups the parts that ship the very same text.
func write(b *bytes.Buffer, title string, parts []part) {
	fmt.Fprintf(b, "\n==== %s ====\n", title)
	type group struct {
		names []string
		text  string
	}
	groups := map[[32]byte]*group{}
	var order [][32]byte
	for _, p := range parts {
		text := strings.TrimSpace(strings.Join(p.texts, "\n\n"))
		key := sha256.Sum256([]byte(text))
		if groups[key] == nil {
			groups[key] = &group{text: text}
			order = append(order, key)
		}
		groups[key].names = append(groups[key].names, p.name+" "+p.version)
	}
	for _, key := range order {
		fmt.Fprintf(b, "\n---- %s\n\n%s\n", strings.Join(groups[key].names, "\n---- "), groups[key].text)
	}
}

// goModules lists the modules whose packages are linked into the commands.
func goModules(commands ...string) ([]part, error) {
	list := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, commands...)...)
	list.Env = append(os.Environ(), "CGO_ENABLED=0") // as the product is built
	raw, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	seen := map[string]bool{}
	var parts []part
	dec := json.NewDecoder(bytes.NewReader(raw))
	for {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		m := p.Module
		if m == nil || m.Main || seen[m.Path] {
			continue
		}
		seen[m.Path] = true
		texts, err := licenceTexts(m.Dir)
		if statement, ok := stated(m.Path); ok && errors.Is(err, errNone) {
			texts, err = []string{statement}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		parts = append(parts, part{name: m.Path, version: m.Version, texts: texts})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return parts, nil
}

// stated is what is known of modules that ship no licence text.
func stated(module string) (string, bool) {
	if module != "github.com/godoes/gorm-dameng" {
		return "", false
	}
	return `Only the package dm8 is linked: the Go driver that the vendor gives away with DM8 and on eco.dameng.com, as others
repackage it. Neither ships the text of a licence; every source file begins with

 * Copyright (c) 2000-2018, 达梦数据库有限公司.
 * All rights reserved.

Whoever passes DingBan on agrees on the driver with the vendor, passes on a build without it (make build DAMENG=0), or one
with the driver of the customer's own copy of DM8 (README.md).`, true
}

// npmPackages lists what package-lock.json does not mark as for development.
func npmPackages(web string) ([]part, error) {
	raw, err := os.ReadFile(filepath.Join(web, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Dev, Optional    bool
			DevOptional      bool
		}
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return nil, err
	}
	var parts []part
	for dir, p := range lock.Packages {
		if dir == "" || p.Dev || p.DevOptional || p.Optional {
			continue
		}
		texts, err := licenceTexts(filepath.Join(web, filepath.FromSlash(dir)))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNone) {
			// Some packages state a licence in package.json and ship no text.
			if p.License == "" {
				return nil, fmt.Errorf("%s: neither a licence text nor a licence field", dir)
			}
			texts = []string{"License: " + p.License + " (as stated in package.json)"}
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		parts = append(parts, part{name: strings.TrimPrefix(dir, "node_modules/"), version: p.Version, texts: texts})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return parts, nil
}

// tables lists the data of others that lies in our own packages, with its licence beside it.
func tables() ([]part, error) {
	text, err := os.ReadFile(filepath.Join("..", "app", "search", "words", "LICENSE-OpenCC.txt"))
	if err != nil {
		return nil, err
	}
	return []part{{name: "OpenCC, table of traditional and simplified characters", texts: []string{string(text)}}}, nil
}

var errNone = errors.New("no licence file")

func licenceTexts(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		isText := strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE")
		if e.IsDir() || !isText || strings.HasSuffix(name, ".GO") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.ReplaceAll(string(raw), "\r\n", "\n"))
	}
	if len(texts) == 0 {
		return nil, errNone
	}
	return texts, nil
}
