package proof_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"dingban/app/platform/journal/proof"
)

func entryOf(id int64, changes []byte) *proof.Entry {
	return &proof.Entry{
		ID: id, At: 1795500000000 + id, ActorID: 7, RealActorID: 8, SessionID: 9, Address: "192.0.2.1", RequestID: "r", Module: "task",
		Verb: "task.move", RefKind: "task", RefID: id, ProjectID: 5, DepartmentID: 3, Changes: changes,
	}
}

// made is an export with a checkpoint every few entries.
func made(t testing.TB, entries, every int) (file []byte, signer *proof.Signer, checkpoints []proof.Checkpoint) {
	t.Helper()
	signer, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	chain := proof.Hash{1, 2, 3}
	var out bytes.Buffer
	w := proof.NewWriter(&out, proof.Start{Chain: chain, Hash: chain}, newLine(t, signer.Public))
	hash, tree := chain, proof.Tree{}
	sign := func(seq int64) {
		c := proof.Checkpoint{Chain: chain, Seq: seq, Head: hash, Root: tree.Root(), At: seq}
		if n := len(checkpoints); n > 0 {
			c.From, c.Prev = checkpoints[n-1].Seq, checkpoints[n-1].Digest()
		}
		if err := c.Sign(signer); err != nil {
			t.Fatal(err)
		}
		checkpoints, tree = append(checkpoints, c), proof.Tree{}
		if err := w.Checkpoint(&c); err != nil {
			t.Fatal(err)
		}
	}
	sign(0)
	for seq := int64(1); seq <= int64(entries); seq++ {
		e := entryOf(seq, []byte("sealed"))
		hash = proof.Link(seq, hash, e.Append(nil))
		tree.Add(hash)
		if err := w.Entry(seq, hash, e); err != nil {
			t.Fatal(err)
		}
		if seq%int64(every) == 0 || seq == int64(entries) {
			sign(seq)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), signer, checkpoints
}

func check(t *testing.T, file []byte, trusted []proof.PublicKey, anchors ...proof.Checkpoint) proof.FileReport {
	t.Helper()
	r, err := proof.CheckFile(bytes.NewReader(file), trusted, anchors, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnExportIsCheckedWithItsOwnAndWithATrustedKey(t *testing.T) {
	t.Parallel()
	file, signer, checkpoints := made(t, 10, 4)
	for _, trusted := range [][]proof.PublicKey{nil, {signer.Public}} {
		r := check(t, file, trusted, checkpoints...)
		if !r.OK || r.Entries != 10 || r.Signed != 10 || r.Checkpoints != 4 {
			t.Errorf("%+v", r)
		}
	}
	pem, err := proof.ParsePublicPEM(signer.Public.PEM())
	if err != nil || pem.ID() != signer.Public.ID() {
		t.Errorf("the key as PEM: %v", err)
	}
	other, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, file, []proof.PublicKey{other.Public}); r.OK || r.Problem != proof.ProblemUnknownKey {
		t.Errorf("with another key: %+v", r)
	}
	var seen []int64
	if _, err := proof.CheckFile(bytes.NewReader(file), nil, nil, func(seq int64, e *proof.Entry) error {
		if !reflect.DeepEqual(e, entryOf(seq, []byte("sealed"))) {
			t.Errorf("entry %d is %+v", seq, e)
		}
		seen = append(seen, seq)
		return nil
	}); err != nil || len(seen) != 10 {
		t.Errorf("visited %v, %v", seen, err)
	}
}

// Each bit of a file counts: whatever is flipped, the check fails or the file cannot be
// read.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	file, signer, _ := made(t, 6, 4)
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		r, err := proof.CheckFile(bytes.NewReader(bad), []proof.PublicKey{signer.Public}, nil, nil)
		if err != nil || !r.OK {
			continue
		}
		// The file's own copy of the key is not used when another one is trusted.
		if inKey := bytes.Index(file, signer.Public.DER()); i >= inKey && i < inKey+len(signer.Public.DER()) {
			continue
		}
		t.Errorf("bit %d of byte %d of %d was flipped and nobody saw it", i%8, i, len(file))
	}
}

