package vault

import "encoding/binary"

// Associated data is packed as its pieces, each behind its length, so that no two lists of pieces give the same bytes:
// table "a", column "bc" and table "ab", column "c" stay apart.

func packString(dst []byte, s string) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(s)))
	return append(dst, s...)
}

func packInt(dst []byte, n int64) []byte {
	dst = binary.BigEndian.AppendUint32(dst, 8)
	return binary.BigEndian.AppendUint64(dst, uint64(n))
}
