package barcode

import (
	"errors"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f    Format
		text string
		want error
	}{
		{EAN13, "6901234567892", nil},
		{EAN13, "4006381333931", nil},
		{EAN13, "6901234567893", ErrCheck},
		{EAN13, "690123456789", ErrLength},
		{EAN13, "690123456789X", ErrDigits},
		{EAN8, "73513537", nil},
		{EAN8, "73513538", ErrCheck},
		{UPCA, "036000291452", nil},
		{UPCA, "036000291453", ErrCheck},
		{Code128, "DB-2026/0001", nil},
		{Code128, "设备", ErrDigits},
		{Code128, "", ErrLength},
		{Code128, strings.Repeat("A", MaxCode128+1), ErrLength},
		{QR, "https://例子.中国/设备?id=1", nil},
		{QR, "a\x00b", ErrDigits},
		{QR, "a\xffb", ErrDigits},
		{QR, strings.Repeat("x", MaxQR), nil},
		{QR, strings.Repeat("x", MaxQR+1), ErrLength},
		{"pdf417", "x", ErrFormat},
	} {
		if err := Check(c.f, c.text); !errors.Is(err, c.want) {
			t.Errorf("%s %.20q: %v, want %v", c.f, c.text, err, c.want)
		}
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Format{
		"6901234567892": EAN13, "73513537": EAN8, "036000291452": UPCA, "6901234567893": Code128, "设备": QR, "": "", "a\nb": QR,
	} {
		if got, ok := Detect(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
