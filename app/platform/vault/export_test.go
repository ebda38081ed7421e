package vault

import "dingban/app/platform/db"

// The tests on a real database live outside of the package, because the test kit imports it.

func OnDatabase(d *db.DB) KeyStore { return dbStore{d} }

func Rows() []any { return []any{new(kekRow), new(keyRow), new(objectRow)} }

const (
	KEKTable    = kekTable
	KeyTable    = keyTable
	PurposeCell = purposeCell
	NonceBlock  = nonceBlock
)

func (v *Vault) SetSoftBudget(n int64) { v.soft = n }

func (v *Vault) CellEpoch() int64 { return v.ring.Load().cell.epoch }

func (v *Vault) WaitForReports() { v.work.Wait() }
