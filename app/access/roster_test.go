package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
)

func (k *kit) wantRoster(ctx context.Context, t *testing.T, project int64, want string) {
	t.Helper()
	roster, err := k.Roster(ctx, project)
	testkit.Must(t, err)
	if got := fmt.Sprint(roster); got != want {
		t.Errorf("project %d: %s, want %s", project, got, want)
	}
}

func TestRosterIsFromMemoryAndFollowsEveryChange(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	ctx := t.Context()
	k.wantRoster(ctx, t, 9, "map[]")
	k.join(t, 9, 1, access.Owner)
	k.wantRoster(ctx, t, 9, "map[1:owner]")
	k.join(t, 9, 2, access.Viewer)
	k.join(t, 8, 3, access.Owner)
	k.wantRoster(ctx, t, 9, "map[1:owner 2:viewer]")
	k.join(t, 9, 2, access.Worker)
	k.wantRoster(ctx, t, 9, "map[1:owner 2:member]")
	testkit.Must(t, k.RemoveMember(system(t), 9, 2))
	k.wantRoster(ctx, t, 9, "map[1:owner]")

	_, err := k.journal.Settle(ctx)
	testkit.Must(t, err)
	k.wantRoster(ctx, t, 9, "map[1:owner]")
	counted := db.CountStatements(ctx)
	k.wantRoster(counted, t, 9, "map[1:owner]")
	if n := db.Statements(counted); n != 0 {
		t.Errorf("%d statements", n)
	}
}

// Who asks in transactions only finds it in memory as well, but what a transaction wrote is never told to others before
// it is committed, nor when it is taken back.
func TestRosterInATransaction(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.join(t, 9, 1, access.Owner)
	_, err := k.journal.Settle(t.Context())
	testkit.Must(t, err)
	testkit.Must(t, k.db.Tx(system(t), func(ctx context.Context) error {
		k.wantRoster(ctx, t, 9, "map[1:owner]")
		return nil
	}))
	counted := db.CountStatements(t.Context())
	k.wantRoster(counted, t, 9, "map[1:owner]")
	if n := db.Statements(counted); n != 0 {
		t.Errorf("%d statements after a transaction has asked", n)
	}

	boom := errors.New("boom")
	err = k.db.Tx(system(t), func(ctx context.Context) error {
		if err := k.SetMember(ctx, 9, 2, access.Worker); err != nil {
			return err
		}
		k.wantRoster(ctx, t, 9, "map[1:owner 2:member]")
		k.wantRoster(t.Context(), t, 9, "map[1:owner]") // somebody else, at the same time
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	k.wantRoster(t.Context(), t, 9, "map[1:owner]")
}

func TestRosterNeverOutlivesAChange(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	other := access.New(k.db, k.journal, k.clock) // another node, which hears of it by the journal
	other.Connect(k.people)
	k.join(t, 9, 2, access.Owner)
	stop := whileReading(func() {
		if _, err := k.Roster(t.Context(), 9); err != nil {
			t.Error(err)
		}
		if _, err := other.Roster(t.Context(), 9); err != nil {
			t.Error(err)
		}
	})
	for range 30 {
		k.join(t, 9, 1, access.Worker)
		k.wantRoster(t.Context(), t, 9, "map[1:member 2:owner]")
		testkit.Must(t, k.RemoveMember(system(t), 9, 1))
		k.wantRoster(t.Context(), t, 9, "map[2:owner]")
	}
	stop()
	testkit.WaitFor(t, "the other node hears", func() bool {
		roster, err := other.Roster(t.Context(), 9)
		return err == nil && len(roster) == 1
	})
}
