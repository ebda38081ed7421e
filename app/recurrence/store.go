package recurrence

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/app/task/recur"
)

// row is a rule as it is stored.
type row struct {
	ID        int64  `xorm:"'id'"`
	TaskID    int64  `xorm:"'task_id'"`
	ProjectID int64  `xorm:"'project_id'"`
	State     string `xorm:"'state'"`
	Reason    string `xorm:"'reason'"`
	Rule      []byte `xorm:"'rule'"`
	SetBy     int64  `xorm:"'set_by'"`
	Made      int    `xorm:"'made'"`
	UpdatedAt int64  `xorm:"'updated_at'"`
	Version   int64  `xorm:"'version'"`

	rule recur.Rule
}

const columns = "id, task_id, project_id, state, reason, rule, set_by, made, updated_at, version"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "recurrence" }

func cell(id int64) vault.Cell { return vault.Cell{Table: "recurrence", Column: "rule", Row: id} }

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM recurrence WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("recurrence: read: %w", err)
	}
	for i := range rows {
		if len(rows[i].Rule) == 0 {
			continue
		}
		plain, err := s.vault.Open(cell(rows[i].ID), rows[i].Rule)
		if err != nil {
			return nil, fmt.Errorf("recurrence: open a rule: %w", err)
		}
		if rows[i].rule, err = recur.Parse(plain); err != nil {
			return nil, fmt.Errorf("recurrence: the rule %d: %w", rows[i].ID, err)
		}
	}
	return rows, nil
}

// of gives the rule of a task. One that never had any has version 1, as every row begins with.
func (s *Service) of(ctx context.Context, taskID int64) (row, error) {
	rows, err := s.find(ctx, "task_id = ?", taskID)
	if err != nil || len(rows) > 0 {
		return first(rows), err
	}
	return row{TaskID: taskID, State: Nothing, Version: 1}, nil
}

func first(rows []row) row {
	if len(rows) == 0 {
		return row{}
	}
	return rows[0]
}

// hold gives the rule of a task, that nobody else changes until the transaction ends.
func (s *Service) hold(ctx context.Context, taskID, projectID, by int64) (row, error) {
	_, err := s.db.InsertIgnore(ctx, "recurrence", []string{"task_id"},
		[]string{"id", "task_id", "project_id", "state", "set_by", "made", "updated_at", "version"},
		[][]any{{s.db.NewID(), taskID, projectID, Nothing, by, 1, clock.Millis(s.clock), 1}})
	if err != nil {
		return row{}, fmt.Errorf("recurrence: insert: %w", err)
	}
	r, err := s.of(ctx, taskID)
	if err != nil {
		return row{}, err
	}
	return s.lock(ctx, r.ID)
}

// lock reads a rule again under its lock.
func (s *Service) lock(ctx context.Context, id int64) (row, error) {
	if _, err := s.db.LockRow(ctx, "recurrence", id); err != nil {
		return row{}, err
	}
	rows, err := s.find(ctx, "id = ?", id)
	return first(rows), err
}

// put stores a row under its next version.
func (s *Service) put(ctx context.Context, r *row) error {
	r.Rule, r.UpdatedAt = nil, clock.Millis(s.clock)
	r.Version++
	if r.State != Nothing {
		plain, err := json.Marshal(r.rule)
		if err != nil {
			return fmt.Errorf("recurrence: %w", err)
		}
		if r.Rule, err = s.vault.Seal(cell(r.ID), plain); err != nil {
			return fmt.Errorf("recurrence: seal a rule: %w", err)
		}
	}
	_, err := s.db.Exec(ctx, "UPDATE recurrence SET task_id = ?, project_id = ?, state = ?, reason = ?, rule = ?, set_by = ?, made = ?, updated_at = ?, version = ? WHERE id = ?",
		r.TaskID, r.ProjectID, r.State, r.Reason, r.Rule, r.SetBy, r.Made, r.UpdatedAt, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("recurrence: update: %w", err)
	}
	return nil
}

// concerned finds the rules in force at some tasks and in some projects.
func (s *Service) concerned(ctx context.Context, tasks, projects []int64) ([]row, error) {
	var where []string
	args := []any{Active}
	for column, ids := range map[string][]int64{"task_id": tasks, "project_id": projects} {
		if len(ids) > 0 {
			slices.Sort(ids)
			ids = slices.Compact(ids)
			where = append(where, column+" IN ("+db.Marks(len(ids))+")")
			args = append(args, db.Args(ids)...)
		}
	}
	if len(where) == 0 {
		return nil, nil
	}
	return s.find(ctx, "state = ? AND ("+strings.Join(where, " OR ")+") ORDER BY id", args...)
}
