package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Statements counts the database statements of one request; the functions are db.CountStatements and db.Statements.
type Statements struct {
	Start func(ctx context.Context) context.Context
	Count func(ctx context.Context) int
}

type metrics struct {
	requests   *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	statements *prometheus.HistogramVec
	running    prometheus.Gauge
	counter    Statements
}

func newMetrics(r prometheus.Registerer, counter Statements) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dingban_http_requests_total", Help: "Requests by operation and status.",
		}, []string{"operation", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dingban_http_request_seconds", Help: "Time from the first to the last byte by operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation"}),
		statements: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dingban_http_request_statements", Help: "Database statements of a request by operation.",
			Buckets: []float64{0, 1, 2, 3, 4, 6, 8, 12, 20, 50},
		}, []string{"operation"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dingban_http_requests_running", Help: "Requests being served now.",
		}),
		counter: counter,
	}
	if r != nil {
		r.MustRegister(m.requests, m.duration, m.statements, m.running)
	}
	return m
}

func (m *metrics) countStatements(ctx context.Context) context.Context {
	if m.counter.Start == nil {
		return ctx
	}
	return m.counter.Start(ctx)
}

func (m *metrics) statementsOf(ctx context.Context) int {
	if m.counter.Count == nil {
		return 0
	}
	return m.counter.Count(ctx)
}

// observe counts one request. Everything that is no operation is one series, so that a scanner asking for a thousand
// paths makes no thousand series.
func (m *metrics) observe(op string, status int, took time.Duration, statements int) {
	if op == "" {
		op = "page"
	}
	m.requests.WithLabelValues(op, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(op).Observe(took.Seconds())
	m.statements.WithLabelValues(op).Observe(float64(statements))
}
