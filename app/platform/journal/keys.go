package journal

import (
	"context"
	"errors"
	"fmt"

	"dingban/app/platform/journal/proof"
	"dingban/app/platform/journal/signing"
)

var (
	// ErrKey says that the signing key in the database is not one that this installation
	// sealed.
	ErrKey = signing.ErrKey
	// ErrNoKey says that nothing was ever signed: the first start makes the key.
	ErrNoKey = signing.ErrNoKey
)

// KeyPeriod is one signing key and its time.
type KeyPeriod = signing.Period

// KeyPeriods gives every signing key the journal ever had, the newest first, as they are
// recorded; Verify tells whether that is true. None before the first start.
func (j *Journal) KeyPeriods(ctx context.Context) ([]KeyPeriod, error) { return j.signing.Periods(ctx) }

// RotateKey puts a new signing key in the place of the one in use, while servers work,
// and destroys the private half of the old one. also runs in the same transaction.
func (j *Journal) RotateKey(ctx context.Context, also func(ctx context.Context, x *proof.Succession) error) (proof.Succession, error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return proof.Succession{}, err
	}
	return j.signing.Rotate(ctx, chain, also)
}

// Line gives the keys that checkpoints are signed with and how they followed one
// another; no keys before the first start.
func (j *Journal) Line(ctx context.Context) (proof.Line, error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return proof.Line{}, err
	}
	return j.line(ctx, chain)
}

func (j *Journal) line(ctx context.Context, chain proof.Hash) (proof.Line, error) {
	line, err := j.signing.Line(ctx, chain)
	var bad *proof.LineError
	if errors.As(err, &bad) {
		return line, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return line, err
}

// PublicKeys gives the keys that checkpoints are signed with, the one in use first; none
// before the first start.
func (j *Journal) PublicKeys(ctx context.Context) ([]proof.PublicKey, error) {
	line, err := j.Line(ctx)
	return line.Keys(), err
}
