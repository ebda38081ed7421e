package kind

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"dingban/app/field/decimal"
)

// schemaOf describes settings by the tags of their struct, the way encoding/json reads them.
func schemaOf(t reflect.Type) Schema {
	switch {
	case t == reflect.TypeFor[decimal.Decimal]():
		return Schema{"type": "number"}
	case t == reflect.TypeFor[json.RawMessage]():
		return Schema{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return Schema{"type": "integer"}
	case reflect.Float64:
		return Schema{"type": "number"}
	case reflect.Slice:
		if isTree(t.Elem()) {
			return Schema{"type": "array", "items": optionSchema()}
		}
		return Schema{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Struct:
		properties, required := Schema{}, []string{}
		members(t, properties, &required)
		s := Schema{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			s["required"] = required
		}
		return s
	}
	return Schema{"type": "string"}
}

// isTree finds options, whose children are options again and so have no schema of their own.
func isTree(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Children")
	return ok && f.Type.Kind() == reflect.Slice && f.Type.Elem() == t
}

func members(t reflect.Type, properties Schema, required *[]string) {
	for f := range t.Fields() {
		if f.Anonymous {
			members(f.Type, properties, required)
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		properties[name] = schemaOf(f.Type)
		if rest == "" {
			*required = append(*required, name)
		}
	}
}

func optionSchema() Schema {
	return Schema{
		"type": "object", "required": []string{"id", "label"}, "additionalProperties": false,
		"properties": Schema{
			"id":       Schema{"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": MaxID},
			"label":    Schema{"type": "string", "maxLength": MaxLabel},
			"colour":   Schema{"type": "string"},
			"retired":  Schema{"type": "boolean"},
			"children": Schema{"type": "array", "items": Schema{"type": "object"}, "description": "options of the next level, in a cascade"},
		},
	}
}

// OneOf refuses a setting that is none of those there are.
func OneOf(s string, allowed ...string) error {
	if slices.Contains(allowed, s) {
		return nil
	}
	return Refuse(CodeSetting, "allowed", strings.Join(allowed, " "))
}

// Colour takes a name from a palette of the pages, or #rrggbb.
func Colour(s string) error {
	if s == "" || len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == "" {
		return nil
	}
	if len(s) <= 20 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return nil
	}
	return Refuse(CodeSetting, "allowed", "#rrggbb")
}

func CutSuffixFold(s, suffix string) string {
	if n := len(s) - len(suffix); n >= 0 && strings.EqualFold(s[n:], suffix) {
		return strings.TrimSpace(s[:n])
	}
	return s
}

// ValidID tells whether an id of an option, a column or a field is one.
func ValidID(id string) bool {
	return id != "" && len(id) <= MaxID && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
