package board

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// row is a state as it is stored. A deleted state stays, because history names it.
type row struct {
	ID        int64  `xorm:"'id'"`
	ProjectID int64  `xorm:"'project_id'"`
	Name      []byte `xorm:"'name'"`
	Category  string `xorm:"'category'"`
	Colour    string `xorm:"'colour'"`
	Rank      string `xorm:"'sort_key'"`
	WipLimit  int64  `xorm:"'wip_limit'"`
	CreatedAt int64  `xorm:"'created_at'"`
	DeletedAt int64  `xorm:"'deleted_at'"`
	Version   int64  `xorm:"'version'"`

	name string
}

const columns = "id, project_id, name, category, colour, sort_key, wip_limit, created_at, deleted_at, version"

func cell(id int64) vault.Cell { return vault.Cell{Table: "board_state", Column: "name", Row: id} }

func (r *row) facts() facts {
	return facts{Name: r.name, Category: r.Category, Colour: r.Colour, WipLimit: r.WipLimit, Rank: r.Rank}
}

func (r *row) state() State {
	st := State{ID: r.ID, ProjectID: r.ProjectID, Name: r.name, Category: r.Category, Colour: r.Colour, Rank: r.Rank, Version: r.Version}
	if limit := r.WipLimit; limit > 0 {
		st.WipLimit = &limit
	}
	return st
}

func states(rows []row) []State {
	out := make([]State, len(rows))
	for i := range rows {
		out[i] = rows[i].state()
	}
	return out
}

// sortRows orders by rank and then by id, so that two equal ranks still have one order. It is done here and not by the
// database, whose collation might be another one.
func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(strings.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID))
	})
}

func (s *Service) find(ctx context.Context, query string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM board_state WHERE "+query, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("board: read states: %w", err)
	}
	for i := range rows {
		var err error
		if rows[i].name, err = s.vault.OpenText(cell(rows[i].ID), rows[i].Name); err != nil {
			return nil, fmt.Errorf("board: open a name: %w", err)
		}
	}
	sortRows(rows)
	return rows, nil
}

func (s *Service) byProject(ctx context.Context, projectID int64, lock bool) ([]row, error) {
	suffix := ""
	if lock {
		suffix = s.db.Dialect().ForUpdate()
	}
	return s.find(ctx, "project_id = ? AND deleted_at = 0"+suffix, projectID)
}

func (s *Service) lock(ctx context.Context, id int64) (r row, found bool, err error) {
	rows, err := s.find(ctx, "id = ? AND deleted_at = 0"+s.db.Dialect().ForUpdate(), id)
	if err != nil || len(rows) == 0 {
		return row{}, false, err
	}
	return rows[0], true, nil
}

func (s *Service) findProject(ctx context.Context, id int64) (int64, error) {
	rows, err := s.find(ctx, "id = ? AND deleted_at = 0", id)
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, errNotFound()
	}
	return rows[0].ProjectID, nil
}

func (s *Service) briefsOf(ctx context.Context, ids []int64) (map[int64]Brief, error) {
	rows, err := s.find(ctx, "id IN ("+db.Marks(len(ids))+")", db.Args(ids)...)
	if err != nil {
		return nil, err
	}
	briefs := make(map[int64]Brief, len(rows))
	for _, r := range rows {
		briefs[r.ID] = Brief{Name: r.name, ProjectID: r.ProjectID, Deleted: r.DeletedAt != 0}
	}
	return briefs, nil
}

func (s *Service) insert(ctx context.Context, rows []row) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		sealed, err := s.vault.SealText(cell(r.ID), r.name)
		if err != nil {
			return fmt.Errorf("board: seal a name: %w", err)
		}
		values[i] = []any{r.ID, r.ProjectID, sealed, r.Category, r.Colour, r.Rank, r.WipLimit, r.CreatedAt, r.DeletedAt, r.Version}
	}
	if err := s.db.InsertMany(ctx, "board_state", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("board: insert states: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	sealed, err := s.vault.SealText(cell(r.ID), r.name)
	if err != nil {
		return fmt.Errorf("board: seal a name: %w", err)
	}
	_, err = s.db.Exec(
		ctx, "UPDATE board_state SET name = ?, category = ?, colour = ?, sort_key = ?, wip_limit = ?, version = ? WHERE id = ?",
		sealed, r.Category, r.Colour, r.Rank, r.WipLimit, r.Version, r.ID,
	)
	if err != nil {
		return fmt.Errorf("board: update a state: %w", err)
	}
	return nil
}

func (s *Service) setRank(ctx context.Context, id int64, rank string) error {
	if _, err := s.db.Exec(ctx, "UPDATE board_state SET sort_key = ? WHERE id = ?", rank, id); err != nil {
		return fmt.Errorf("board: rank a state: %w", err)
	}
	return nil
}

func (s *Service) markDeleted(ctx context.Context, id, at int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE board_state SET deleted_at = ?, version = version + 1 WHERE id = ?", at, id); err != nil {
		return fmt.Errorf("board: delete a state: %w", err)
	}
	return nil
}
