package password

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What a password must be like. The classes are what the auditors of GB/T 22239 ask for; length does the real work.
const (
	MinLength  = 10
	MaxLength  = 128
	minClasses = 3
	// Remembered is how many earlier passwords may not be used again.
	Remembered = 5
)

// Problem names one way in which a password fails the policy.
type Problem struct {
	Code   string
	Params map[string]any
}

//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(commonText) {
		words[word] = true
	}
	return words
})

// Check tells what is wrong with a password; nothing when it is good. context are words an attacker would try first:
// the account, the person's name, the organisation's.
func Check(plain string, context ...string) []Problem {
	var problems []Problem
	add := func(code string, kv ...any) {
		p := Problem{Code: code}
		if len(kv) == 2 {
			p.Params = map[string]any{kv[0].(string): kv[1]}
		}
		problems = append(problems, p)
	}
	length := utf8.RuneCountInString(plain)
	switch {
	case !utf8.ValidString(plain):
		add("org.password_unreadable")
		return problems
	case length < MinLength:
		add("org.password_short", "min", MinLength)
	case length > MaxLength:
		add("org.password_long", "max", MaxLength)
		return problems
	}
	if classes(plain) < minClasses {
		add("org.password_simple", "min", minClasses)
	}
	folded := strings.ToLower(plain)
	if isCommon(folded) {
		add("org.password_common")
	}
	for _, word := range context {
		word = strings.ToLower(strings.TrimSpace(word))
		if len(word) >= 3 && strings.Contains(folded, word) { // two Chinese characters are six bytes
			add("org.password_guessable")
			break
		}
	}
	return problems
}

func classes(plain string) int {
	var lower, upper, digit, other int
	for _, r := range plain {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// undo reads the usual disguises of a common word as the word.
var undo = strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t")

// isCommon tells whether a password is a common one, also in disguise (P@ssw0rd), doubled, or with digits and signs
// hung on (password2024!).
func isCommon(folded string) bool {
	bare := strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	disguised := undo.Replace(folded)
	for _, candidate := range []string{folded, bare, disguised, strings.TrimFunc(disguised, func(r rune) bool { return !unicode.IsLetter(r) }), undo.Replace(strings.TrimRightFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) }))} {
		if common()[candidate] {
			return true
		}
		if n := len(candidate); n > 0 && n%2 == 0 && candidate[:n/2] == candidate[n/2:] && common()[candidate[:n/2]] {
			return true
		}
	}
	return distinct(folded) <= 3
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
