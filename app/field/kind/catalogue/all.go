// Package catalogue is the list of all kinds of fields, and the kinds that are made of others: computed ones, tables, and
// automatic numbers. It does no input or output.
package catalogue

import (
	"slices"

	"dingban/app/field/kind"
	"dingban/app/field/kind/pick"
	"dingban/app/field/kind/plain"
	"dingban/app/field/kind/world"
)

// All lists the kinds, in the order in which a page offers them.
func All() []kind.Kind {
	return slices.Concat(plain.Texts(), plain.Numbers(), plain.Amounts(), plain.Times(), pick.Choices(), pick.References(),
		world.Contacts(), world.Places(), world.Scans(), tableKinds(), computedKinds(), autoKinds())
}

// Find gives the kind of a name.
func Find(name kind.Name) (kind.Kind, bool) {
	all := All()
	i := slices.IndexFunc(all, func(k kind.Kind) bool { return k.Name() == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}
