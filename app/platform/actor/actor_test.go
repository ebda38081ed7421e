package actor_test

import (
	"context"
	"testing"

	"dingban/app/platform/actor"
)

func TestActorRidesInTheContext(t *testing.T) {
	t.Parallel()
	if _, ok := actor.From(context.Background()); ok {
		t.Fatal("an empty context has an actor")
	}
	ctx := actor.With(context.Background(), actor.Actor{PersonID: 7, SessionID: 9})
	a, ok := actor.From(ctx)
	if !ok || a.PersonID != 7 || a.SessionID != 9 || a.RealPersonID != 7 || a.System {
		t.Fatalf("got %+v, %v", a, ok)
	}
	a, _ = actor.From(actor.With(ctx, actor.Actor{PersonID: 7, RealPersonID: 8}))
	if a.RealPersonID != 8 {
		t.Fatalf("delegation lost: %+v", a)
	}
}

func TestSystemActorIsNobody(t *testing.T) {
	t.Parallel()
	a, _ := actor.From(actor.With(context.Background(), actor.System("search")))
	if !a.System || a.PersonID != 0 || a.RealPersonID != 0 || a.Address != "internal:search" {
		t.Fatalf("got %+v", a)
	}
}
