package installer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"

	"dingban/app/platform/pki"
	"dingban/app/platform/vault/kek"
	"dingban/compose"
	"dingban/installer/engine"
)

// Options are the flags of the commands. What was not given is empty and keeps what an earlier run decided.
type Options struct {
	Dir             string
	Project         string
	Tier            string
	Bundle          string
	Images          string // file that names images of registries by digest
	Port            int
	Address         string
	Hosts           []string
	Language        string
	DockerHost      string
	NoFile          int
	Yes             bool
	JSON            bool
	AllowUndersized bool
	Timeout         time.Duration
	Key             KeyOptions
}

const (
	defaultDir     = "/opt/dingban"
	defaultProject = "dingban"
	defaultPort    = 443
	defaultTimeout = 10 * time.Minute
)

// check refuses what cannot be meant, before anything is looked at.
func (o Options) check() error {
	problems := []error{compose.CheckDir(o.Dir)}
	if o.Project != "" {
		problems = append(problems, compose.CheckProject(o.Project))
	}
	if o.Tier != "" {
		_, err := compose.ParseTier(o.Tier)
		problems = append(problems, err)
	}
	if o.Port < 0 || o.Port > 65535 {
		problems = append(problems, fmt.Errorf("--port %d: 1 to 65535", o.Port))
	}
	for _, h := range o.Hosts {
		if err := pki.CheckHost(h); err != nil {
			problems = append(problems, fmt.Errorf("--host: %w", err))
		}
	}
	if o.Bundle != "" && o.Images != "" {
		problems = append(problems, errors.New("--bundle and --images exclude each other"))
	}
	return errors.Join(problems...)
}

// project is the one that is asked for, or the one the directory belongs to.
func (o Options) project(l Layout) string {
	if o.Project != "" {
		return o.Project
	}
	if m, err := readMarker(l.Dir); err == nil {
		return m.Project
	}
	return defaultProject
}

// merge lays the flags over what was decided before.
func (o Options) merge(s Settings, env Env) Settings {
	if o.Tier != "" {
		s.Tier = compose.Tier(o.Tier)
	}
	if s.Tier == "" {
		s.Tier = compose.Basic
	}
	if o.Port != 0 {
		s.Port = o.Port
	}
	if s.Port == 0 {
		s.Port = defaultPort
	}
	if o.Address != "" {
		s.Address = o.Address
	}
	if len(o.Hosts) > 0 {
		s.Hosts = o.Hosts
	}
	if len(s.Hosts) == 0 {
		s.Hosts = []string{publicHost(env.LocalHosts())}
	}
	if o.DockerHost != "" {
		s.DockerHost = o.DockerHost
	}
	if s.DockerHost == "" {
		s.DockerHost = engine.DefaultHost
	}
	if o.NoFile != 0 {
		s.NoFile = max(0, o.NoFile)
	}
	if o.Key.Kind != "" {
		s.KEK = o.Key.Kind
	}
	if s.KEK == kek.KindFile {
		s.KEK = "" // The form of installations from before there was a choice.
	}
	s.AllowUndersized = s.AllowUndersized || o.AllowUndersized
	return s
}

// imageFile is the configuration that takes images from registries instead of a bundle.
type imageFile struct {
	Version string         `yaml:"version"`
	Images  compose.Images `yaml:"images"`
}

func readImageFile(path string) (imageFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return imageFile{}, fmt.Errorf("installer: images: %w", err)
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	decoder.KnownFields(true)
	var file imageFile
	if err := decoder.Decode(&file); err != nil {
		return imageFile{}, fmt.Errorf("installer: %s: %w", path, err)
	}
	if file.Version == "" {
		return imageFile{}, fmt.Errorf("installer: %s: version is missing", path)
	}
	if err := file.Images.CheckPinned(); err != nil {
		return imageFile{}, fmt.Errorf("installer: %s: %w", path, err)
	}
	return file, nil
}

// absolute makes the directory of a flag absolute, without following links: what people typed is what they see later.
func absolute(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("installer: %w", err)
	}
	return abs, nil
}
