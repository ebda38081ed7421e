package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// answersKept is how long a repeated request still gets the first answer: longer than a phone stays without a network
// over a weekend's night, short enough that the table stays small.
const answersKept = 24 * time.Hour

const answerTable = "idempotency"

// StoredAnswers remembers answers in the database, their bodies sealed: they hold what people wrote.
type StoredAnswers struct {
	db    *db.DB
	vault *vault.Vault
	clock clock.Clock
}

// NewStoredAnswers makes the memory of idempotency keys.
func NewStoredAnswers(d *db.DB, v *vault.Vault, c clock.Clock) *StoredAnswers {
	return &StoredAnswers{db: d, vault: v, clock: c}
}

// Migrations makes its table.
func Migrations() []db.Migration {
	return []db.Migration{{
		ID:     "20261124000300_httpapi_idempotency",
		Module: "httpapi",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "idempotency",
				Columns: []dialects.Column{
					{Name: "hash", Type: dialects.Code, Size: 64, NotNull: true},
					{Name: "person_id", Type: dialects.ID, NotNull: true},
					{Name: "operation", Type: dialects.Code, Size: 64, NotNull: true},
					{Name: "request", Type: dialects.Code, Size: 64, NotNull: true},
					{Name: "status", Type: dialects.Int, NotNull: true},
					{Name: "content_type", Type: dialects.Code, Size: 100, NotNull: true},
					{Name: "body", Type: dialects.Sealed},
					{Name: "expires_at", Type: dialects.Time, NotNull: true},
				},
				PrimaryKey: []string{"hash"},
				Indexes:    []dialects.Index{{Name: "idempotency_expiry", Columns: []string{"expires_at"}}},
			})
		},
	}}
}

type answerRow struct {
	Hash        string `xorm:"pk 'hash'"`
	PersonID    int64  `xorm:"'person_id'"`
	Operation   string `xorm:"'operation'"`
	Request     string `xorm:"'request'"`
	Status      int    `xorm:"'status'"`
	ContentType string `xorm:"'content_type'"`
	Body        []byte `xorm:"'body'"`
	ExpiresAt   int64  `xorm:"'expires_at'"`
}

func (answerRow) TableName() string { return answerTable }

// cell binds a body to its row. The row's key is a hash, of which 63 bits are as good as an id.
func cell(hash [sha256.Size]byte) vault.Cell {
	return vault.Cell{Table: answerTable, Column: "body", Row: int64(binary.BigEndian.Uint64(hash[:8]) >> 1)}
}

// Once claims the key, runs the request and writes its answer in one transaction. A second request with the key waits
// for the first at the claim (or for the writer, on SQLite) and then finds its answer.
func (s *StoredAnswers) Once(ctx context.Context, k AnswerKey, run func(ctx context.Context) (Answer, error)) (Answer, bool, error) {
	hash := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s", k.PersonID, k.Key))
	row := answerRow{
		Hash: hex.EncodeToString(hash[:]), PersonID: k.PersonID, Operation: k.Operation, Request: hex.EncodeToString(k.Request[:]),
	}
	var answer Answer
	replayed := false
	// The key decides whether a transaction whose commit got no answer was committed: then its answer is there.
	err := s.db.TxOnce(ctx, func(ctx context.Context) error {
		claimed, err := s.claim(ctx, row)
		if err != nil {
			return err
		}
		if replayed = !claimed; replayed {
			answer, err = s.replay(ctx, row, hash)
			return err
		}
		if answer, err = run(ctx); err != nil {
			return err
		}
		return s.keep(ctx, row, hash, answer)
	})
	if err != nil {
		return Answer{}, false, err
	}
	return answer, replayed, nil
}

func (s *StoredAnswers) claim(ctx context.Context, row answerRow) (bool, error) {
	now := clock.Millis(s.clock)
	cols := []string{"hash", "person_id", "operation", "request", "status", "content_type", "expires_at"}
	values := [][]any{{row.Hash, row.PersonID, row.Operation, row.Request, 0, "", now + answersKept.Milliseconds()}}
	for range 2 {
		n, err := s.db.InsertIgnore(ctx, answerTable, []string{"hash"}, cols, values)
		if err != nil {
			return false, fmt.Errorf("claim an idempotency key: %w", err)
		}
		if n == 1 {
			return true, nil
		}
		gone, err := s.db.Session(ctx).Where("hash = ? AND expires_at <= ?", row.Hash, now).Delete(&answerRow{})
		if err != nil {
			return false, fmt.Errorf("forget an old idempotency key: %w", err)
		}
		if gone == 0 {
			return false, nil
		}
	}
	return false, nil
}

func (s *StoredAnswers) replay(ctx context.Context, row answerRow, hash [sha256.Size]byte) (Answer, error) {
	kept := answerRow{Hash: row.Hash}
	found, err := s.db.Session(ctx).Get(&kept)
	if err != nil {
		return Answer{}, fmt.Errorf("read an idempotency key: %w", err)
	}
	if !found {
		return Answer{}, errors.New("an idempotency key vanished while it was read")
	}
	if kept.Operation != row.Operation || kept.Request != row.Request {
		return Answer{}, fault.New(fault.KindConflict, "request.key_reused")
	}
	body, err := s.vault.Open(cell(hash), kept.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("open a remembered answer: %w", err)
	}
	return Answer{Status: kept.Status, ContentType: kept.ContentType, Body: body}, nil
}

func (s *StoredAnswers) keep(ctx context.Context, row answerRow, hash [sha256.Size]byte, a Answer) error {
	sealed, err := s.vault.Seal(cell(hash), a.Body)
	if err != nil {
		return fmt.Errorf("seal an answer: %w", err)
	}
	row.Status, row.ContentType, row.Body = a.Status, a.ContentType, sealed
	if _, err := s.db.Session(ctx).ID(row.Hash).Cols("status", "content_type", "body").Update(&row); err != nil {
		return fmt.Errorf("remember an answer: %w", err)
	}
	return nil
}

// Sweep forgets the answers whose time is over.
func (s *StoredAnswers) Sweep(ctx context.Context) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM idempotency WHERE expires_at <= ?", clock.Millis(s.clock)); err != nil {
		return fmt.Errorf("forget old idempotency keys: %w", err)
	}
	return nil
}
