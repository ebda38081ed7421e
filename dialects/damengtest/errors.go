package damengtest

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Dameng's error codes. Those marked (?) are from general knowledge and wait for a
// real server to confirm them.
const (
	codeSyntax      = -2007
	codeNoTable     = -2106
	codeNoColumn    = -2111
	codeExists      = -2124
	codeBadLogin    = -2501
	codeNoRight     = -5504 // (?)
	codeMergeJoin   = -4064
	codeUnique      = -6602
	codeCheck       = -6604 // (?)
	codeNotNull     = -6609
	codeTooLong     = -6169 // (?)
	codeOverflow    = -6102
	codeType        = -6105 // (?)
	codeLockTimeout = -6407 // (?)
	codeCutString   = -6103 // (?) a long string in an expression
	codeLOB         = -2685 // (?) a CLOB or BLOB is compared, sorted, grouped or indexed
	codeColumnSize  = -2665 // (?) a column or row does not fit the page
	codeClosed      = -6010
	codeUnsupported = -9999 // ours: this test server cannot do it
)

// dmError is what a client gets to see.
type dmError struct {
	code int32
	text string
}

func (e *dmError) Error() string { return fmt.Sprintf("%d: %s", e.code, e.text) }

func refuse(code int32, format string, args ...any) error {
	return &dmError{code, fmt.Sprintf(format, args...)}
}

// asDameng turns an error of the engine into Dameng's.
func asDameng(err error) *dmError {
	var de *dmError
	if errors.As(err, &de) {
		return de
	}
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return &dmError{codeClosed, err.Error()}
	}
	msg := se.Error()
	switch se.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return &dmError{codeUnique, "Violate unique constraint on " + msg}
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		return &dmError{codeNotNull, "Violate not null constraint on " + msg}
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		switch {
		case strings.Contains(msg, "length of "):
			return &dmError{codeTooLong, "Column value out of its length: " + msg}
		case strings.Contains(msg, "range of "):
			return &dmError{codeOverflow, "Data overflow: " + msg}
		case strings.Contains(msg, "type of "):
			return &dmError{codeType, "Data type does not match: " + msg}
		}
		return &dmError{codeCheck, "Violate check constraint " + msg}
	}
	switch {
	case se.Code()&0xff == sqlite3.SQLITE_BUSY:
		return &dmError{codeLockTimeout, "Lock timeout"}
	case strings.Contains(msg, "no such table"):
		return &dmError{codeNoTable, "Invalid table or view name: " + msg}
	case strings.Contains(msg, "no such column"):
		return &dmError{codeNoColumn, "Invalid column name: " + msg}
	case strings.Contains(msg, "already exists"):
		return &dmError{codeExists, "Object already exists: " + msg}
	}
	return &dmError{codeSyntax, "Syntax error: " + msg}
}
