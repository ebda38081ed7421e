// Package session keeps who is signed in where: 256-bit tokens of which only a hash is stored, ended by idleness, by age,
// or by somebody. Live sessions are in memory, so that finding out who calls costs no statement.
package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

const (
	tokenSize = 32 // 256 bits
	// writeSeenEvery is how often the time of last use is written, in milliseconds.
	writeSeenEvery = 60_000
)

// Options say when a session ends by itself.
type Options struct {
	Idle     time.Duration // when it was not used for so long
	Absolute time.Duration // in any case
	Log      *slog.Logger
}

// Session is one, as it is known in memory.
type Session struct {
	ID, PersonID int64
	CreatedAt    int64
	ExpiresAt    int64

	lastSeen atomic.Int64 // moves with every request
	written  atomic.Int64 // what the database knows of it
}

// Row is a session as it is stored, with the agent opened.
type Row struct {
	ID         int64
	Address    string
	Agent      string
	CreatedAt  int64
	LastSeenAt int64
	ExpiresAt  int64
}

// Keeper keeps sessions in the table org_session.
type Keeper struct {
	db    *db.DB
	vault *vault.Vault
	clock clock.Clock
	o     Options
	cache *cache
}

// New makes a keeper.
func New(d *db.DB, v *vault.Vault, c clock.Clock, o Options) *Keeper {
	return &Keeper{db: d, vault: v, clock: c, o: o, cache: newCache()}
}

// Migrations are the steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261124040105_org_session", Module: "org", Up: create}}
}

func create(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_session",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "token_hash", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "address", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "agent", Type: dialects.Sealed, Size: 1000},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "last_seen_at", Type: dialects.Time, NotNull: true},
			{Name: "expires_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "org_session_token", Columns: []string{"token_hash"}, Unique: true},
			{Name: "org_session_person", Columns: []string{"person_id", "id"}},
			{Name: "org_session_expiry", Columns: []string{"expires_at"}},
		},
	})
}

// tokenHash is what is kept of a token: who reads the table or a backup cannot sign in with it.
type tokenHash [sm3.Size]byte

func (h tokenHash) String() string { return hex.EncodeToString(h[:]) }

func hashToken(token string) (tokenHash, bool) {
	var raw [tokenSize + 1]byte
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenSize) {
		return tokenHash{}, false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(token))
	if err != nil || n != tokenSize {
		return tokenHash{}, false
	}
	return sm3.Sum(raw[:tokenSize]), true
}

// Fresh is a session that is not stored yet. Token goes to the browser and is kept nowhere.
type Fresh struct {
	*Session
	Token string

	hash           tokenHash
	address, agent string
}

// Make makes a session for a person who has proved to be one.
func (k *Keeper) Make(personID int64, address, agent string) (Fresh, error) {
	var raw [tokenSize]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return Fresh{}, fmt.Errorf("org: token: %w", err)
	}
	now := clock.Millis(k.clock)
	s := &Session{ID: k.db.NewID(), PersonID: personID, CreatedAt: now, ExpiresAt: now + k.o.Absolute.Milliseconds()}
	s.lastSeen.Store(now)
	s.written.Store(now)
	return Fresh{Session: s, Token: base64.RawURLEncoding.EncodeToString(raw[:]), hash: sm3.Sum(raw[:]), address: clip(address, 64), agent: clip(agent, 300)}, nil
}

// Store stores it as a part of the transaction in ctx.
func (k *Keeper) Store(ctx context.Context, f Fresh) error {
	if err := k.insert(ctx, f); err != nil {
		return err
	}
	k.db.AfterCommit(ctx, func() {
		_, generation, _ := k.cache.get(f.hash)
		k.cache.put(f.hash, f.Session, generation)
	})
	return nil
}

