// Package actor carries who is acting through the context: the person, on whose
// behalf, in which session and from where. The journal writes it down; access
// decides by it.
package actor

import "context"

// Actor is whoever causes a change. PersonID is the one whose rights apply;
// RealPersonID is the human at the keyboard when one acts for another
// (delegation), and equals PersonID otherwise.
type Actor struct {
	PersonID     int64
	RealPersonID int64
	SessionID    int64
	Address      string
	Language     string
	RequestID    string
	// System marks internal work (readers, schedules, migrations). No permission
	// is asked of it, so it must never be set from anything a request carries.
	System bool
	// Name says which internal work it is; empty for people.
	Name string
}

type key struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context {
	if a.RealPersonID == 0 {
		a.RealPersonID = a.PersonID
	}
	return context.WithValue(ctx, key{}, a)
}

// From tells who acts; false when nobody has been set.
func From(ctx context.Context) (Actor, bool) {
	a, ok := ctx.Value(key{}).(Actor)
	return a, ok
}

// System is the actor of internal work, such as "search" or "retention". It has
// no person: the journal shows id 0.
func System(name string) Actor { return Actor{System: true, Name: name, Address: "internal:" + name} }
