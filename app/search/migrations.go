package search

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the columns that hold what people wrote, if only as keyed tokens.
func Sealed() []vault.Column {
	return []vault.Column{{Table: "search_page", Column: "body"}}
}

// Migrations are the module's steps in the chain. The first index had a row for each token of each task; those tables are
// emptied by their successor, which the reader fills from the first entry of the journal on.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040500_search_token", Module: "search", Up: createTokens},
		{ID: "20261124040501_search_task", Module: "search", Up: createTasks},
		{ID: "20261127124000_search_segments", Module: "search", Up: createSegments},
		{ID: "20261128110004_search_key", Module: "search", Up: addKeys},
		{ID: "20261128120000_search_progress", Module: "search", Up: addProgress},
	}
}

// Keys are the columns that name the keys the tokens are made with.
func Keys() []vault.KeyColumn {
	return []vault.KeyColumn{
		{Table: "search_state", Column: "key_id", Purpose: vault.PurposeIndex},
		{Table: "search_state", Column: "building_key", Purpose: vault.PurposeIndex},
	}
}

func addKeys(_ context.Context, m *db.Migrator) error {
	for _, name := range []string{"key_id", "building_key"} {
		if err := m.AddColumn("search_state", dialects.Column{Name: name, Type: dialects.Int, NotNull: true, Default: "0"}); err != nil {
			return err
		}
	}
	return nil
}

func createTokens(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "search_token",
		Columns: []dialects.Column{
			{Name: "token", Type: dialects.Int, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"token", "task_id"},
	})
}

func createTasks(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "search_task",
		Columns: []dialects.Column{
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "tokens", Type: dialects.Bytes},
		},
		PrimaryKey: []string{"task_id"},
	})
}

func createSegments(_ context.Context, m *db.Migrator) error {
	for _, t := range []dialects.Table{
		{
			// One row. Whoever puts something into the index or takes something out holds it.
			Name: "search_state",
			Columns: []dialects.Column{
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "epoch", Type: dialects.Int, NotNull: true},
				{Name: "building", Type: dialects.Int, NotNull: true},
				{Name: "next_id", Type: dialects.Int, NotNull: true},
				{Name: "at_source", Type: dialects.Int, NotNull: true},
				{Name: "after_id", Type: dialects.ID, NotNull: true},
				{Name: "seen", Type: dialects.Int, NotNull: true},
			},
			PrimaryKey: []string{"id"},
		},
		{
			Name: "search_segment",
			Columns: []dialects.Column{
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "epoch", Type: dialects.Int, NotNull: true},
				{Name: "status", Type: dialects.Code, Size: 10, NotNull: true},
				{Name: "page_bits", Type: dialects.Int, NotNull: true},
				{Name: "documents", Type: dialects.Int, NotNull: true},
				{Name: "token_bytes", Type: dialects.Int, NotNull: true},
				{Name: "changed_at", Type: dialects.Time, NotNull: true},
			},
			PrimaryKey: []string{"id"},
		},
		{
			// Pages of tokens and of facts, by segment and number (see pageID).
			Name: "search_page",
			Columns: []dialects.Column{
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "body", Type: dialects.Sealed},
			},
			PrimaryKey: []string{"id"},
		},
		{
			// Which version of a document is in force; others are leftovers.
			Name: "search_doc",
			Columns: []dialects.Column{
				{Name: "epoch", Type: dialects.Int, NotNull: true},
				{Name: "kind", Type: dialects.Int, NotNull: true},
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "version", Type: dialects.Int, NotNull: true},
			},
			PrimaryKey: []string{"epoch", "kind", "id"},
		},
	} {
		if err := m.CreateTable(t); err != nil {
			return err
		}
	}
	for _, old := range []string{"search_token", "search_task"} {
		if err := m.Exec("DELETE FROM " + old); err != nil {
			return err
		}
	}
	return m.Do("the one row of search_state", func(ctx context.Context, d *db.DB) error {
		_, err := d.InsertIgnore(ctx, "search_state", []string{"id"},
			[]string{"id", "epoch", "building", "next_id", "at_source", "after_id", "seen"}, [][]any{{1, 1, 0, 1, 0, 0, 0}})
		return err
	})
}

// addProgress lets a rebuild tell how long it still takes. One that was under way says so as soon as it is taken up.
func addProgress(_ context.Context, m *db.Migrator) error {
	for _, c := range []dialects.Column{
		{Name: "total", Type: dialects.Int, NotNull: true, Default: "0"},
		{Name: "started_at", Type: dialects.Time, NotNull: true, Default: "0"},
		{Name: "run_at", Type: dialects.Time, NotNull: true, Default: "0"},
		{Name: "run_seen", Type: dialects.Int, NotNull: true, Default: "0"},
		{Name: "noted_at", Type: dialects.Time, NotNull: true, Default: "0"},
	} {
		if err := m.AddColumn("search_state", c); err != nil {
			return err
		}
	}
	return nil
}
