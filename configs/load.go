package configs

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"gopkg.in/yaml.v3"
)

// FileVariable names the configuration file when no --config flag does.
const FileVariable = "DINGBAN_CONFIG"

// Source says where a value came from.
type Source string

// The sources, the later winning over the earlier.
const (
	FromDefault Source = "default"
	FromFile    Source = "file"
	FromEnv     Source = "env"
	FromFlag    Source = "flag"
)

// Loaded is a configuration with the source of each of its values.
type Loaded struct {
	Config
	File    string // "" when there is none
	sources map[string]Source
}

// Source tells where the value of a key came from.
func (l *Loaded) Source(key string) Source { return l.sources[key] }

// Options says where to look. Flags maps a key to the flag that may set it; a nil Environ reads the process's.
type Options struct {
	File    string
	Flags   map[string]*pflag.Flag
	Environ []string
}

// Load reads the configuration and checks it. Every problem is reported at once, each naming its key.
func Load(o Options) (*Loaded, error) {
	environ := o.Environ
	if environ == nil {
		environ = os.Environ()
	}
	env := environment(environ)
	if o.File == "" {
		o.File = env[FileVariable]
	}
	loaded := &Loaded{File: o.File, sources: map[string]Source{}}

	v := viper.New()
	fileKeys, problems := readFile(v, o.File)
	defaults := Defaults()
	for _, k := range Keys() {
		v.SetDefault(k.Name, k.value(defaults))
		loaded.sources[k.Name] = FromDefault
		if fileKeys[k.Name] {
			loaded.sources[k.Name] = FromFile
		}
		if value, ok := env[k.Env()]; ok {
			v.Set(k.Name, value)
			loaded.sources[k.Name] = FromEnv
		}
		if f := o.Flags[k.Name]; f != nil && f.Changed {
			v.Set(k.Name, f.Value.String())
			loaded.sources[k.Name] = FromFlag
		}
	}
	problems = append(problems, unknownVariables(env)...)
	problems = append(problems, decode(v, loaded)...)
	if len(problems) == 0 {
		problems = loaded.Validate()
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("the configuration is not usable:\n%w", err)
	}
	return loaded, nil
}

func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			env[name] = value
		}
	}
	return env
}

// readFile gives viper the file's values and returns the dotted keys it holds.
func readFile(v *viper.Viper, file string) (map[string]bool, []error) {
	if file == "" {
		return map[string]bool{}, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, []error{fmt.Errorf("%s: %w", file, err)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, []error{fmt.Errorf("%s: %w", file, err)}
	}
	if len(doc.Content) == 0 { // only comments
		return map[string]bool{}, nil
	}
	values := map[string]any{}
	if err := doc.Decode(&values); err != nil {
		return nil, []error{fmt.Errorf("%s: %w", file, err)}
	}
	lines := map[string]int{}
	var problems []error
	collect(doc.Content[0], "", lines, func(key string, line int) {
		problems = append(problems, fmt.Errorf("%s line %d: %s is given twice", file, line, key))
	})
	if err := upgrade(values); err != nil {
		return nil, append(problems, fmt.Errorf("%s: %w", file, err))
	}
	known := map[string]bool{}
	for _, k := range Keys() {
		known[k.Name] = true
	}
	keys := map[string]bool{}
	for _, key := range slices.SortedFunc(maps.Keys(lines), func(a, b string) int { return lines[a] - lines[b] }) {
		if known[key] {
			keys[key] = true
			continue
		}
		hint := ""
		if c := closest(key); c != "" {
			hint = fmt.Sprintf("; did you mean %s?", c)
		}
		problems = append(problems, fmt.Errorf("%s line %d: unknown key %s%s", file, lines[key], key, hint))
	}
	if err := v.MergeConfigMap(values); err != nil {
		problems = append(problems, fmt.Errorf("%s: %w", file, err))
	}
	return keys, problems
}

// collect notes the line of each leaf key of a YAML mapping. A section or a key without a value ("server:") sets nothing.
func collect(node *yaml.Node, prefix string, lines map[string]int, twice func(string, int)) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := prefix+node.Content[i].Value, node.Content[i+1]
		if value.Kind == yaml.MappingNode {
			collect(value, key+".", lines, twice)
			continue
		}
		if value.Tag == "!!null" && (isSection(key) || isKey(key)) {
			continue
		}
		if _, ok := lines[key]; ok {
			twice(key, node.Content[i].Line)
		}
		lines[key] = node.Content[i].Line
	}
}

func isKey(key string) bool {
	return slices.ContainsFunc(Keys(), func(k Key) bool { return k.Name == key })
}

func isSection(key string) bool {
	return slices.ContainsFunc(Keys(), func(k Key) bool { return strings.HasPrefix(k.Name, key+".") })
}

// unknownVariables refuses a mistyped DINGBAN_ variable, which would otherwise silently do nothing. Variables of the
// tests and of the build (DINGBAN_TEST_…, DINGBAN_BUILD_…) are no configuration.
func unknownVariables(env map[string]string) []error {
	known := map[string]bool{FileVariable: true}
	for _, k := range Keys() {
		known[k.Env()] = true
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, "DINGBAN_") || known[name] ||
			strings.HasPrefix(name, "DINGBAN_TEST_") || strings.HasPrefix(name, "DINGBAN_BUILD_") {
			continue
		}
		problems = append(problems, fmt.Errorf("environment: unknown variable %s", name))
	}
	return problems
}

// decode fills the struct one key at a time, so that each wrong type is reported with its key.
func decode(v *viper.Viper, loaded *Loaded) []error {
	var problems []error
	target := reflect.ValueOf(&loaded.Config).Elem()
	for _, k := range Keys() {
		field := target.FieldByIndex(k.index)
		decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
			Result:           field.Addr().Interface(),
			WeaklyTypedInput: true,
			DecodeHook: mapstructure.ComposeDecodeHookFunc(
				strictDuration, mapstructure.StringToTimeDurationHookFunc(), list),
		})
		if err == nil {
			err = decoder.Decode(v.Get(k.Name))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s (%s): %v is not a %s", k.Name, loaded.sources[k.Name], v.Get(k.Name), typeName(k.kind)))
		}
	}
	return problems
}

// strictDuration refuses a number without a unit: 30 would mean 30 nanoseconds.
func strictDuration(from, to reflect.Type, value any) (any, error) {
	if to == reflect.TypeFor[time.Duration]() && from != to && from.Kind() != reflect.String {
		return nil, errors.New("a duration needs a unit")
	}
	return value, nil
}

// list splits "a, b" for keys that hold several values; a flag prints its list in brackets.
func list(from, to reflect.Type, value any) (any, error) {
	if from.Kind() != reflect.String || to != reflect.TypeFor[[]string]() {
		return value, nil
	}
	text := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(value.(string)), "["), "]")
	items := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, nil
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return `duration like "30m" or "12h"`
	case t.Kind() == reflect.Int:
		return "whole number"
	case t.Kind() == reflect.Bool:
		return "yes-or-no value (true or false)"
	case t.Kind() == reflect.Slice:
		return "list of texts"
	default:
		return "text"
	}
}
