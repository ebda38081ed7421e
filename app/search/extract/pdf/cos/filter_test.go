package cos

import (
	"bytes"
	golzw "compress/lzw"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// all reads a filter to its end, in pieces as they come and byte by byte, which must be the same.
func all(t *testing.T, filter func(io.Reader) io.Reader, in []byte) ([]byte, error) {
	t.Helper()
	got, err := io.ReadAll(filter(bytes.NewReader(in)))
	slow, _ := io.ReadAll(iotest.OneByteReader(filter(iotest.OneByteReader(bytes.NewReader(in)))))
	if !bytes.Equal(got, slow) {
		t.Errorf("read byte by byte it gives %d bytes, else %d", len(slow), len(got))
	}
	return got, err
}

func same(t *testing.T, what string, filter func(io.Reader) io.Reader, in, want []byte) {
	t.Helper()
	if got, err := all(t, filter, in); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes %.80x (%v), want %d bytes %.80x", what, len(got), got, err, len(want), want)
	}
}

// written is text that packs, and grows the codes of LZW to their full width and beyond.
func written(size int) []byte {
	r := rand.New(rand.NewPCG(7, 7))
	var out []byte
	for len(out) < size {
		out = append(out, fmt.Sprintf("第%d行 %x ", len(out), r.IntN(1<<(4+len(out)%20)))...)
	}
	return out[:size]
}

// packLZW is the other direction of the filter, as ISO 32000-1, 7.4.4.2 tells it.
func packLZW(data []byte, early int) []byte {
	var out []byte
	var bits uint64
	have := 0
	width, next := 9, 258
	put := func(code int) {
		bits, have = bits<<width|uint64(code), have+width
		for ; have >= 8; have -= 8 {
			out = append(out, byte(bits>>(have-8)))
		}
	}
	table := map[string]int{}
	code := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return table[s]
	}
	put(256)
	w := ""
	for _, b := range data {
		longer := w + string([]byte{b})
		if _, known := table[longer]; known || len(longer) == 1 {
			w = longer
			continue
		}
		put(code(w))
		table[longer] = next
		// The decoder is one entry behind.
		if next++; next-1+early >= 1<<width && width < 12 {
			width++
		}
		if next == 4095 {
			put(256)
			table, width, next = map[string]int{}, 9, 258
		}
		w = string([]byte{b})
	}
	if w != "" {
		put(code(w))
		if next+early >= 1<<width && width < 12 {
			width++
		}
	}
	put(257)
	if have > 0 {
		out = append(out, byte(bits<<(8-have)))
	}
	return out
}

func TestLZW(t *testing.T) {
	t.Parallel()
	late := func(r io.Reader) io.Reader { return newLZW(r, false) }
	early := func(r io.Reader) io.Reader { return newLZW(r, true) }
	// The example of ISO 32000-1, 7.4.4.2.
	example, plain := []byte{0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01}, []byte{45, 45, 45, 45, 45, 65, 45, 45, 45, 66}
	same(t, "the example of the standard", early, example, plain)
	for _, size := range []int{0, 1, 300, 5_000, 100_000} {
		data := written(size)
		same(t, fmt.Sprint(size, " early"), early, packLZW(data, 1), data)
		same(t, fmt.Sprint(size, " late"), late, packLZW(data, 0), data)
		var b bytes.Buffer
		w := golzw.NewWriter(&b, golzw.MSB, 8)
		if _, err := w.Write(data); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint(size, " by another writer"), late, b.Bytes(), data)
	}
	// A code that does not exist yet ends it; what came before stays.
	if got, err := all(t, early, []byte{0x80, 0x0b, 0x7f, 0xff, 0xff}); err == nil || string(got) != "-" {
		t.Errorf("a code out of nowhere: %q, %v", got, err)
	}
}

func TestASCIIFilters(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 2, 3, 4, 5, 1000, 9999} {
		data := append(written(size), 0, 0, 0, 0)[:size]
		packed := make([]byte, ascii85.MaxEncodedLen(size))
		packed = packed[:ascii85.Encode(packed, data)]
		same(t, fmt.Sprint("ASCII85 ", size), newASCII85, []byte(string(packed)+"~>"), data)
		spaced := strings.Join(strings.Split(hex.EncodeToString(data), ""), " \n")
		same(t, fmt.Sprint("ASCIIHex ", size), newASCIIHex, []byte(spaced+">junk"), data)
	}
	same(t, "zeros", newASCII85, []byte("zz~>"), make([]byte, 8))
	same(t, "without its end", newASCII85, []byte("87cURD]i,\"Ebo80"), []byte("Hello World!"))
	same(t, "half a byte", newASCIIHex, []byte("4>"), []byte{0x40})
	same(t, "runs", newRunLength, []byte{2, 'a', 'b', 'c', 255, 'x', 129, 'y', 0, 'z', 128, 'q'}, []byte("abc"+"xx"+strings.Repeat("y", 128)+"z"))
	if got, _ := all(t, newRunLength, []byte{5, 'a', 'b'}); string(got) != "ab" {
		t.Errorf("a run that is cut off: %q", got)
	}
}

