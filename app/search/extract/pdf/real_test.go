package pdf_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"dingban/app/search/extract/pdf"
)

// TestRealFiles takes the text out of what real software made; testdata/README.md says how.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := extract(t, string(raw), pdf.Limits{})
		if strings.Contains(name, "locked") {
			if !errors.Is(err, pdf.ErrEncrypted) {
				t.Errorf("%s: %q, %v", name, r.Text, err)
			}
			continue
		}
		text := norm.NFKC.String(strings.TrimPrefix(r.Text, "采购评审\n")) // cairo does not keep the title
		if want := "采购合同由采购人评审，评审后同人合购。\nAn office contract fits\ninto one line only."; err != nil || text != norm.NFKC.String(want) || r.Pages != 1 || r.Cut {
			t.Errorf("%s: %q, %d pages, cut: %v, %v", name, text, r.Pages, r.Cut, err)
		}
	}
}

// TestRealFilesWithoutTables makes the same files lose their tables.
func TestRealFilesWithoutTables(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"chromium", "linearized", "aes-128", "aes-256", "rc4-128", "ghostscript"} {
		raw, err := os.ReadFile("testdata/" + name + ".pdf")
		if err != nil {
			t.Fatal(err)
		}
		r, err := extract(t, strings.ReplaceAll(string(raw), "startxref", "startxxxx"), pdf.Limits{})
		if err != nil || !strings.Contains(r.Text, "采购合同由采购人评审，评审后同人合购。") {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
	}
}
