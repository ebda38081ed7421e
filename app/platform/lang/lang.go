// Package lang turns stable codes into words a person reads. Chinese is the first language and English is complete
// beside it: a catalogue whose two languages differ in keys or in placeholders is refused when the server starts,
// so a half-translated message can never reach a page.
package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The languages of the product. The first one is what a reader gets who asked for neither.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Languages lists the supported languages, the first one first.
func Languages() []string { return []string{Chinese, English} }

var placeholder = regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_]*)\}`)

// Catalogue maps a code to its words in each language. It does not change after it was built, so it needs no lock.
type Catalogue struct {
	words map[string]map[string]string
}

// NewCatalogue reads locales/zh-CN.json and locales/en.json of every file system given. It reports everything that is
// wrong at once: a key in one language only, placeholders that differ, a key that two modules claim.
func NewCatalogue(sources ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{words: map[string]map[string]string{}}
	for _, language := range Languages() {
		c.words[language] = map[string]string{}
	}
	var problems []error
	for i, source := range sources {
		read := map[string]map[string]string{}
		for _, language := range Languages() {
			words, err := readWords(source, "locales/"+language+".json")
			if err != nil {
				return nil, fmt.Errorf("lang: source %d: %w", i+1, err)
			}
			read[language] = words
			for key, text := range words {
				if _, taken := c.words[language][key]; taken {
					problems = append(problems, fmt.Errorf("%s: key %q is given twice", language, key))
				}
				c.words[language][key] = text
			}
		}
		problems = append(problems, compare(read[Chinese], read[English])...)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("lang: the languages do not match:\n%w", err)
	}
	return c, nil
}

func readWords(source fs.FS, name string) (map[string]string, error) {
	raw, err := fs.ReadFile(source, name)
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	var words map[string]string
	if err := json.Unmarshal(raw, &words); err != nil {
		return nil, fmt.Errorf("read words of %s: %w", name, err)
	}
	return words, nil
}

func compare(zh, en map[string]string) []error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(zh)) {
		english, ok := en[key]
		if !ok {
			problems = append(problems, fmt.Errorf("%s: key %q is missing", English, key))
			continue
		}
		if zh[key] == "" || english == "" {
			problems = append(problems, fmt.Errorf("key %q has no words", key))
		}
		if a, b := Placeholders(zh[key]), Placeholders(english); !slices.Equal(a, b) {
			problems = append(problems, fmt.Errorf("key %q: placeholders differ: %s has %v, %s has %v", key, Chinese, a, English, b))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(en)) {
		if _, ok := zh[key]; !ok {
			problems = append(problems, fmt.Errorf("%s: key %q is missing", Chinese, key))
		}
	}
	return problems
}

// Placeholders lists the names in braces of a text, sorted and without repeats.
func Placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Has reports whether the catalogue knows a code.
func (c *Catalogue) Has(code string) bool {
	_, ok := c.words[Chinese][code]
	return ok
}

// Keys lists every code, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.words[Chinese])) }

// Text gives the words of a code in a language, placeholders filled from params. An unknown language reads Chinese; an
// unknown code reads as the code itself, which is ugly but never hides which message is missing.
func (c *Catalogue) Text(language, code string, params map[string]any) string {
	words, ok := c.words[language]
	if !ok {
		words = c.words[Chinese]
	}
	text, ok := words[code]
	if !ok {
		return code
	}
	if len(params) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := params[name[1:len(name)-1]]
		if !ok {
			return name
		}
		return format(value)
	})
}

func format(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateTime)
	case []string:
		return strings.Join(v, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// Match picks the supported language that an Accept-Language header asks for first.
func Match(acceptLanguage string) string {
	best, bestQuality := Chinese, -1.0
	for i, part := range strings.Split(acceptLanguage, ",") {
		if i == 16 { // a header this long is not from a person
			break
		}
		tag, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		quality := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(parameter, " ", ""), "q="); ok {
			parsed, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			quality = parsed
		}
		language, ok := supported(tag)
		if ok && quality > 0 && quality > bestQuality {
			best, bestQuality = language, quality
		}
	}
	return best
}

func supported(tag string) (string, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	switch primary {
	case "zh":
		return Chinese, true
	case "en":
		return English, true
	default:
		return "", false
	}
}
