package doctor

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/dialects"
)

type examination struct {
	*Report
	db   *db.DB
	pool *sql.DB
}

// ask reads one value; a refusal is a warning that names the check.
func (e *examination) ask(ctx context.Context, check, query string) (string, bool) {
	var v sql.NullString
	if err := e.pool.QueryRowContext(ctx, query).Scan(&v); err != nil {
		e.add(check, Warning, "not_readable", map[string]any{"check": check, "error": err.Error()})
		return "", false
	}
	return v.String, true
}

// parameter is one setting that has to have, or should have, one of some values.
type parameter struct {
	check, query string
	want         []string
	otherwise    Status
}

func (e *examination) parameters(ctx context.Context) {
	switch e.db.Dialect().Name() {
	case dialects.MySQL:
		isolation := "SELECT VARIABLE_VALUE FROM performance_schema.session_variables WHERE VARIABLE_NAME IN ('transaction_isolation', 'tx_isolation')"
		if e.mysqlVersion(ctx) { // has no such table, and one name in all its versions
			isolation = "SELECT @@tx_isolation"
		}
		e.compare(ctx, []parameter{
			{"character_set", "SELECT @@character_set_database", []string{"utf8mb4"}, Warning},
			{"isolation", isolation, []string{"READ-COMMITTED"}, Warning},
			{"strict_mode", "SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'", []string{"1"}, Failed},
			{"durability", "SELECT @@innodb_flush_log_at_trx_commit", []string{"1"}, Warning},
		})
		if v, ok := e.ask(ctx, "packet", "SELECT @@max_allowed_packet"); ok {
			e.atLeast("packet", v, 16<<20)
		}
	case dialects.Dameng:
		if v, ok := e.ask(ctx, "version", `SELECT BANNER FROM V$VERSION`); ok {
			e.add("version", OK, "version", map[string]any{"version": v})
		}
		e.compare(ctx, []parameter{
			{"character_set", "SELECT SF_GET_UNICODE_FLAG() FROM DUAL", []string{"1"}, Failed},
			{"case_sensitive", "SELECT SF_GET_CASE_SENSITIVE_FLAG() FROM DUAL", []string{"1"}, Failed},
			{"compatible_mode", `SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'COMPATIBLE_MODE'`, []string{"0", "4"}, Failed},
			{"blank_pad_mode", `SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'BLANK_PAD_MODE'`, []string{"0"}, Warning},
		})
		if v, ok := e.ask(ctx, "page_size", "SELECT PAGE() FROM DUAL"); ok {
			e.atLeast("page_size", v, 16<<10)
		}
	default:
		if v, ok := e.ask(ctx, "version", "SELECT sqlite_version()"); ok {
			e.add("version", OK, "version", map[string]any{"version": "SQLite " + v})
		}
		e.compare(ctx, []parameter{
			{"journal_mode", "PRAGMA journal_mode", []string{"wal"}, Failed},
			{"integrity", "PRAGMA quick_check(1)", []string{"ok"}, Failed},
		})
	}
}

func (e *examination) compare(ctx context.Context, list []parameter) {
	for _, p := range list {
		v, ok := e.ask(ctx, p.check, p.query)
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
func (e *examination) mysqlVersion(ctx context.Context) (mariaDB bool) {
	v, ok := e.ask(ctx, "version", "SELECT VERSION()")
	if !ok {
		return false
	}
	status, code, least := OK, "version", 5*100+7
	if mariaDB = strings.Contains(v, "MariaDB"); mariaDB {
		least = 10*100 + 6
	}
	parts := strings.SplitN(v, ".", 3)
	if len(parts) == 3 {
		major, majorErr := strconv.Atoi(parts[0])
		minor, minorErr := strconv.Atoi(parts[1])
		if majorErr != nil || minorErr != nil || major*100+minor < least {
			status, code = Failed, "version_old"
		}
	}
	e.add("version", status, code, map[string]any{"version": v})
	return mariaDB
}

// maxSkew is how far the clocks may be apart before times in logs confuse.
const maxSkew = 5 * time.Second

func (e *examination) clock(ctx context.Context) {
	var query string
	switch e.db.Dialect().Name() {
	case dialects.MySQL:
		query = "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')"
	case dialects.Dameng:
		query = "SELECT TO_CHAR(CURRENT_TIMESTAMP, 'YYYY-MM-DD HH24:MI:SS') FROM DUAL" // the session is in UTC
	default:
		return // the same machine
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
	skew := e.db.Clock().Now().Sub(theirs).Abs()
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
	median := took[len(took)/2]
	params := map[string]any{"milliseconds": strconv.FormatFloat(float64(median.Microseconds())/1000, 'f', 2, 64)}
	if median > maxLatency {
		e.add("latency", Warning, "latency_high", params)
	} else {
		e.add("latency", OK, "latency_right", params)
	}
}
