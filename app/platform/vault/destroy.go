package vault

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dingban/app/platform/clock"
)

// Retired keys are destroyed in two steps. First a count of every row finds nothing that needs a key any longer, and that is
// noted. Then, after a time in which whoever brings rows back from a backup may still want it, a second count finds the same,
// and the key is taken out of its record. Records stay, so that an id never comes again and everybody can see what was.

// Lowest grace: a server that has not heard of a new key for so long has lost its database and cannot write either.
const minGrace = time.Hour

// newestOf gives the newest epoch of each purpose.
func newestOf(keys []KeyRecord) map[string]int64 {
	out := map[string]int64{}
	for _, k := range keys {
		out[k.Purpose] = max(out[k.Purpose], k.Epoch)
	}
	return out
}

// Superseded lists the data keys that have a successor, are not destroyed, and are not known to be needed by nothing.
func (v *Vault) Superseded(ctx context.Context) ([]KeyRecord, error) {
	_, keys, err := v.store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("vault: read the keys: %w", err)
	}
	newest := newestOf(keys)
	return slices.DeleteFunc(keys, func(k KeyRecord) bool {
		return k.Epoch == newest[k.Purpose] || k.DestroyedAt != 0 || k.EmptiedAt != 0
	}), nil
}

// NoteEmpty notes which keys nothing needs any longer, by a count of every row, and takes back what is not so.
func (v *Vault) NoteEmpty(ctx context.Context, rows func(key uint32) int64) error {
	_, keys, err := v.store.Load(ctx)
	if err != nil {
		return fmt.Errorf("vault: read the keys: %w", err)
	}
	newest := newestOf(keys)
	for _, k := range keys {
		at := k.EmptiedAt
		switch needed := k.Epoch == newest[k.Purpose] || rows(k.ID) > 0; {
		case k.DestroyedAt != 0:
			continue
		case needed:
			at = 0
		case at == 0:
			at = clock.Millis(v.clock)
		}
		if at == k.EmptiedAt {
			continue
		}
		if err := v.store.Emptied(ctx, k.ID, at); err != nil {
			return fmt.Errorf("vault: %w", err)
		}
	}
	return nil
}

// Retirement is what may be destroyed now.
type Retirement struct {
	Keys []KeyRecord
	KEKs []KEKRecord
}

// Empty says whether there is nothing to do.
func (r Retirement) Empty() bool { return len(r.Keys)+len(r.KEKs) == 0 }

// Retirable lists the data keys that nothing has needed for as long as grace, and the key encryption keys that were retired as
// long ago and wrap nothing that lives on.
func (v *Vault) Retirable(ctx context.Context, grace time.Duration) (Retirement, error) {
	keks, keys, err := v.store.Load(ctx)
	if err != nil {
		return Retirement{}, fmt.Errorf("vault: read the keys: %w", err)
	}
	before := clock.Millis(v.clock) - max(grace, minGrace).Milliseconds()
	newest := newestOf(keys)
	var r Retirement
	wraps := map[int64]bool{}
	for _, k := range keys {
		if k.DestroyedAt != 0 {
			continue
		}
		if k.Epoch != newest[k.Purpose] && k.EmptiedAt != 0 && k.EmptiedAt <= before {
			r.Keys = append(r.Keys, k)
			continue
		}
		wraps[k.KEKVersion] = true
	}
	for _, k := range keks {
		if k.DestroyedAt == 0 && k.RetiredAt != 0 && k.RetiredAt <= before && !wraps[k.Version] {
			r.KEKs = append(r.KEKs, k)
		}
	}
	slices.SortFunc(r.Keys, func(a, b KeyRecord) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.KEKs, func(a, b KEKRecord) int { return cmp.Compare(a.Version, b.Version) })
	return r, nil
}

// Destroy takes keys out of their records for ever. What Retirable does not list any longer, or a new count of every row finds
// in use, is refused with ErrInUse, and then nothing is destroyed.
func (v *Vault) Destroy(ctx context.Context, r Retirement, grace time.Duration, rows func(key uint32) int64) error {
	now, err := v.Retirable(ctx, grace)
	if err != nil {
		return err
	}
	var keys []uint32
	var keks []int64
	for _, k := range r.Keys {
		if !slices.ContainsFunc(now.Keys, func(o KeyRecord) bool { return o.ID == k.ID }) {
			return fmt.Errorf("vault: key %d: %w", k.ID, ErrInUse)
		}
		if n := rows(k.ID); n > 0 {
			return fmt.Errorf("vault: key %d: %d rows: %w", k.ID, n, ErrInUse)
		}
		keys = append(keys, k.ID)
	}
	for _, k := range r.KEKs {
		if !slices.ContainsFunc(now.KEKs, func(o KEKRecord) bool { return o.Version == k.Version }) {
			return fmt.Errorf("vault: key encryption key %d: %w", k.Version, ErrInUse)
		}
		keks = append(keks, k.Version)
	}
	if err := v.store.Destroy(ctx, keys, keks, clock.Millis(v.clock)); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return v.Refresh(ctx)
}
