package pdf_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dingban/app/search/extract/pdf"
	"dingban/app/search/extract/pdf/cos"
)

// FuzzExtract: whatever a file holds, it gives text within its limits or says why not.
func FuzzExtract(f *testing.F) {
	names, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj trailer<</Root 1 0 R>>"))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Length 1 0 R>>stream\nBI /W -1 /H 1e300 ID x EI\nendstream endobj trailer<</Root 1 0 R/Prev 0>> startxref 9 %%EOF"))
	limits := pdf.Limits{Limits: cos.Limits{TotalBytes: 1 << 20}, Text: 4096, Pages: 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := pdf.Extract(t.Context(), bytes.NewReader(data), int64(len(data)), limits)
		if err != nil && !errors.Is(err, pdf.ErrDamaged) && !errors.Is(err, pdf.ErrEncrypted) {
			t.Fatalf("an error of another kind: %v", err)
		}
		if len(found.Text) > limits.Text || strings.ToValidUTF8(found.Text, "") != found.Text {
			t.Fatalf("%d octets of text", len(found.Text))
		}
	})
}

// TestDamagedFilesGiveTextOrAnError does to real files what disks and senders do to them: octets are changed, cut out and
// doubled, and numbers are made wrong.
func TestDamagedFilesGiveTextOrAnError(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	names, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	limits := pdf.Limits{Limits: cos.Limits{TotalBytes: 1 << 20}, Text: 4096, Pages: 20}
	for round := range 600 {
		data, err := os.ReadFile(names[round%len(names)])
		if err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(20) {
			data = damaged(r, data)
		}
		found, err := pdf.Extract(t.Context(), bytes.NewReader(data), int64(len(data)), limits)
		if err != nil && !errors.Is(err, pdf.ErrDamaged) && !errors.Is(err, pdf.ErrEncrypted) {
			t.Errorf("seed %d, round %d: %v", seed, round, err)
		}
		if len(found.Text) > limits.Text {
			t.Errorf("seed %d, round %d: %d octets of text", seed, round, len(found.Text))
		}
	}
}

func damaged(r *rand.Rand, data []byte) []byte {
	if len(data) < 2 {
		return data
	}
	from := r.IntN(len(data))
	to := min(len(data), from+r.IntN(200))
	switch r.IntN(4) {
	case 0:
		data[from] = byte(r.IntN(256))
	case 1:
		return slices.Delete(data, from, to)
	case 2:
		return slices.Insert(data, r.IntN(len(data)), bytes.Clone(data[from:to])...)
	default:
		for i := from; i < to; i++ {
			if '0' <= data[i] && data[i] <= '9' {
				data[i] = '0' + byte(r.IntN(10))
				break
			}
		}
	}
	return data
}
