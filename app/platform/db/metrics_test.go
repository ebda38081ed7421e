package db_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestMetricsCanBeRegistered(t *testing.T) {
	t.Parallel()
	d := open(t)
	r := prometheus.NewPedanticRegistry()
	for _, c := range d.Collectors() {
		if err := r.Register(c); err != nil {
			t.Fatal(err)
		}
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range families {
		found[f.GetName()] = true
	}
	for _, name := range []string{
		"dingban_db_transaction_retries_total", "dingban_db_unavailable_total", "dingban_db_waits_refused_total", "dingban_db_commits_in_doubt_total",
		"go_sql_max_open_connections", "go_sql_open_connections", "go_sql_in_use_connections", "go_sql_idle_connections",
		"go_sql_wait_count_total", "go_sql_wait_duration_seconds_total",
	} {
		if !found[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
