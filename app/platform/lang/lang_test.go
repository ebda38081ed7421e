package lang_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"dingban/app/platform/lang"
)

func source(zh, en string) fstest.MapFS {
	return fstest.MapFS{
		"locales/zh-CN.json": {Data: []byte(zh)},
		"locales/en.json":    {Data: []byte(en)},
	}
}

func TestTextFillsPlaceholdersInEachLanguage(t *testing.T) {
	t.Parallel()
	c, err := lang.NewCatalogue(
		source(`{"field.too_long":"{field}不能超过 {max} 个字"}`, `{"field.too_long":"{field} may have {max} characters at most"}`),
		source(`{"task.not_found":"任务不存在"}`, `{"task.not_found":"There is no such task"}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]any{"field": "title", "max": 300}
	for _, test := range []struct{ language, code, want string }{
		{"zh-CN", "field.too_long", "title不能超过 300 个字"},
		{"en", "field.too_long", "title may have 300 characters at most"},
		{"fr", "task.not_found", "任务不存在"},
		{"en", "unknown.code", "unknown.code"},
	} {
		if got := c.Text(test.language, test.code, params); got != test.want {
			t.Errorf("Text(%s, %s) = %q, want %q", test.language, test.code, got, test.want)
		}
	}
	if got := c.Text("en", "field.too_long", map[string]any{"field": "title"}); got != "title may have {max} characters at most" {
		t.Errorf("a missing parameter must stay visible, got %q", got)
	}
	if !c.Has("task.not_found") || c.Has("task.gone") || len(c.Keys()) != 2 {
		t.Errorf("keys = %v", c.Keys())
	}
}

func TestCatalogueRefusesLanguagesThatDiffer(t *testing.T) {
	t.Parallel()
	_, err := lang.NewCatalogue(
		source(`{"a":"{x} 甲","only.zh":"乙","same":"丙","empty":""}`, `{"a":"{y} a","only.en":"b","same":"c","empty":"x"}`),
		source(`{"same":"丙"}`, `{"same":"c"}`),
	)
	if err == nil {
		t.Fatal("a catalogue with differing languages must be refused")
	}
	for _, want := range []string{`"a": placeholders differ`, `en: key "only.zh" is missing`, `zh-CN: key "only.en" is missing`, `"same" is given twice`, `"empty" has no words`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q: %v", want, err)
		}
	}
	if _, err := lang.NewCatalogue(fstest.MapFS{}); err == nil {
		t.Error("a module without words must be refused")
	}
	if _, err := lang.NewCatalogue(source(`{"a":1}`, `{}`)); err == nil {
		t.Error("a word that is no text must be refused")
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                               "zh-CN",
		"zh-CN,zh;q=0.9,en;q=0.8":        "zh-CN",
		"en-GB,en;q=0.9,zh;q=0.8":        "en",
		"fr-FR, en;q=0.5, zh-TW;q=0.7":   "zh-CN",
		"fr":                             "zh-CN",
		"en;q=0, zh":                     "zh-CN",
		"en;q=broken":                    "zh-CN",
		"zh;q=0.1 , en ; q=0.2":          "en",
		strings.Repeat("de,", 40) + "en": "zh-CN",
	} {
		if got := lang.Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}
