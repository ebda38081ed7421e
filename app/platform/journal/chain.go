package journal

import (
	"dingban/app/platform/journal/proof"
)

// link gives the hash of entry number seq after prev; package proof says how. The
// entry is its stored row, the sealed changes as they lie in the database: the chain
// can be checked without any key.
func link(seq int64, prev []byte, r *entryRow) []byte {
	var scratch [512]byte
	var before proof.Hash
	copy(before[:], prev) // not a conversion: the database may hold anything
	hash := proof.Link(seq, before, (*proof.Entry)(r).Append(scratch[:0]))
	return hash[:]
}
