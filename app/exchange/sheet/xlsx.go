package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

const (
	// maxParts is how many files a workbook's archive may have.
	maxParts = 10_000
	// maxPart is how much one of them may unpack to, and maxRatio how many times its packed size when it is big.
	maxPart  = 256 << 20
	maxRatio = 300
	bigPart  = 16 << 20
	// maxFrame is how much a part may unpack to that only describes others: their names are kept in memory.
	maxFrame = 16 << 20
	// maxShared is how much text the strings shared by all cells may have together, and maxStrings how many they are.
	maxShared  = 128 << 20
	maxStrings = 4_000_000
	maxStyles  = 70_000
	maxSheets  = 1_000
)

// SheetInfo is one table of a workbook.
type SheetInfo struct {
	Name string
	// Hidden tables are often lists for the menus of others.
	Hidden bool
}

// Workbook is an opened file of Excel (ISO/IEC 29500). It reads its source only while rows are asked for.
type Workbook struct {
	parts  map[string]*zip.File
	sheets []sheetPart
	// epoch1904 workbooks, from old Macs, count days from 1904.
	epoch1904 bool
	styles    []style
	shared    stringTable

	stylesPart, sharedPart string
	loaded                 bool
}

type sheetPart struct {
	SheetInfo
	part string
}

// IsWorkbook reports whether the first bytes of a file are those of a zip archive.
func IsWorkbook(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// OpenXLSX reads what the workbook says about itself. It fails with ErrOldExcel, ErrEncrypted, ErrNotWorkbook,
// ErrDamaged, ErrBomb or the error of the source.
func OpenXLSX(r io.ReaderAt, size int64) (*Workbook, error) {
	if err := sniffCompound(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWorkbook, err)
	}
	if len(z.File) > maxParts {
		return nil, ErrBomb
	}
	w := &Workbook{parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := partName("", strings.ReplaceAll(f.Name, `\`, "/"))
		if _, taken := w.parts[name]; !taken {
			w.parts[name] = f
		}
	}
	return w, w.open()
}

// sniffCompound tells the old format and a locked workbook, which are both compound files, apart from a zip archive.
func sniffCompound(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 64<<10))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		tail := make([]byte, min(size, 64<<10))
		if n, err := r.ReadAt(tail, size-int64(len(tail))); err == nil || errors.Is(err, io.EOF) {
			head = append(head, tail[:n]...)
		}
		if bytes.Contains(head, utf16("EncryptedPackage")) {
			return ErrEncrypted
		}
		return ErrOldExcel
	}
	if sniffed := sniffForeign(head); errors.Is(sniffed, ErrMarkup) {
		return sniffed
	}
	return nil
}

func utf16(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}

// partName makes the name of a part from a reference beside another part. Names are compared without their case.
func partName(dir, target string) string {
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", dir, target)
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))
}

// part opens a part, which may unpack to so many bytes at most.
func (w *Workbook) part(name string, most uint64) (io.ReadCloser, error) {
	f, ok := w.parts[name]
	if !ok {
		return nil, fmt.Errorf("%w: no part %q", ErrDamaged, name)
	}
	if f.UncompressedSize64 > most || f.UncompressedSize64 > bigPart && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return nil, ErrBomb
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return &part{src: r, left: int64(f.UncompressedSize64) + 1}, nil
}

// part is an unpacked file that may not be longer than the archive says it is.
type part struct {
	src  io.ReadCloser
	left int64
}

func (p *part) Read(b []byte) (int, error) {
	if p.left <= 0 {
		return 0, ErrBomb
	}
	n, err := p.src.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

func (p *part) Close() error { return p.src.Close() }

// walk shows each opening tag of a part to visit.
func (w *Workbook) walk(name string, visit func(m *markup) error) error {
	r, err := w.part(name, maxFrame)
	if err != nil {
		return err
	}
	defer r.Close()
	m := newMarkup(r)
	for {
		kind, err := m.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if kind == tokenOpen {
			if err := visit(m); err != nil {
				return err
			}
		}
	}
}

type relation struct {
	kind, target string
}

// relations reads which parts belong to a part. A part without such a list has none.
func (w *Workbook) relations(name string) (map[string]relation, error) {
	dir, file := path.Split(name)
	list := path.Join(dir, "_rels", file+".rels")
	out := map[string]relation{}
	if _, ok := w.parts[list]; !ok {
		return out, nil
	}
	err := w.walk(list, func(m *markup) error {
		if m.name == "Relationship" && !strings.EqualFold(m.attr("TargetMode"), "external") && len(out) < maxParts {
			kind := m.attr("Type")
			out[m.attr("Id")] = relation{kind: kind[strings.LastIndexByte(kind, '/')+1:], target: partName(dir, m.attr("Target"))}
		}
		return nil
	})
	return out, err
}

func (w *Workbook) open() error {
	book := "xl/workbook.xml"
	top, err := w.relations("")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			book = r.target
		}
	}
	if _, ok := w.parts[book]; !ok || !strings.HasSuffix(book, ".xml") {
		return ErrNotWorkbook
	}
	relations, err := w.relations(book)
	if err != nil {
		return err
	}
	for _, r := range relations {
		switch r.kind {
		case "styles":
			w.stylesPart = r.target
		case "sharedStrings":
			w.sharedPart = r.target
		}
	}
	err = w.walk(book, func(m *markup) error {
		switch m.name {
		case "workbookPr":
			w.epoch1904 = truth(m.attr("date1904"))
		case "sheet":
			r := relations[m.attr("id")]
			if r.kind != "worksheet" {
				return nil
			}
			if len(w.sheets) == maxSheets {
				return ErrBomb
			}
			state := m.attr("state")
			w.sheets = append(w.sheets, sheetPart{
				SheetInfo: SheetInfo{Name: m.attr("name"), Hidden: state == "hidden" || state == "veryHidden"},
				part:      r.target,
			})
		}
		return nil
	})
	if err == nil && len(w.sheets) == 0 {
		err = ErrNotWorkbook
	}
	return err
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }

// Sheets lists the tables in the order of their tabs.
func (w *Workbook) Sheets() []SheetInfo {
	out := make([]SheetInfo, len(w.sheets))
	for i, s := range w.sheets {
		out[i] = s.SheetInfo
	}
	return out
}

// First gives the index of the first table that is shown, or 0 when all are hidden.
func (w *Workbook) First() int {
	for i, s := range w.sheets {
		if !s.Hidden {
			return i
		}
	}
	return 0
}

// Rows reads a table, chosen by its index in Sheets. The rows must be closed; several may be read side by side.
func (w *Workbook) Rows(index int) (*Rows, error) {
	if index < 0 || index >= len(w.sheets) {
		return nil, ErrNoSheet
	}
	if err := w.load(); err != nil {
		return nil, err
	}
	name := w.sheets[index].part
	merges, err := w.merges(name)
	if err != nil {
		return nil, err
	}
	r, err := w.part(name, maxPart)
	if err != nil {
		return nil, err
	}
	return &Rows{book: w, src: r, markup: newMarkup(r), merges: merges, fills: map[int]fill{}}, nil
}

// load reads the styles and the shared strings, once.
func (w *Workbook) load() error {
	if w.loaded {
		return nil
	}
	if err := w.loadStyles(); err != nil {
		return err
	}
	if err := w.loadShared(); err != nil {
		return err
	}
	w.loaded = true
	return nil
}

func (w *Workbook) loadStyles() error {
	if _, ok := w.parts[w.stylesPart]; !ok {
		return nil
	}
	w.styles = nil
	codes := map[int]string{}
	inCells := false
	return w.walk(w.stylesPart, func(m *markup) error {
		switch m.name {
		case "numFmt":
			if id, err := strconv.Atoi(m.attr("numFmtId")); err == nil && len(codes) < maxStyles {
				codes[id] = m.attr("formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells {
				return nil
			}
			if len(w.styles) == maxStyles {
				return ErrBomb
			}
			// A style whose number is no number has none: General.
			id, _ := strconv.Atoi(m.attr("numFmtId"))
			w.styles = append(w.styles, styleOf(id, codes[id]))
		}
		return nil
	})
}

// stringTable holds the strings shared by the cells, end to end.
type stringTable struct {
	text []byte
	ends []uint32
}

func (t *stringTable) get(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return string(t.text[start:t.ends[i]]), true
}

func (w *Workbook) loadShared() error {
	if _, ok := w.parts[w.sharedPart]; !ok {
		return nil
	}
	r, err := w.part(w.sharedPart, maxPart)
	if err != nil {
		return err
	}
	defer r.Close()
	w.shared = stringTable{}
	m := newMarkup(r)
	inText, aside := false, false
	for {
		kind, err := m.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case kind == tokenText:
			if !inText || aside {
				continue
			}
			if len(w.shared.text)+len(m.text) > maxShared {
				return ErrBomb
			}
			w.shared.text = append(w.shared.text, m.text...)
		case m.name == "t":
			inText = kind == tokenOpen
		case m.name == "rPh":
			// The reading of a word, in kana or pinyin, is no part of it.
			aside = kind == tokenOpen
		case m.name == "si" && kind == tokenClose:
			if len(w.shared.ends) == maxStrings {
				return ErrBomb
			}
			w.shared.ends = append(w.shared.ends, uint32(len(w.shared.text)))
		}
	}
}
