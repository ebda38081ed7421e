package dialects

import (
	"context"
	"database/sql"
	"time"
)

// Pool bounds the connections of one process.
type Pool struct {
	MaxOpen  int           // at once; 0 chooses all of it by dialect
	MaxIdle  int           // kept when nobody needs them; 0: as many as open
	IdleTime time.Duration // an idle one is closed after this time; 0: never
	LifeTime time.Duration // any one is closed after this time; 0: never
	Wait     time.Duration // how long a statement waits for one, see BoundWait; 0: as long as its context
}

// limit sets up a pool. Unless told otherwise as many stay idle as are open: connecting costs more than keeping.
func (p Pool) limit(pool *sql.DB, d Dialect) {
	if p.MaxOpen <= 0 {
		p.MaxOpen = 32
		if d.SingleWriter() {
			p.MaxOpen = 8
		}
		if d.Name() != SQLite {
			p.IdleTime, p.LifeTime = 5*time.Minute, time.Hour
		}
	}
	if p.MaxIdle <= 0 {
		p.MaxIdle = p.MaxOpen
	}
	pool.SetMaxOpenConns(p.MaxOpen)
	pool.SetMaxIdleConns(p.MaxIdle)
	pool.SetConnMaxIdleTime(p.IdleTime)
	pool.SetConnMaxLifetime(p.LifeTime)
}

// waiting is the context of a statement that may wait for a connection only so long.
type waiting struct {
	context.Context // ends when the time is over, or when the statement has
	cancel          context.CancelCauseFunc
	timer           *time.Timer
	busy            error
}

type waitingKey struct{}

// BoundWait gives a context for one statement or transaction that has to find a connection within the time; otherwise it
// ends with the error busy. Once there is a connection it ends when its parent does.
//
// The pool alone would let it wait for as long as the parent lives, and a deadline of the parent would end statements as
// well that found their connection at once. The pool tells nobody when it hands out a connection; that the driver is
// called with the context is how it shows.
func BoundWait(ctx context.Context, wait time.Duration, busy error) context.Context {
	if ctx.Value(waitingKey{}) != nil || ctx.Err() != nil {
		return ctx
	}
	inner, cancel := context.WithCancelCause(ctx)
	w := &waiting{Context: inner, cancel: cancel, busy: busy}
	w.timer = time.AfterFunc(wait, func() { cancel(busy) })
	return w
}

// Err is what the pool returns when the context ends.
func (w *waiting) Err() error {
	err := w.Context.Err()
	if err != nil && context.Cause(w.Context) == w.busy { //nolint:errorlint // the very value
		return w.busy
	}
	return err
}

// Value also finds the waiting itself from contexts derived of it.
func (w *waiting) Value(key any) any {
	if key == (waitingKey{}) {
		return w
	}
	return w.Context.Value(key)
}

// arrived says that a connection was found.
func arrived(ctx context.Context) {
	if w, ok := ctx.Value(waitingKey{}).(*waiting); ok {
		w.timer.Stop()
	}
}

// EndWait gives back what BoundWait holds: the statement is over, or has failed.
func EndWait(ctx context.Context) {
	if w, ok := ctx.Value(waitingKey{}).(*waiting); ok {
		w.timer.Stop()
		w.cancel(nil)
	}
}
