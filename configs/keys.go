package configs

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// Key describes one configuration key.
type Key struct {
	Name   string // server.tls.mode
	Doc    string
	Secret string // "" or how it is masked: "dsn", "value"
	index  []int
	kind   reflect.Type
}

// Env is the environment variable of the key.
func (k Key) Env() string {
	return "DINGBAN_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// value reads the key from a configuration.
func (k Key) value(c Config) any {
	return reflect.ValueOf(c).FieldByIndex(k.index).Interface()
}

// Keys lists every key in the order of the struct.
func Keys() []Key { return keysOf(reflect.TypeFor[Config](), "", nil) }

func keysOf(t reflect.Type, prefix string, index []int) []Key {
	var keys []Key
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("mapstructure")
		at := append(slices.Clone(index), f.Index...)
		if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]() {
			keys = append(keys, keysOf(f.Type, name+".", at)...)
			continue
		}
		keys = append(keys, Key{Name: name, Doc: f.Tag.Get("doc"), Secret: f.Tag.Get("secret"), index: at, kind: f.Type})
	}
	return keys
}

// closest finds the known key a mistyped one probably means.
func closest(name string) string {
	best, bestDistance := "", 4
	for _, k := range Keys() {
		if d := distance(name, k.Name); d < bestDistance {
			best, bestDistance = k.Name, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two keys.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
