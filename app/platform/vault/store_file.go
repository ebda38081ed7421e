package vault

import (
	"context"
	"fmt"
	"strings"
)

type objectRow struct {
	ID       int64  `xorm:"pk 'id'"`
	Place    string `xorm:"'place'"`
	PlaceKey int64  `xorm:"'place_key'"`
	Body     []byte `xorm:"'body'"`
}

func (objectRow) TableName() string { return objectTable }

func (s dbStore) NewFileID() int64 { return s.db.NewID() }

func (s dbStore) AddFile(ctx context.Context, r FileRecord) error {
	err := s.db.InsertMany(ctx, objectTable, []string{"id", "place", "place_key", objectBody}, [][]any{{r.ID, r.Place, int64(r.PlaceKey), r.Body}})
	if err != nil {
		return fmt.Errorf("add to %s: %w", objectTable, err)
	}
	return nil
}

func (s dbStore) File(ctx context.Context, id int64) (FileRecord, error) {
	var row objectRow
	found, err := s.db.Session(ctx).ID(id).Get(&row)
	if err != nil {
		return FileRecord{}, fmt.Errorf("read %s: %w", objectTable, err)
	}
	if !found {
		return FileRecord{}, ErrShredded
	}
	return FileRecord{ID: row.ID, Place: row.Place, PlaceKey: uint32(row.PlaceKey), Body: row.Body}, nil
}

func (s dbStore) DropFile(ctx context.Context, id int64) error {
	q := s.db.Dialect().Quote
	_, err := s.db.Exec(ctx, "DELETE FROM "+q(objectTable)+" WHERE "+q("id")+" = ?", id)
	return err
}

// at is the condition of the places, and its values.
func (s dbStore) at(places []string) (string, []any) {
	values := make([]any, len(places))
	for i, p := range places {
		values[i] = p
	}
	return s.db.Dialect().Quote("place") + " IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(places)), ", ") + ")", values
}

func (s dbStore) DropFiles(ctx context.Context, places []string) error {
	where, values := s.at(places)
	_, err := s.db.Exec(ctx, "DELETE FROM "+s.db.Dialect().Quote(objectTable)+" WHERE "+where, values...)
	return err
}

func (s dbStore) HasFiles(ctx context.Context, places []string) (bool, error) {
	var row objectRow
	q := s.db.Dialect().Quote
	where, values := s.at(places)
	found, err := s.db.Session(ctx).SQL("SELECT "+q("id")+" FROM "+q(objectTable)+" WHERE "+where+" LIMIT 1", values...).Get(&row)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", objectTable, err)
	}
	return found, nil
}
