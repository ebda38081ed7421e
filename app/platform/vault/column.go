package vault

// Purposes of keys that others have to name.
const (
	PurposeFile   = purposeStream // Seal the keys of files and nothing else.
	PurposeIndex  = purposeIndex  // Make the numbers by which sealed values are found.
	PurposePepper = purposePepper // Are mixed into password hashes.
)

// Column is a column of sealed values, told by the module whose table it is.
type Column struct {
	Table, Column string
	// Key is the column with the row's number that its seals are bound to; "id" when empty.
	Key string
	// Purpose is that of the keys that seal it: PurposeFile, or empty for what people wrote.
	Purpose string
	// Kept says that the rows are never changed, as those of the journal, whose hash chain covers the ciphertext. They keep the
	// keys they were sealed with.
	Kept bool
}

// Place names a column in messages and progress.
func (c Column) Place() string { return c.Table + "." + c.Column }

func (c Column) purpose() string {
	if c.Purpose == "" {
		return purposeCell
	}
	return c.Purpose
}

// Reseal returns the value of a row sealed anew, with the newest key and the configured suite. What cannot be opened is refused
// and reported like anywhere else.
func (v *Vault) Reseal(c Column, row int64, sealed []byte) ([]byte, error) {
	plain, err := v.OpenIn(c, row, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return v.sealWith(v.ring.Load().current(c.purpose()), Cell{Table: c.Table, Column: c.Column, Row: row}, plain)
}

// Current says whether a value of a column has the newest key and the configured suite. What is no sealed value has not.
func (v *Vault) Current(c Column, sealed []byte) bool {
	return len(sealed) >= Overhead && sealed[0] == v.cellSuite && KeyOf(sealed) == v.ring.Load().current(c.purpose()).id
}

// Target is what a column is sealed with from now on: the key, when it was made, and the suite.
type Target struct {
	Key       uint32
	CreatedAt int64
	Suite     string
}

// Target returns the present one of a column.
func (v *Vault) Target(c Column) Target {
	k := v.ring.Load().current(c.purpose())
	return Target{Key: k.id, CreatedAt: k.createdAt, Suite: suiteNames[v.cellSuite]}
}

// KeyColumn is a column that names, in clear, the key something in its row was made with; 0 is the first of its purpose. Until no
// row names a key, the key is needed.
type KeyColumn struct {
	Table, Column string
	Purpose       string // PurposeIndex or PurposePepper.
}

// Place names it in messages and counts.
func (c KeyColumn) Place() string { return c.Table + "." + c.Column }

// Numbered is a column with blind numbers, which can be made anew from what its rows sealed.
type Numbered struct {
	// From is the sealed column with the value.
	From Column
	// By is the column of the key's id, 0 for the first; KeyColumn tells of it.
	By string
	// Number gives the column of the number, the number of a value, and the key that made it.
	Number func(v *Vault, plain []byte) (column string, number any, key uint32)
}

// KeyColumn is the column that names the keys.
func (n Numbered) KeyColumn() KeyColumn {
	return KeyColumn{Table: n.From.Table, Column: n.By, Purpose: PurposeIndex}
}

// OpenIn opens the value of a row.
func (v *Vault) OpenIn(c Column, row int64, sealed []byte) ([]byte, error) {
	return v.openFor(c.purpose(), Cell{Table: c.Table, Column: c.Column, Row: row}, sealed)
}