// samples packs components of some bits into rows that begin at a byte.
func samples(values []int, perRow, bits int) []byte {
	var out []byte
	for ; len(values) > 0; values = values[perRow:] {
		row := make([]byte, (perRow*bits+7)/8)
		for i, v := range values[:perRow] {
			for b := range bits {
				if v>>(bits-1-b)&1 == 1 {
					row[(i*bits+b)/8] |= 0x80 >> ((i*bits + b) % 8)
				}
			}
		}
		out = append(out, row...)
	}
	return out
}

func TestTIFFPredictor(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, bits := range []int{1, 2, 4, 8, 16} {
		for _, colors := range []int{1, 3, 4} {
			const columns, rows = 16, 5 // full bytes: what fills up a row means nothing
			perRow := colors * columns
			plain, packed := make([]int, perRow*rows), make([]int, perRow*rows)
			for i := range plain {
				plain[i] = r.IntN(1 << bits)
				packed[i] = plain[i]
				if i%perRow >= colors {
					packed[i] = (plain[i] - plain[i-colors]) & (1<<bits - 1)
				}
			}
			filter := func(r io.Reader) io.Reader { return newPredictor(r, 2, int64(colors), int64(bits), columns) }
			same(t, fmt.Sprintf("%d bits, %d colours", bits, colors), filter, samples(packed, perRow, bits), samples(plain, perRow, bits))
		}
	}
}

func TestPNGPredictors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	const columns, step = 7, 3
	var packed, plain []byte
	before := make([]byte, columns*step)
	for n := range 20 {
		tag, row := byte(n%5), make([]byte, columns*step)
		packed = append(packed, tag)
		for i := range row {
			row[i] = byte(r.IntN(256))
			left, corner := byte(0), byte(0)
			if i >= step {
				left, corner = row[i-step], before[i-step]
			}
			guess := []byte{0, left, before[i], byte((int(left) + int(before[i])) / 2), paeth(int(left), int(before[i]), int(corner))}
			packed = append(packed, row[i]-guess[tag])
		}
		plain, before = append(plain, row...), row
	}
	filter := func(r io.Reader) io.Reader { return newPredictor(r, 15, step, 8, columns) }
	same(t, "all five", filter, packed, plain)
	// The nearest of left, up and corner; in doubt the earlier one (W3C PNG, 9.4).
	for _, c := range []struct{ left, up, corner, want int }{{10, 20, 15, 15}, {10, 20, 10, 20}, {10, 20, 20, 10}, {1, 2, 3, 1}, {4, 4, 0, 4}, {5, 5, 5, 5}} {
		if got := paeth(c.left, c.up, c.corner); int(got) != c.want {
			t.Errorf("paeth(%d, %d, %d) = %d, want %d", c.left, c.up, c.corner, got, c.want)
		}
	}
	for name, bad := range map[string][3]int64{"no colour": {0, 8, 7}, "too many colours": {33, 8, 7}, "no bits": {1, 0, 7}, "17 bits": {1, 17, 7}, "no columns": {1, 8, 0}, "an endless row": {1, 8, maxRow + 1}} {
		if got, err := io.ReadAll(newPredictor(bytes.NewReader(packed), 15, bad[0], bad[1], bad[2])); err != nil || len(got) != 0 {
			t.Errorf("%s gives %d bytes, %v", name, len(got), err)
		}
	}
}

// FuzzFilters: any chain of filters ends, panics over nothing, gives the same each time and stays within the limits.
func FuzzFilters(f *testing.F) {
	f.Add("/LZWDecode", []byte{0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01})
	f.Add("/LZW/EarlyChange 0", packLZW(written(600), 0))
	f.Add("[/A85/AHx]", []byte("87cURD]i,\"Ebo80~>"))
	f.Add("[/RL/RL/RL/RL/RL/RL/RL]", []byte{129, 129, 128})
	f.Add("/Fl/DecodeParms<</Predictor 2/Colors 3/BitsPerComponent 4/Columns 9>>", []byte("x\x9c\x03\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, filter string, data []byte) {
		const most = 1 << 16
		raw := fmt.Sprintf("%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\n4 0 obj<</Filter%s/Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>", filter, len(data), data)
		decode := func() []byte {
			file, err := Open(t.Context(), strings.NewReader(raw), int64(len(raw)), Limits{StreamBytes: most, TotalBytes: 4 * most})
			if err != nil {
				return nil
			}
			s, ok := file.Resolve(Ref{Num: 4}).(*Stream)
			if !ok {
				return nil
			}
			out, _ := file.Decode(s)
			return out
		}
		first := decode()
		if len(first) > most {
			t.Fatalf("%d bytes, the limit is %d", len(first), most)
		}
		if second := decode(); !bytes.Equal(first, second) {
			t.Fatalf("%d bytes, then %d", len(first), len(second))
		}
	})
}
