// Package columntypes hands on what the rows of a driver know about the types of
// their columns, for rows that are wrapped.
package columntypes

import (
	"database/sql/driver"
	"reflect"
)

// Of are the types of some rows.
type Of struct{ Known driver.Rows }

// ColumnTypeDatabaseTypeName is the engine's name of a type, or "".
func (o Of) ColumnTypeDatabaseTypeName(i int) string {
	if t, ok := o.Known.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return t.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeScanType is the Go type of a column, or that of any.
func (o Of) ColumnTypeScanType(i int) reflect.Type {
	if t, ok := o.Known.(driver.RowsColumnTypeScanType); ok {
		return t.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeNullable tells whether a column may be NULL, if that is known.
func (o Of) ColumnTypeNullable(i int) (nullable, ok bool) {
	if t, has := o.Known.(driver.RowsColumnTypeNullable); has {
		return t.ColumnTypeNullable(i)
	}
	return false, false
}