func TestFilesThatAreCutChangedOrLongerAreNamed(t *testing.T) {
	t.Parallel()
	file, _, checkpoints := made(t, 10, 4)
	frames := split(t, file)
	join := func(keep func(i int, kind byte) bool) []byte {
		out := bytes.Clone(file[:16])
		for i, f := range frames {
			if keep(i, f[0]) {
				out = append(out, f...)
			}
		}
		return out
	}
	nth := func(n int, kind byte) func(int, byte) bool {
		seen := 0
		return func(_ int, k byte) bool {
			if k == kind {
				seen++
				return seen != n
			}
			return true
		}
	}
	for name, tc := range map[string]struct {
		file    []byte
		anchors []proof.Checkpoint
		seq     int64
		problem string
	}{
		"cut in the middle of an entry": {file[:len(file)/2], nil, 0, proof.ProblemTruncated},
		"without its end":               {join(func(_ int, k byte) bool { return k != 'Z' }), nil, 11, proof.ProblemTruncated},
		"an entry left out":             {join(nth(6, 'E')), nil, 6, proof.ProblemMissing},
		"the last entry left out":       {join(nth(10, 'E')), nil, 10, proof.ProblemTruncated},
		"a checkpoint left out":         {join(nth(2, 'C')), nil, 1, proof.ProblemCheckpoint},
		"the last checkpoint left out":  {join(nth(4, 'C')), nil, 9, proof.ProblemCheckpoint},
		"something behind the end":      {append(bytes.Clone(file), 'E'), nil, 11, proof.ProblemInserted},
	} {
		r := check(t, tc.file, nil, tc.anchors...)
		if r.OK || r.Problem != tc.problem || (tc.seq != 0 && r.FirstBad != tc.seq) {
			t.Errorf("%s: %+v", name, r.Report)
		}
	}
	// A shorter file with an end of its own: only an anchor knows better.
	short, signer, _ := made(t, 4, 4)
	later := proof.Checkpoint{Chain: checkpoints[0].Chain, From: 4, Seq: 8}
	if err := later.Sign(signer); err != nil {
		t.Fatal(err)
	}
	if r := check(t, short, nil, later); r.OK || r.FirstBad != 5 || r.Problem != proof.ProblemTruncated {
		t.Errorf("against an anchor: %+v", r.Report)
	}
	for _, strange := range []string{"", "DINGBAN-JOURNAL\x03", "DINGBAN-JOURNAL\x01E\x00\x00\x00\x00", "DINGBAN-JOURNAL\x01H\xff\xff\xff\xff"} {
		if _, err := proof.CheckFile(bytes.NewReader([]byte(strange)), nil, nil, nil); !errors.Is(err, proof.ErrFormat) {
			t.Errorf("%q: %v", strange, err)
		}
	}
}

func split(t *testing.T, file []byte) (frames [][]byte) {
	t.Helper()
	for at := 16; at < len(file); {
		n := 5 + int(binary.BigEndian.Uint32(file[at+1:]))
		frames = append(frames, file[at:at+n])
		at += n
	}
	return frames
}

// The root of each number of leaves against the definition of RFC 6962, written as it
// stands there.
func TestTheTreeHasTheShapeItSays(t *testing.T) {
	t.Parallel()
	var leaves []proof.Hash
	var tree proof.Tree
	for n := range 40 {
		if tree.Len() != n {
			t.Fatalf("%d leaves, want %d", tree.Len(), n)
		}
		if tree.Root() != rootOf(leaves) {
			t.Errorf("the root of %d leaves is wrong", n)
		}
		leaf := proof.Hash{byte(n), 1}
		leaves = append(leaves, leaf)
		tree.Add(leaf)
	}
}

func TestAnchorsComeBackWhole(t *testing.T) {
	t.Parallel()
	_, _, checkpoints := made(t, 3, 2)
	for _, c := range checkpoints {
		line := c.Anchor()
		got, err := proof.ParseAnchor(line)
		if err != nil || !reflect.DeepEqual(got, c) || bytes.ContainsRune(line, '\n') {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
	for _, bad := range []string{"", "{}", `{"seq":-1,"signature":"AA=="}`, `{"seq":1,"signature":"AA==","head":"zz"}`} {
		if _, err := proof.ParseAnchor([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// FuzzCheckFile: nothing makes the decoder fail other than with an error or a finding,
// and what it takes for good is what Append writes.
func FuzzCheckFile(f *testing.F) {
	file, _, _ := made(f, 5, 2)
	f.Add(file)
	f.Add(file[:100])
	f.Add([]byte("DINGBAN-JOURNAL\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := proof.CheckFile(bytes.NewReader(b), nil, nil, func(seq int64, e *proof.Entry) error {
			again, err := proof.ParseEntry(e.Append(nil))
			if err != nil || !reflect.DeepEqual(&again, e) {
				t.Errorf("number %d does not come back: %v", seq, err)
			}
			return nil
		})
		if err == nil && r.OK == (r.Problem != "") {
			t.Errorf("neither good nor bad: %+v", r.Report)
		}
	})
}

// FuzzParseEntry: exactly one form of bytes per entry.
func FuzzParseEntry(f *testing.F) {
	f.Add(entryOf(1, []byte("x")).Append(nil))
	f.Add(entryOf(1, nil).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := proof.ParseEntry(b)
		if err == nil && !bytes.Equal(e.Append(nil), b) {
			t.Errorf("%x is taken for %x", b, e.Append(nil))
		}
	})
}

// newLine is a line of keys without a succession.
func newLine(t testing.TB, keys ...proof.PublicKey) proof.Line {
	t.Helper()
	l, err := proof.NewLine(proof.Hash{}, keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
