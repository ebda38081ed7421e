package tnef

import "encoding/binary"

// Property types (MS-OXCDATA 2.11.1).
const (
	typeShort    = 0x0002
	typeLong     = 0x0003
	typeFloat    = 0x0004
	typeDouble   = 0x0005
	typeCurrency = 0x0006
	typeAppTime  = 0x0007
	typeError    = 0x000A
	typeBoolean  = 0x000B
	typeObject   = 0x000D
	typeLonglong = 0x0014
	typeString   = 0x001E
	typeUnicode  = 0x001F
	typeSysTime  = 0x0040
	typeGUID     = 0x0048
	typeBinary   = 0x0102
	multiple     = 0x1000
)

// cursor reads little-endian numbers and remembers that the bytes ended.
type cursor struct {
	raw []byte
	bad bool
}

func (c *cursor) long() uint32 {
	if len(c.raw) < 4 {
		c.bad = true
		return 0
	}
	n := binary.LittleEndian.Uint32(c.raw)
	c.raw = c.raw[4:]
	return n
}

func (c *cursor) bytes(n int64) []byte {
	if n < 0 || n > int64(len(c.raw)) {
		c.bad = true
		return nil
	}
	out := c.raw[:n]
	c.raw = c.raw[n:]
	return out
}

// padded reads n bytes and the padding to a multiple of four behind them. Padding may be missing at the end.
func (c *cursor) padded(n int64) []byte {
	out := c.bytes(n)
	if !c.bad {
		c.raw = c.raw[min(int64(len(c.raw)), (4-n%4)%4):]
	}
	return out
}

// properties reads a block of MAPI properties (MS-OXTNEF 2.1.3.4) and gives each with its first value. A block that is damaged ends
// where it is.
func properties(raw []byte, each func(id, kind uint16, value []byte)) {
	c := &cursor{raw: raw}
	count := c.long()
	for range min(count, MaxProperties) {
		tag := c.long()
		id, kind := uint16(tag>>16), uint16(tag)
		if id >= 0x8000 {
			c.named()
		}
		value := c.values(kind)
		if c.bad {
			return
		}
		// Named properties have ids that mean something else in each stream.
		if id < 0x8000 {
			each(id, kind, value)
		}
	}
}

// named skips the name of a named property: a GUID, and a number or a string.
func (c *cursor) named() {
	c.bytes(16)
	if c.long() == 0 {
		c.long()
		return
	}
	c.padded(int64(c.long()))
}

func (c *cursor) values(kind uint16) []byte {
	count := uint32(1)
	variable := kind&^multiple == typeString || kind&^multiple == typeUnicode || kind&^multiple == typeBinary || kind&^multiple == typeObject
	if kind&multiple != 0 || variable {
		count = c.long()
	}
	var first []byte
	for i := uint32(0); i < count && !c.bad; i++ {
		var value []byte
		switch {
		case variable:
			value = c.padded(int64(c.long()))
		default:
			value = c.padded(width(kind &^ multiple))
			if len(value) == 0 {
				c.bad = true
			}
		}
		if i == 0 {
			first = value
		}
	}
	return first
}

// width is the size of a value of fixed size, or 0 for a type nobody knows, after which nothing can be read.
func width(kind uint16) int64 {
	switch kind {
	case typeShort, typeBoolean:
		return 2
	case typeLong, typeFloat, typeError:
		return 4
	case typeDouble, typeCurrency, typeAppTime, typeLonglong, typeSysTime:
		return 8
	case typeGUID:
		return 16
	default:
		return 0
	}
}
