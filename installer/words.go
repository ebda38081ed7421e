package installer

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dingban/app/platform/lang"
)

//go:embed locales/*.json
var locales embed.FS

// words speaks one language.
type words struct {
	catalogue *lang.Catalogue
	language  string
}

func newWords(language string, more ...fs.FS) (words, error) {
	c, err := lang.NewCatalogue(append([]fs.FS{locales}, more...)...)
	if err != nil {
		return words{}, fmt.Errorf("installer: words: %w", err)
	}
	return words{catalogue: c, language: language}, nil
}

func (w words) text(code string, kv ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		params[fmt.Sprint(kv[i])] = kv[i+1]
	}
	return w.with(code, params)
}

func (w words) with(code string, params map[string]any) string {
	return w.catalogue.Text(w.language, code, params)
}

// orSelf translates a word of a library, and leaves one alone that it has never heard.
func (w words) orSelf(prefix, word string) string {
	if key := prefix + strings.ToLower(word); w.catalogue.Has(key) {
		return w.text(key)
	}
	return word
}

// spoken is an error that has words of its own.
type spoken interface {
	error
	Code() string
	Params() map[string]any
}

// explain writes an error for people.
func (w words) explain(err error) string {
	var s spoken
	if errors.As(err, &s) && w.catalogue.Has(s.Code()) {
		return w.with(s.Code(), s.Params())
	}
	return err.Error()
}

// language decides how the installer speaks: as it is told, or as the environment of the terminal does.
func language(flag string, getenv func(string) string) (string, error) {
	if flag != "" {
		switch strings.ToLower(strings.ReplaceAll(flag, "_", "-")) {
		case "zh", "zh-cn":
			return lang.Chinese, nil
		case "en", "en-us", "en-gb":
			return lang.English, nil
		}
		return "", fmt.Errorf("--lang %q: zh-CN or en", flag)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			if strings.HasPrefix(strings.ToLower(value), "zh") {
				return lang.Chinese, nil
			}
			return lang.English, nil
		}
	}
	return lang.English, nil
}

// saidError is an error with words in the catalogue.
type saidError struct {
	code   string
	params map[string]any
	err    error
}

func (e *saidError) Error() string          { return e.err.Error() }
func (e *saidError) Unwrap() error          { return e.err }
func (e *saidError) Code() string           { return e.code }
func (e *saidError) Params() map[string]any { return e.params }
