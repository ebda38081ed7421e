package vault

import (
	"errors"
	"fmt"

	"dingban/app/platform/vault/kek"
)

var (
	// ErrDamaged says that a sealed value is not what was sealed for this place: cut, changed, or moved here from elsewhere.
	// Nothing of it is ever returned.
	ErrDamaged = errors.New("the sealed value was changed, cut or belongs elsewhere")
	// ErrUnknownKey says that a sealed value names a key this database does not hold.
	ErrUnknownKey = errors.New("the sealed value names a key that is not here")
	// ErrDestroyed says that the key a sealed value names was destroyed when nothing used it any longer: the value was brought
	// back from an older copy.
	ErrDestroyed = fmt.Errorf("its key was destroyed: %w", ErrUnknownKey)
	// ErrExhausted says that a key has sealed as much as is safe and its successor could not be made.
	ErrExhausted = errors.New("the key has sealed as many values as is safe and has no successor")
	// ErrWrongRoot says that KEK0 is not the one the database was sealed with.
	ErrWrongRoot = errors.New("not the key of this database")
	// ErrInUse says that a key is to be destroyed that something needs.
	ErrInUse = errors.New("the key is still needed")
	// ErrRotating says that somebody else changed the keys at the same time.
	ErrRotating = errors.New("the keys were changed by somebody else at this moment; look at dingban vault status and try again")
)

// CellError says which cell could not be sealed or opened; never with what.
type CellError struct {
	Cell Cell
	Err  error
}

func (e *CellError) Error() string {
	return fmt.Sprintf("vault: %s.%s of row %d: %v", e.Cell.Table, e.Cell.Column, e.Cell.Row, e.Err)
}

func (e *CellError) Unwrap() error { return e.Err }

// KeyFileError says what is wrong with the key file and what to do about it.
type KeyFileError = kek.FileError

// Damage is something sealed that was changed, cut or put in another's place: a cell, or a stream by its name.
type Damage struct {
	Cell   Cell
	Stream string
	Err    error
}

// alarm counts and logs damage and hands it on. It is called wherever something is opened, also inside a transaction, so
// whoever listens must not wait.
func (v *Vault) alarm(d Damage) {
	v.damaged.Add(1)
	if d.Stream != "" {
		v.log.Error("vault: a sealed file is damaged and was refused", "stream", d.Stream, "error", d.Err)
	} else {
		v.log.Error("vault: a sealed value is damaged and was refused", "table", d.Cell.Table, "column", d.Cell.Column, "row", d.Cell.Row, "error", d.Err)
	}
	if v.onDamage != nil {
		v.onDamage(d)
	}
}

// DamageCount is how often this process was shown something damaged.
func (v *Vault) DamageCount() int64 { return v.damaged.Load() }
