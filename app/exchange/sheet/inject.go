package sheet

import "strings"

// dangerous are the first characters by which a spreadsheet program may take a text for a formula or for a command,
// the full-width ones included, which East Asian editions read alike (OWASP, "CSV Injection").
const dangerous = "=+-@\t\r\n＝＋－＠"

// shield is put before a dangerous text. Excel and WPS take what follows it as text.
const shield = "'"

// Neutralise makes a text harmless in a CSV file. A text that already looks neutralised gets a shield too, so that
// Restore gives back exactly what was written.
func Neutralise(s string) string {
	if looksShielded(s, 0) {
		return shield + s
	}
	return s
}

// Restore undoes Neutralise. A text that Neutralise never makes comes back as it is.
func Restore(s string) string {
	if looksShielded(s, 1) {
		return s[len(shield):]
	}
	return s
}

// looksShielded reports whether s is a dangerous text behind at least n shields.
func looksShielded(s string, n int) bool {
	bare := strings.TrimLeft(s, shield)
	if len(s)-len(bare) < n*len(shield) || bare == "" {
		return false
	}
	for _, r := range bare {
		return strings.ContainsRune(dangerous, r)
	}
	return false
}