// Use finds the session of a token, from memory when it is known there, and notes that it was used. One that is over is
// refused and cleared.
func (k *Keeper) Use(ctx context.Context, token string) (*Session, error) {
	hash, ok := hashToken(token)
	if !ok {
		return nil, nobody()
	}
	s, generation, ok := k.cache.get(hash)
	if !ok {
		row, found, err := k.byHash(ctx, hash)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, nobody()
		}
		s = k.cache.put(hash, row.session(), generation)
	}
	now, idle := clock.Millis(k.clock), k.o.Idle.Milliseconds()
	if now >= s.ExpiresAt {
		return nil, k.over(ctx, s)
	}
	if now-s.lastSeen.Load() >= idle {
		// Another node may have seen the person since; it wrote so to within a minute.
		row, found, err := k.byID(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		if !found || now-row.LastSeenAt >= idle {
			return nil, k.over(ctx, s)
		}
		s.written.Store(row.LastSeenAt)
	}
	s.lastSeen.Store(now)
	return s, k.writeSeen(ctx, s, now)
}

func (k *Keeper) writeSeen(ctx context.Context, s *Session, now int64) error {
	written := s.written.Load()
	if now-written < writeSeenEvery || !s.written.CompareAndSwap(written, now) {
		return nil
	}
	there, err := k.touch(ctx, s.ID, now)
	if err != nil {
		k.o.Log.WarnContext(ctx, "the last use of a session is not written", "error", err)
		return nil
	}
	if !there { // ended on another node, and the journal has not told yet
		k.cache.drop(s.ID)
		return nobody()
	}
	return nil
}

func (k *Keeper) over(ctx context.Context, s *Session) error {
	k.cache.drop(s.ID)
	if _, err := k.delete(ctx, s.ID); err != nil {
		k.o.Log.WarnContext(ctx, "a session that is over is not cleared", "error", err)
	}
	return fault.New(fault.KindUnauthenticated, "org.session_over")
}

// Get gives a session that has not come to its end.
func (k *Keeper) Get(ctx context.Context, id int64) (*Session, bool, error) {
	if s, ok := k.cache.byID(id); ok {
		return s, clock.Millis(k.clock) < s.ExpiresAt, nil
	}
	row, found, err := k.byID(ctx, id)
	if err != nil || !found || clock.Millis(k.clock) >= row.ExpiresAt {
		return nil, false, err
	}
	return row.session(), true, nil
}

// End ends a session, here at once when the transaction commits, and tells whether it was there.
func (k *Keeper) End(ctx context.Context, id int64) (bool, error) {
	there, err := k.delete(ctx, id)
	if err != nil {
		return false, err
	}
	k.db.AfterCommit(ctx, func() { k.cache.drop(id) })
	return there, nil
}

// EndAll ends all sessions of a person but one.
func (k *Keeper) EndAll(ctx context.Context, personID, except int64) error {
	if err := k.deleteAll(ctx, personID, except); err != nil {
		return err
	}
	k.db.AfterCommit(ctx, func() { k.cache.dropPerson(personID, except) })
	return nil
}

// Forget drops what is in memory of a session that another node has ended.
func (k *Keeper) Forget(id int64) { k.cache.drop(id) }

// ForgetAll drops what is in memory of a person's sessions, but for one.
func (k *Keeper) ForgetAll(personID, except int64) { k.cache.dropPerson(personID, except) }

// List lists the sessions of a person that are not over, newest first. current is listed however long it was idle: it is
// the one asking.
func (k *Keeper) List(ctx context.Context, personID, current int64) ([]Row, error) {
	stored, err := k.of(ctx, personID)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(k.clock)
	rows := make([]Row, 0, len(stored))
	for _, r := range stored {
		if now >= r.ExpiresAt || now-r.LastSeenAt >= k.o.Idle.Milliseconds() && r.ID != current {
			continue
		}
		agent, err := k.vault.OpenText(agentCell(r.ID), r.Agent)
		if err != nil {
			return nil, fmt.Errorf("org: open session %d: %w", r.ID, err)
		}
		rows = append(rows, Row{ID: r.ID, Address: r.Address, Agent: agent, CreatedAt: r.CreatedAt, LastSeenAt: r.LastSeenAt, ExpiresAt: r.ExpiresAt})
	}
	return rows, nil
}

func nobody() error { return fault.New(fault.KindUnauthenticated, "access.unauthenticated") }
