package tnef

import (
	"encoding/binary"
	"fmt"
)

const (
	lzfu    = 0x75465A4C // "LZFu": compressed
	mela    = 0x414C454D // "MELA": stored as it is
	window  = 4096
	lzfuTop = 16
)

// preload is what the window of LZFu holds at the beginning (MS-OXRTFCP 2.1.2.1): the commonest words of RTF.
const preload = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}` + `{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor ` +
	`MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// Decompress undoes the compression of RTF. What is damaged gives what came before the damage, with ErrDamaged. It gives at most
// MaxRTF bytes.
func Decompress(raw []byte) ([]byte, error) {
	if len(raw) < lzfuTop {
		return nil, fmt.Errorf("%w: %d bytes of RTF", ErrDamaged, len(raw))
	}
	size, kind := binary.LittleEndian.Uint32(raw[4:]), binary.LittleEndian.Uint32(raw[8:])
	want := int(min(size, MaxRTF))
	raw = raw[lzfuTop:]
	switch kind {
	case mela:
		return raw[:min(len(raw), want)], nil
	case lzfu:
	default:
		return nil, fmt.Errorf("%w: RTF compressed by %#x", ErrDamaged, kind)
	}
	var dict [window]byte
	copy(dict[:], preload)
	at := len(preload)
	out := make([]byte, 0, min(want, 8*len(raw)))
	put := func(b byte) {
		out = append(out, b)
		dict[at] = b
		at = (at + 1) % window
	}
	for len(raw) > 0 && len(out) < want {
		control := raw[0]
		raw = raw[1:]
		for bit := 0; bit < 8 && len(out) < want; bit++ {
			if control>>bit&1 == 0 {
				if len(raw) < 1 {
					return out, fmt.Errorf("%w: RTF ends early", ErrDamaged)
				}
				put(raw[0])
				raw = raw[1:]
				continue
			}
			if len(raw) < 2 {
				return out, fmt.Errorf("%w: RTF ends early", ErrDamaged)
			}
			ref := int(binary.BigEndian.Uint16(raw))
			raw = raw[2:]
			from, length := ref>>4, ref&15+2
			if from == at {
				return out, nil // the mark of the end
			}
			for range length {
				if len(out) >= want {
					break
				}
				put(dict[from])
				from = (from + 1) % window
			}
		}
	}
	if len(out) < want {
		return out, fmt.Errorf("%w: %d bytes of RTF of %d", ErrDamaged, len(out), want)
	}
	return out, nil
}
