// Package ref names things across modules: what kind of thing and which one.
// The journal, notifications and links speak of objects by a Ref and never hold
// the object itself.
package ref

import (
	"fmt"
	"strconv"
	"strings"
)

// ID is a 53-bit positive integer, so that it stays exact as a JavaScript
// number. db.DB.NewID makes them.
type ID = int64

// MaxID is the largest id that JavaScript can hold exactly.
const MaxID ID = 1<<53 - 1

// Ref is one thing: {"kind":"task","id":123}.
type Ref struct {
	Kind string `json:"kind" doc:"What kind of thing it is." example:"task"`
	ID   int64  `json:"id" doc:"Its id." example:"283746519320001"`
}

// To is a Ref in one line.
func To(kind string, id int64) Ref { return Ref{Kind: kind, ID: id} }

// String gives "task:123", the form used in queries and logs.
func (r Ref) String() string { return r.Kind + ":" + strconv.FormatInt(r.ID, 10) }

// IsZero tells whether the Ref names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Parse reads what String wrote.
func Parse(s string) (Ref, error) {
	kind, num, ok := strings.Cut(s, ":")
	if !ok || kind == "" || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return Ref{}, fmt.Errorf("ref %q: want kind:id", s)
	}
	id, err := strconv.ParseInt(num, 10, 64)
	if err != nil || id <= 0 || id > MaxID || num[0] == '+' {
		return Ref{}, fmt.Errorf("ref %q: the id must be a whole number from 1 to 2^53-1", s)
	}
	return Ref{Kind: kind, ID: id}, nil
}
