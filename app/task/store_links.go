package task

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dingban/app/platform/db"
)

// links is a table of what a task is tied to: one row a task and id.
type links struct{ table, column string }

var (
	assigneeLinks = links{"task_assignee", "person_id"}
	labelLinks    = links{"task_label", "label_id"}
	followerLinks = links{"task_follower", "person_id"}
)

func (s *Service) insertLinks(ctx context.Context, l links, id int64, to []int64) error {
	if len(to) == 0 {
		return nil
	}
	values := make([][]any, len(to))
	for i, other := range to {
		values[i] = []any{id, other}
	}
	if err := s.db.InsertMany(ctx, l.table, []string{"task_id", l.column}, values); err != nil {
		return fmt.Errorf("task: insert into %s: %w", l.table, err)
	}
	return nil
}

func (s *Service) replaceLinks(ctx context.Context, l links, id int64, before, after []int64) error {
	without := func(all, some []int64) []int64 {
		return slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return slices.Contains(some, n) })
	}
	if gone := without(before, after); len(gone) > 0 {
		query := "DELETE FROM " + l.table + " WHERE task_id = ? AND " + l.column + " IN (" + db.Marks(len(gone)) + ")"
		if _, err := s.db.Exec(ctx, query, append([]any{id}, db.Args(gone)...)...); err != nil {
			return fmt.Errorf("task: delete from %s: %w", l.table, err)
		}
	}
	return s.insertLinks(ctx, l, id, without(after, before))
}

// linked gives what tasks are tied to, by task, each list in order.
func (s *Service) linked(ctx context.Context, l links, ids []int64) (map[int64][]int64, error) {
	out := map[int64][]int64{}
	query := "SELECT task_id, " + l.column + " FROM " + l.table + " WHERE task_id IN (" + db.Marks(len(ids)) + ") ORDER BY task_id, " + l.column
	err := s.db.Each(ctx, query, db.Args(ids), func(sr *sql.Rows) error {
		var id, to int64
		err := sr.Scan(&id, &to)
		out[id] = append(out[id], to)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("task: read %s: %w", l.table, err)
	}
	return out, nil
}

// idList reads ids from a column of digits and commas.
type idList []int64

// Scan implements sql.Scanner.
func (l *idList) Scan(v any) error {
	var text string
	switch v := v.(type) {
	case nil:
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("task: %T is no list of ids", v)
	}
	*l = nil
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return fmt.Errorf("task: a list of ids: %w", err)
		}
		*l = append(*l, id)
	}
	return nil
}

func joinIDs(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}
