// Package barcode checks what scanners read: EAN-13, EAN-8 and UPC-A by their check digits (GB 12904 and the GS1 General
// Specifications), Code 128 by its alphabet, QR by its capacity. The package does no input or output.
package barcode

import (
	"errors"
	"unicode"
	"unicode/utf8"
)

// Format names a symbology.
type Format string

// The symbologies.
const (
	EAN13   Format = "ean13"
	EAN8    Format = "ean8"
	UPCA    Format = "upca"
	Code128 Format = "code128"
	QR      Format = "qr"
)

const (
	// MaxQR bounds the bytes of a QR code.
	MaxQR = 4096
	// MaxCode128 bounds the characters of a Code 128, longer than any that can still be printed.
	MaxCode128 = 128
)

// What can be wrong.
var (
	ErrFormat = errors.New("barcode: unknown symbology")
	ErrLength = errors.New("barcode: too long, too short or empty")
	ErrDigits = errors.New("barcode: a character that this symbology does not have")
	ErrCheck  = errors.New("barcode: the check digit does not fit")
)

// Formats lists the symbologies, in the order in which Detect tries them.
func Formats() []Format { return []Format{EAN13, EAN8, UPCA, Code128, QR} }

// Check tells what is wrong with a text in a symbology.
func Check(f Format, text string) error {
	switch f {
	case EAN13:
		return gs1(text, 13)
	case EAN8:
		return gs1(text, 8)
	case UPCA:
		return gs1(text, 12)
	case Code128:
		if len(text) == 0 || len(text) > MaxCode128 {
			return ErrLength
		}
		for i := range len(text) {
			if text[i] < ' ' || text[i] > '~' {
				return ErrDigits
			}
		}
		return nil
	case QR:
		if len(text) == 0 || len(text) > MaxQR {
			return ErrLength
		}
		if !utf8.ValidString(text) {
			return ErrDigits
		}
		for _, r := range text {
			if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != 0x1d { // 0x1d parts the fields of GS1 codes
				return ErrDigits
			}
		}
		return nil
	}
	return ErrFormat
}

// gs1 checks so many digits, the last of which makes the weighted sum a multiple of ten.
func gs1(text string, n int) error {
	if len(text) != n {
		return ErrLength
	}
	sum := 0
	for i := range n {
		d := int(text[i]) - '0'
		if d < 0 || d > 9 {
			return ErrDigits
		}
		if (n-1-i)%2 == 1 {
			d *= 3
		}
		sum += d
	}
	if sum%10 != 0 {
		return ErrCheck
	}
	return nil
}

// Detect gives the narrowest symbology that a text fits.
func Detect(text string) (Format, bool) {
	for _, f := range Formats() {
		if Check(f, text) == nil {
			return f, true
		}
	}
	return "", false
}
