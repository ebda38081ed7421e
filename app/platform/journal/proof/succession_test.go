package proof_test

import (
	"bytes"
	"errors"
	"testing"

	"dingban/app/platform/journal/proof"
)

// succeeded is an export of eight entries, signed at 0, 2 and 4 with the first key and
// at 6 and 8 with the second; the successions are what change makes of the true one.
func succeeded(t testing.TB, change func(x *proof.Succession, from, to *proof.Signer) []proof.Succession) (file []byte, from, to *proof.Signer) {
	t.Helper()
	from, to = signerOf(t), signerOf(t)
	chain := proof.Hash{1, 2, 3}
	var checkpoints []proof.Checkpoint
	var entries []proof.Hash
	hash, tree, prev := chain, proof.Tree{}, proof.Hash{}
	for seq := int64(0); seq <= 8; seq++ {
		if seq > 0 {
			hash = proof.Link(seq, hash, entryOf(seq, nil).Append(nil))
			tree.Add(hash)
		}
		entries = append(entries, hash)
		if seq%2 == 1 {
			continue
		}
		c := proof.Checkpoint{Chain: chain, From: max(0, seq-2), Seq: seq, Head: hash, Root: tree.Root(), At: seq, Prev: prev}
		signer := from
		if seq > 4 {
			signer = to
		}
		if err := c.Sign(signer); err != nil {
			t.Fatal(err)
		}
		checkpoints, tree, prev = append(checkpoints, c), proof.Tree{}, c.Digest()
	}
	x := proof.Succession{Chain: chain, Seq: 4, Checkpoint: checkpoints[2].Digest(), At: 5}
	if err := x.Sign(from, to); err != nil {
		t.Fatal(err)
	}
	// A line that is sound in itself is written; what is wrong with it is put in afterwards.
	line, err := proof.NewLine(chain, nil, []proof.Succession{x})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		list := line.Successions()
		if changed := change(&list[0], from, to); len(changed) == 0 {
			line = newLine(t, from.Public, to.Public)
		}
	}
	var out bytes.Buffer
	w := proof.NewWriter(&out, proof.Start{Chain: chain, Hash: chain}, line)
	for seq := range int64(9) {
		if seq > 0 {
			if err := w.Entry(seq, entries[seq], entryOf(seq, nil)); err != nil {
				t.Fatal(err)
			}
		}
		if seq%2 == 0 {
			if err := w.Checkpoint(&checkpoints[seq/2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), from, to
}

func signerOf(t testing.TB) *proof.Signer {
	t.Helper()
	s, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFileIsCheckedWithAnyKeyOfItsLine(t *testing.T) {
	t.Parallel()
	file, from, to := succeeded(t, nil)
	if file[len("DINGBAN-JOURNAL")] != 2 {
		t.Error("who knows the first form only would not be told that there is another")
	}
	for _, trusted := range [][]proof.PublicKey{nil, {from.Public}, {to.Public}} {
		if r := check(t, file, trusted); !r.OK || r.Signed != 8 || len(r.Successions) != 1 {
			t.Errorf("%+v", r)
		}
	}
	first := bytes.Clone(file)
	first[len("DINGBAN-JOURNAL")] = 1
	if _, err := proof.CheckFile(bytes.NewReader(first), nil, nil, nil); !errors.Is(err, proof.ErrFormat) {
		t.Errorf("a succession in the first form: %v", err)
	}
}

func TestAForgedLineInAFileIsNamed(t *testing.T) {
	t.Parallel()
	one := func(x *proof.Succession) []proof.Succession { return []proof.Succession{*x} }
	for name, tc := range map[string]struct {
		change  func(x *proof.Succession, from, to *proof.Signer) []proof.Succession
		problem string
	}{
		"signed by a thief": {func(x *proof.Succession, _, to *proof.Signer) []proof.Succession {
			old := x.Old
			if err := x.Sign(signerOf(t), to); err != nil {
				t.Fatal(err)
			}
			x.Old = old
			return one(x)
		}, proof.ProblemSuccession},
		"without the new key's word": {func(x *proof.Succession, _, _ *proof.Signer) []proof.Succession {
			x.NewSignature = x.OldSignature
			return one(x)
		}, proof.ProblemSuccession},
		"moved": {func(x *proof.Succession, _, _ *proof.Signer) []proof.Succession {
			x.Seq = 2
			return one(x)
		}, proof.ProblemSuccession},
		"moved by both keys": {func(x *proof.Succession, from, to *proof.Signer) []proof.Succession {
			x.Seq = 2
			if err := x.Sign(from, to); err != nil {
				t.Fatal(err)
			}
			return one(x)
		}, proof.ProblemSuccession},
		"of another journal": {func(x *proof.Succession, from, to *proof.Signer) []proof.Succession {
			x.Chain = proof.Hash{9}
			if err := x.Sign(from, to); err != nil {
				t.Fatal(err)
			}
			return one(x)
		}, proof.ProblemSuccession},
		"taken away": {func(*proof.Succession, *proof.Signer, *proof.Signer) []proof.Succession { return nil }, proof.ProblemUnknownKey},
	} {
		file, from, _ := succeeded(t, tc.change)
		if r := check(t, file, []proof.PublicKey{from.Public}); r.OK || r.Problem != tc.problem {
			t.Errorf("%s: %+v", name, r.Report)
		}
	}
}

func TestEveryFlippedBitOfASuccessionIsFound(t *testing.T) {
	t.Parallel()
	file, from, to := succeeded(t, nil)
	unused := func(i int, k proof.PublicKey) bool { // the file's own copy, when another is trusted
		at := bytes.Index(file, k.DER())
		return i >= at && i < at+len(k.DER())
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		r, err := proof.CheckFile(bytes.NewReader(bad), []proof.PublicKey{from.Public}, nil, nil)
		if err == nil && r.OK && !unused(i, from.Public) && !unused(i, to.Public) {
			t.Errorf("bit %d of byte %d of %d was flipped and nobody saw it", i%8, i, len(file))
		}
	}
}
