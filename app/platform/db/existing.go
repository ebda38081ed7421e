package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// MissingError says that the file of an embedded database is not there.
type MissingError struct{ Path string }

func (e *MissingError) Error() string {
	return "database.dsn: there is no database " + e.Path + "; name the folder that the server keeps its data in (--data-dir), or start the server once: it makes one"
}

// OpenExisting opens the database of an installation for a command that runs beside its server: one that is not there, or
// does not answer, is an error, and the file of an embedded one is never made.
func OpenExisting(ctx context.Context, o Options) (*DB, error) {
	if path, embedded := strings.CutPrefix(strings.TrimSpace(o.DSN), "sqlite://"); embedded {
		path, _, _ = strings.Cut(path, "?")
		switch _, err := os.Stat(path); {
		case errors.Is(err, os.ErrNotExist):
			return nil, &MissingError{Path: path}
		case err != nil:
			return nil, fmt.Errorf("database.dsn: the database cannot be looked at: %w", err)
		}
	}
	d, err := Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("database.dsn: %w", err)
	}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database.dsn: the database does not answer: %w", err), d.Close())
	}
	return d, nil
}
