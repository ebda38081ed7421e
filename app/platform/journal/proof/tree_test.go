package proof_test

import (
	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/journal/proof"
)

func rootOf(leaves []proof.Hash) proof.Hash {
	switch n := len(leaves); n {
	case 0:
		return sm3.Sum([]byte{2})
	case 1:
		return sm3.Sum(append([]byte{2}, leaves[0][:]...))
	default:
		k := 1
		for 2*k < n {
			k *= 2
		}
		left, right := rootOf(leaves[:k]), rootOf(leaves[k:])
		return sm3.Sum(append(append([]byte{3}, left[:]...), right[:]...))
	}
}
