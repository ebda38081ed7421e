package doctor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/platform/clock"
	"dingban/dialects"
)

type examination struct {
	*Report
	d     dialects.Dialect
	clock clock.Clock
	pool  *sql.DB
	value func(ctx context.Context, query string) (string, error) // reads one value
}

func newExamination(r *Report, d dialects.Dialect, c clock.Clock, pool *sql.DB) *examination {
	return &examination{Report: r, d: d, clock: c, pool: pool, value: func(ctx context.Context, query string) (string, error) {
		var v sql.NullString
		err := pool.QueryRowContext(ctx, query).Scan(&v)
		return v.String, err
	}}
}

// ask reads one value by the first of some queries that is not refused, for versions that name it differently. If all are,
// it is a warning that names the check.
func (e *examination) ask(ctx context.Context, check string, queries ...string) (string, bool) {
	var err error
	for _, query := range queries {
		var v string
		if v, err = e.value(ctx, query); err == nil {
			return v, true
		}
	}
	e.add(check, Warning, "not_readable", map[string]any{"check": check, "error": err.Error()})
	return "", false
}

// parameter is one setting that has to have, or should have, one of some values.
type parameter struct {
	check     string
	queries   []string
	want      []string
	otherwise Status
}

// by is the way to ask that all versions understand.
func by(query ...string) []string { return query }

func (e *examination) parameters(ctx context.Context) {
	switch e.d.Name() {
	case dialects.MySQL:
		e.mysqlVersion(ctx)
		e.compare(ctx, []parameter{
			{"character_set", by("SELECT @@character_set_database"), []string{"utf8mb4"}, Warning},
			// The second name is that of MySQL before 5.7.20 and of MariaDB before 11.1.
			{"isolation", by("SELECT @@transaction_isolation", "SELECT @@tx_isolation"), []string{"READ-COMMITTED"}, Warning},
			{"strict_mode", by("SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'"), []string{"1"}, Failed},
			{"durability", by("SELECT @@innodb_flush_log_at_trx_commit"), []string{"1"}, Warning},
			{"binlog_durability", by("SELECT CASE WHEN @@log_bin = 1 THEN @@sync_binlog ELSE 1 END"), []string{"1"}, Warning},
		})
		if v, ok := e.ask(ctx, "packet", "SELECT @@max_allowed_packet"); ok {
			e.atLeast("packet", v, 16<<20)
		}
	case dialects.Dameng:
		if v, ok := e.ask(ctx, "version", `SELECT BANNER FROM V$VERSION`); ok {
			e.add("version", OK, "version", map[string]any{"version": v})
		}
		e.compare(ctx, []parameter{
			{"character_set", by("SELECT SF_GET_UNICODE_FLAG() FROM DUAL"), []string{"1"}, Failed},
			{"case_sensitive", by("SELECT SF_GET_CASE_SENSITIVE_FLAG() FROM DUAL"), []string{"1"}, Failed},
			{"compatible_mode", by(`SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'COMPATIBLE_MODE'`), []string{"0", "4"}, Failed},
			{"blank_pad_mode", by(`SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'BLANK_PAD_MODE'`), []string{"0"}, Warning},
		})
		if v, ok := e.ask(ctx, "page_size", "SELECT PAGE() FROM DUAL"); ok {
			e.atLeast("page_size", v, 16<<10)
		}
	default:
		if v, ok := e.ask(ctx, "version", "SELECT sqlite_version()"); ok {
			e.add("version", OK, "version", map[string]any{"version": "SQLite " + v})
		}
		e.compare(ctx, []parameter{
			{"journal_mode", by("PRAGMA journal_mode"), []string{"wal"}, Failed},
			{"integrity", by("PRAGMA quick_check(1)"), []string{"ok"}, Failed},
		})
	}
}

func (e *examination) compare(ctx context.Context, list []parameter) {
	for _, p := range list {
		v, ok := e.ask(ctx, p.check, p.queries...)
		if !ok {
			continue
		}
		params := map[string]any{"check": p.check, "value": v, "want": strings.Join(p.want, ", ")}
		if slices.Contains(p.want, v) {
			e.add(p.check, OK, "parameter_right", params)
		} else {
			e.add(p.check, p.otherwise, "parameter_wrong", params)
		}
	}
}

func (e *examination) atLeast(check, value string, least int64) {
	n, err := strconv.ParseInt(value, 10, 64)
	params := map[string]any{"check": check, "value": value, "want": strconv.FormatInt(least, 10)}
	if err != nil || n < least {
		e.add(check, Failed, "parameter_small", params)
		return
	}
	e.add(check, OK, "parameter_right", params)
}

// mysqlVersion refuses what is older than 5.7, or than MariaDB 10.6.
func (e *examination) mysqlVersion(ctx context.Context) {
	v, ok := e.ask(ctx, "version", "SELECT VERSION()")
	if !ok {
		return
	}
	least := 5*10_000 + 7
	if strings.Contains(v, "MariaDB") {
		least = 10*10_000 + 6
	}
	var major, minor int
	// 5.7.44-log, 9.7.0, 10.11.6-MariaDB, and 5.5.5-10.11.6-MariaDB behind some proxies.
	if _, err := fmt.Sscanf(strings.TrimPrefix(v, "5.5.5-"), "%d.%d", &major, &minor); err != nil {
		e.add("version", Warning, "version_unknown", map[string]any{"version": v})
		return
	}
	if major*10_000+minor < least {
		e.add("version", Failed, "version_old", map[string]any{"version": v})
		return
	}
	e.add("version", OK, "version", map[string]any{"version": v})
}

// maxSkew is how far the clocks may be apart before times in logs confuse.
const maxSkew = 5 * time.Second

func (e *examination) clocks(ctx context.Context) {
	var query string
	switch e.d.Name() {
	case dialects.MySQL:
		query = "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')"
	case dialects.Dameng:
		query = "SELECT TO_CHAR(CURRENT_TIMESTAMP, 'YYYY-MM-DD HH24:MI:SS') FROM DUAL" // the session is in UTC
	default:
		e.add("clock", OK, "clock_same", nil)
		return
	}
	v, ok := e.ask(ctx, "clock", query)
	if !ok {
		return
	}
	theirs, err := time.Parse(time.DateTime, v)
	if err != nil {
		e.add("clock", Warning, "not_readable", map[string]any{"check": "clock", "error": err.Error()})
		return
	}
	skew := e.clock.Now().Sub(theirs).Abs()
	params := map[string]any{"seconds": int(skew.Seconds())}
	if skew > maxSkew {
		e.add("clock", Warning, "clock_off", params)
	} else {
		e.add("clock", OK, "clock_right", params)
	}
}

// maxLatency is where people begin to notice: a page asks some ten times.
const maxLatency = 5 * time.Millisecond

// latency is the median of some round trips.
func (e *examination) latency(ctx context.Context) {
	took := make([]time.Duration, 0, 21)
	for range cap(took) {
		begin := clock.Mark()
		if _, ok := e.ask(ctx, "latency", "SELECT 1"); !ok {
			return
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	e.roundTrip(took[len(took)/2])
}

func (e *examination) roundTrip(median time.Duration) {
	params := map[string]any{"milliseconds": strconv.FormatFloat(float64(median.Microseconds())/1000, 'f', 2, 64)}
	if median > maxLatency {
		e.add("latency", Warning, "latency_high", params)
	} else {
		e.add("latency", OK, "latency_right", params)
	}
}
