package journal

import (
	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	appended       prometheus.Counter
	numbered       prometheus.Counter
	failures       prometheus.Counter
	head           prometheus.Gauge
	leading        prometheus.Gauge
	delay          prometheus.Histogram
	handled        *prometheus.HistogramVec
	readerFailures *prometheus.CounterVec
	checkpoints    prometheus.Counter
	unsigned       prometheus.Gauge
	unsignable     prometheus.Counter
	anchored       *prometheus.GaugeVec
	anchorFailures *prometheus.CounterVec
}

func newMetrics() *metrics {
	const space, sub = "dingban", "journal"
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: space, Subsystem: sub, Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: space, Subsystem: sub, Name: name, Help: help})
	}
	return &metrics{
		appended: counter("appended_total", "Entries committed by this process."),
		numbered: counter("numbered_total", "Entries numbered by this process."),
		failures: counter("sequencer_failures_total", "Turns of the sequencer that failed."),
		head:     gauge("head", "The last number known to this process."),
		leading:  gauge("leading", "1 while this process numbers entries."),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: space, Subsystem: sub, Name: "number_seconds",
			Help:    "From writing an entry to its number, in seconds.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, 1, 5, 30},
		}),
		handled: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: space, Subsystem: sub, Name: "reader_seconds",
			Help:    "Time a reader took for one batch.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2, 10},
		}, []string{"reader"}),
		readerFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: space, Subsystem: sub, Name: "reader_failures_total",
			Help: "Failed attempts of a reader.",
		}, []string{"reader"}),
		checkpoints: counter("checkpoints_total", "Checkpoints signed by this process."),
		unsigned:    gauge("unsigned", "Entries after the last checkpoint, on the leader."),
		unsignable:  counter("checkpoint_failures_total", "Attempts to sign that failed, the chain being broken among the reasons."),
		anchored: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: space, Subsystem: sub, Name: "anchored",
			Help: "The last number anchored outside by this process.",
		}, []string{"anchor"}),
		anchorFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: space, Subsystem: sub, Name: "anchor_failures_total",
			Help: "Attempts to anchor outside that failed.",
		}, []string{"anchor"}),
	}
}

// collector shows the metrics together with how far each reader lags behind.
type collector struct {
	journal *Journal
	lag     *prometheus.Desc
	parked  *prometheus.Desc
}

// Collector gives the metrics for registration.
func (j *Journal) Collector() prometheus.Collector {
	return &collector{
		journal: j,
		lag:     prometheus.NewDesc("dingban_journal_reader_lag", "Entries a reader has not handled yet.", []string{"reader"}, nil),
		parked:  prometheus.NewDesc("dingban_journal_reader_parked", "1 while a reader is parked after failures.", []string{"reader"}, nil),
	}
}

func (c *collector) parts() []prometheus.Collector {
	m := c.journal.metrics
	return []prometheus.Collector{
		m.appended, m.numbered, m.failures, m.head, m.leading, m.delay, m.handled, m.readerFailures,
		m.checkpoints, m.unsigned, m.unsignable, m.anchored, m.anchorFailures,
	}
}

// Describe is part of prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, part := range c.parts() {
		part.Describe(ch)
	}
	ch <- c.lag
	ch <- c.parked
}

// Collect is part of prometheus.Collector. Readers show on the server they run on.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, part := range c.parts() {
		part.Collect(ch)
	}
	head, _ := c.journal.tail.state()
	c.journal.mu.Lock()
	defer c.journal.mu.Unlock()
	for _, r := range c.journal.readers {
		if !r.running.Load() {
			continue
		}
		parked := 0.0
		if r.parked.Load() {
			parked = 1
		}
		ch <- prometheus.MustNewConstMetric(c.lag, prometheus.GaugeValue, float64(max(0, head-r.position.Load())), r.Name)
		ch <- prometheus.MustNewConstMetric(c.parked, prometheus.GaugeValue, parked, r.Name)
	}
}
