package session

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault"
)

// listed bounds how many sessions of one person are listed.
const listed = 200

type row struct {
	ID         int64  `xorm:"'id'"`
	PersonID   int64  `xorm:"'person_id'"`
	Address    string `xorm:"'address'"`
	Agent      []byte `xorm:"'agent'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	LastSeenAt int64  `xorm:"'last_seen_at'"`
	ExpiresAt  int64  `xorm:"'expires_at'"`
}

const columns = "id, person_id, address, agent, created_at, last_seen_at, expires_at"

func (r row) session() *Session {
	s := &Session{ID: r.ID, PersonID: r.PersonID, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt}
	s.lastSeen.Store(r.LastSeenAt)
	s.written.Store(r.LastSeenAt)
	return s
}

func agentCell(id int64) vault.Cell {
	return vault.Cell{Table: "org_session", Column: "agent", Row: id}
}

func (k *Keeper) insert(ctx context.Context, f Fresh) error {
	agent, err := k.vault.SealText(agentCell(f.ID), f.agent)
	if err != nil {
		return fmt.Errorf("org: seal session: %w", err)
	}
	err = k.db.InsertMany(ctx, "org_session",
		[]string{"id", "person_id", "token_hash", "address", "agent", "created_at", "last_seen_at", "expires_at"},
		[][]any{{f.ID, f.PersonID, f.hash.String(), f.address, agent, f.CreatedAt, f.CreatedAt, f.ExpiresAt}})
	if err != nil {
		return fmt.Errorf("org: insert session: %w", err)
	}
	return nil
}

func (k *Keeper) byHash(ctx context.Context, hash tokenHash) (row, bool, error) {
	return k.one(ctx, "SELECT "+columns+" FROM org_session WHERE token_hash = ?", hash.String())
}

func (k *Keeper) byID(ctx context.Context, id int64) (row, bool, error) {
	return k.one(ctx, "SELECT "+columns+" FROM org_session WHERE id = ?", id)
}

func (k *Keeper) one(ctx context.Context, query string, arg any) (row, bool, error) {
	var rows []row
	if err := k.db.Session(ctx).SQL(query, arg).Find(&rows); err != nil {
		return row{}, false, fmt.Errorf("org: read session: %w", err)
	}
	if len(rows) == 0 {
		return row{}, false, nil
	}
	return rows[0], true, nil
}

func (k *Keeper) of(ctx context.Context, personID int64) ([]row, error) {
	var rows []row
	err := k.db.Session(ctx).SQL("SELECT "+columns+" FROM org_session WHERE person_id = ? ORDER BY id DESC LIMIT ?", personID, listed).Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("org: read sessions: %w", err)
	}
	return rows, nil
}

// touch writes when a session was last used; false says that it is not there any more.
func (k *Keeper) touch(ctx context.Context, id, at int64) (bool, error) {
	n, err := k.db.Exec(ctx, "UPDATE org_session SET last_seen_at = ? WHERE id = ?", at, id)
	if err != nil {
		return false, fmt.Errorf("org: write last seen: %w", err)
	}
	return n == 1, nil
}

func (k *Keeper) delete(ctx context.Context, id int64) (bool, error) {
	n, err := k.db.Exec(ctx, "DELETE FROM org_session WHERE id = ?", id)
	if err != nil {
		return false, fmt.Errorf("org: delete session: %w", err)
	}
	return n == 1, nil
}

func (k *Keeper) deleteAll(ctx context.Context, personID, except int64) error {
	if _, err := k.db.Exec(ctx, "DELETE FROM org_session WHERE person_id = ? AND id <> ?", personID, except); err != nil {
		return fmt.Errorf("org: delete sessions: %w", err)
	}
	return nil
}

// Sweep clears the sessions that came to their end and nobody asked for again.
func (k *Keeper) Sweep(ctx context.Context) error {
	if _, err := k.db.Exec(ctx, "DELETE FROM org_session WHERE expires_at < ?", clock.Millis(k.clock)); err != nil {
		return fmt.Errorf("org: delete sessions that are over: %w", err)
	}
	return nil
}

// clip cuts a text that comes from outside to what its column takes, at a character's border.
func clip(text string, size int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}
