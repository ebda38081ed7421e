package damengtest

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Type codes of the protocol.
const (
	tVarchar   = 2
	tBit       = 3
	tTinyint   = 5
	tSmallint  = 6
	tInt       = 7
	tBigint    = 8
	tReal      = 10
	tDouble    = 11
	tBlob      = 12
	tChar      = 0
	tVarchar2  = 1
	tBinary    = 17
	tVarbinary = 18
	tClob      = 19
	tUnknown   = 54
)

// colType is a column's type as the catalogue has it.
type colType struct {
	name string // upper case: BIGINT, VARCHAR
	size int    // 0 when none was given
	// chars says that size counts characters.
	chars bool
}

// codes of the types that columns may have, with their greatest size on a page of
// 32 KB.
var columnTypes = map[string]struct {
	code  int32
	sized bool
}{
	"BIGINT": {tBigint, false}, "INT": {tInt, false}, "INTEGER": {tInt, false}, "SMALLINT": {tSmallint, false},
	"TINYINT": {tTinyint, false}, "BIT": {tBit, false}, "DOUBLE": {tDouble, false},
	"CHAR": {tChar, true}, "VARCHAR": {tVarchar, true}, "VARCHAR2": {tVarchar, true},
	"VARBINARY": {tVarbinary, true}, "CLOB": {tClob, false}, "TEXT": {tClob, false}, "BLOB": {tBlob, false},
}

func (t colType) code() int32 {
	if c, ok := columnTypes[t.name]; ok {
		return c.code
	}
	return tVarchar
}

func (t colType) lob() bool { return t.code() == tClob || t.code() == tBlob }

// parseType reads a declared type as SQLite repeats it, see sqliteType.
func parseType(s string) colType {
	base, rest, _ := strings.Cut(strings.ToUpper(s), "(")
	base, chars := strings.CutSuffix(strings.TrimSpace(base), " CHAR")
	t := colType{name: base, chars: chars}
	if n, err := strconv.Atoi(strings.TrimSuffix(rest, ")")); err == nil {
		t.size = n
	}
	return t
}

// valueType is the type of an expression, which only its values tell.
func valueType(v any) colType {
	switch v := v.(type) {
	case int64:
		return colType{name: "BIGINT"}
	case float64:
		return colType{name: "DOUBLE"}
	case []byte:
		if len(v) > 8000 {
			return colType{name: "BLOB"}
		}
		return colType{name: "VARBINARY", size: 8188}
	case string:
		if len(v) > 8000 {
			return colType{name: "CLOB"}
		}
	}
	return colType{name: "VARCHAR", size: 8188}
}

// encode gives the bytes of a value in a column; lobs are the caller's business.
func encode(code int32, v any) ([]byte, error) {
	switch v := v.(type) {
	case int64:
		switch code {
		case tBigint:
			return binary.LittleEndian.AppendUint64(nil, uint64(v)), nil
		case tInt:
			return binary.LittleEndian.AppendUint32(nil, uint32(v)), nil
		case tSmallint:
			return binary.LittleEndian.AppendUint16(nil, uint16(v)), nil
		case tTinyint, tBit:
			return []byte{byte(v)}, nil
		case tDouble:
			return binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(v))), nil
		default:
			return strconv.AppendInt(nil, v, 10), nil
		}
	case float64:
		if code == tDouble {
			return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)), nil
		}
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	}
	return nil, refuse(codeUnsupported, "value of type %T", v)
}

// decode reads the bytes of a parameter.
func decode(code int32, b []byte) (any, error) {
	need := map[int32]int{tBigint: 8, tInt: 4, tSmallint: 2, tTinyint: 1, tBit: 1, tDouble: 8, tReal: 4}
	if n, ok := need[code]; ok && len(b) != n {
		return nil, errMalformed
	}
	switch code {
	case tBigint:
		return int64(binary.LittleEndian.Uint64(b)), nil
	case tInt:
		return int64(int32(binary.LittleEndian.Uint32(b))), nil
	case tSmallint:
		return int64(int16(binary.LittleEndian.Uint16(b))), nil
	case tTinyint, tBit:
		return int64(int8(b[0])), nil
	case tDouble:
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
	case tReal:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), nil
	case tChar, tVarchar, tVarchar2, tClob:
		if !utf8.Valid(b) {
			return nil, refuse(codeType, "a string is not UTF-8")
		}
		if code != tClob && len(b) > 32767 {
			return nil, refuse(codeCutString, "String truncated")
		}
		return string(b), nil
	case tBinary, tVarbinary, tBlob:
		return append([]byte{}, b...), nil
	}
	return nil, refuse(codeUnsupported, "parameter of type %d", code)
}
