package vault

import "context"

// KEKRecord is a key encryption key as it is kept: wrapped by KEK0.
type KEKRecord struct {
	Version   int64
	RootCheck string // Check value of the KEK0 that opens it.
	Check     string
	Wrapped   []byte
	CreatedAt int64
	RetiredAt int64 // 0 while it is the newest.
	// DestroyedAt is when the key itself was taken out of the record; 0 while it is there.
	DestroyedAt int64
}

// KeyRecord is a data key as it is kept: wrapped by a key encryption key.
type KeyRecord struct {
	ID         uint32
	Purpose    string
	Epoch      int64
	KEKVersion int64
	Check      string
	Wrapped    []byte
	Used       int64 // Values sealed, as far as told.
	CreatedAt  int64
	// EmptiedAt is when nothing was found any longer that needs it, DestroyedAt when the key was taken out of the record.
	EmptiedAt, DestroyedAt int64
}

// KeyStore is where wrapped keys live; in the product, two tables.
type KeyStore interface {
	Load(ctx context.Context) ([]KEKRecord, []KeyRecord, error)
	// AddKEK and AddKey keep a record unless its version, id, or purpose and epoch are taken already: two servers may start
	// at the same time, and then both must go on with the keys of one of them.
	AddKEK(ctx context.Context, r KEKRecord) error
	AddKey(ctx context.Context, r KeyRecord) error
	// Use adds n to the count of the key and returns the sum.
	Use(ctx context.Context, id uint32, n int64) (int64, error)
	// Rewrap replaces how the keys are wrapped, by version and id, and adds key encryption keys that are new, all or none. The
	// KEK0 they were read with is from. It fails with ErrRotating when a version is taken by another key or wrapped by another
	// KEK0: somebody else is rotating at this moment.
	Rewrap(ctx context.Context, from string, keks []KEKRecord, keys []KeyRecord) error
	// Emptied notes when nothing was found any longer that needs a data key, 0 that something was.
	Emptied(ctx context.Context, id uint32, at int64) error
	// Destroy takes keys out of their records, all or none: data keys by id, key encryption keys by version. It fails with
	// ErrInUse when one of these still wraps a data key that is not destroyed.
	Destroy(ctx context.Context, keys []uint32, keks []int64, at int64) error
}
