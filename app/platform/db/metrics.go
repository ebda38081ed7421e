package db

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

type metrics struct {
	retries     prometheus.Counter
	unavailable prometheus.Counter
	busy        prometheus.Counter
	inDoubt     prometheus.Counter
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "dingban", Subsystem: "db", Name: name, Help: help})
	}
	return &metrics{
		retries:     counter("transaction_retries_total", "Transactions that ran again after losing against another one or their connection."),
		inDoubt:     counter("commits_in_doubt_total", "Transactions whose answer to the commit was lost, so that nobody knows whether they are saved."),
		unavailable: counter("unavailable_total", "Statements that failed because the database could not be reached, was busy or full."),
		busy:        counter("waits_refused_total", "Statements that found no free connection, or not the turn to write, in the time they may wait."),
	}
}

// Collectors give the metrics of the database for registration; those of the pool are go_sql_*: connections open, in use
// and idle, how often and how many seconds was waited for one.
func (d *DB) Collectors() []prometheus.Collector {
	return []prometheus.Collector{
		d.metrics.retries, d.metrics.unavailable, d.metrics.busy, d.metrics.inDoubt,
		collectors.NewDBStatsCollector(d.engine.DB().DB, d.dialect.Name()),
	}
}
