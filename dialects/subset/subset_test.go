package subset_test

import (
	"errors"
	"strings"
	"testing"

	"dingban/dialects/subset"
)

var fine = []string{
	"SELECT `id`, COUNT(*) FROM `task` WHERE `over` = ? AND `limit` IN (?,?) GROUP BY `id` ORDER BY `id` LIMIT ? OFFSET ?",
	"SELECT 1 FROM `task` t LEFT JOIN `state` s ON s.`id` = t.`state_id` WHERE EXISTS (SELECT 1 FROM `x` WHERE `x`.`id` = t.`id`)",
	"select t.*, u.name as n from task as t inner join person u on u.id = t.owner cross join one where (t.a = 1 or t.b <> 2) and not (t.c is not null)",
	"UPDATE `task` SET `title` = 'ON DUPLICATE KEY; it''s WITH x AS (SELECT 1) LIMIT 1', n = n + 1 * (2 - ?) WHERE `id` = ?",
	"UPDATE `task` SET `n` = (SELECT COUNT(*) FROM `step` WHERE `step`.`task_id` = `task`.`id`)",
	"DELETE FROM `task` WHERE `id` IN (SELECT `task_id` FROM `gone` WHERE `at` < ?)",
	"DELETE FROM `task` WHERE `id` IN (SELECT `id` FROM (SELECT `id` FROM `task` WHERE `at` < ? ORDER BY `at` LIMIT 10) old)",
	"INSERT INTO `task` (`returning`, `replace`) VALUES (?, ?), (NULL, -1)",
	"INSERT INTO `task` (`id`) SELECT `id` FROM `task_old` WHERE `id` NOT IN (1, 2)",
	"SELECT `id` FROM `task` WHERE `id` = ? FOR UPDATE",
	"SELECT CASE WHEN `a` > 1 THEN 1 ELSE 0 END, CASE `k` WHEN 'x' THEN 1 END, COALESCE(`b`, 0), MAX(`c`) FROM `t` -- OVER (",
	"SELECT /* INSERT IGNORE */ `id` FROM `t` UNION ALL SELECT `id` FROM `u` ORDER BY `id` DESC LIMIT 5",
	"SELECT `s`.`n` FROM (SELECT COUNT(DISTINCT `a`) AS `n` FROM `t` GROUP BY `b` HAVING COUNT(*) > 1) AS `s`",
	"SELECT `a` FROM `t` WHERE `a` LIKE ? ESCAPE '!' AND `b` NOT BETWEEN ? AND ? AND (`c` > ? OR (`c` = ? AND `id` > ?))",
	"SELECT MAX(`a`) FROM `t` WHERE (1 = 1) AND `b` = (SELECT MIN(`b`) FROM `u`)",
}

func TestTheSubsetIsTaken(t *testing.T) {
	t.Parallel()
	for _, sql := range fine {
		if err := subset.Check(sql, "`"); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := subset.Check(`SELECT "id" FROM "t" WHERE "a" = 'x'`, "\"`"); err != nil {
		t.Error(err)
	}
}

func TestEverythingElseIsRefusedWithPlaceAndReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ sql, at, why string }{
		{"SELECT ROW_NUMBER() OVER (PARTITION BY `a`) FROM `t`", "ROW_NUMBER", "window"},
		{"select sum(x) over w from t window w as (order by x)", "over", "window"},
		{"SELECT a FROM t WINDOW w AS (ORDER BY a)", "WINDOW", "window"},
		{"WITH x AS (SELECT 1) SELECT * FROM x", "WITH", "common table"},
		{"SELECT `id` FROM `t` FOR UPDATE SKIP LOCKED", "SKIP", "lease"},
		{"SELECT `id` FROM `t` FOR UPDATE NOWAIT", "NOWAIT", "lease"},
		{"SELECT `a` FROM (SELECT `a` FROM `t` FOR UPDATE) x", "FOR", "whole statement"},
		{"SELECT `a`->'$.b' FROM `t`", "->", "JSON"},
		{"SELECT JSON_EXTRACT(`a`, '$.b') FROM `t`", "JSON_EXTRACT", "JSON"},
		{"UPDATE `t` SET `a` = 1 WHERE `b` = 2 LIMIT 1", "LIMIT", "LIMIT"},
		{"delete from t where a = 1\nlimit 10", "limit", "LIMIT"},
		{"DELETE FROM t ORDER BY a", "ORDER", "order"},
		{"INSERT INTO `t` (`a`) VALUES (1) ON DUPLICATE KEY UPDATE `a` = 2", "ON", "Upsert"},
		{"INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING", "ON", "InsertIgnore"},
		{"INSERT IGNORE INTO t (a) VALUES (1)", "IGNORE", "InsertIgnore"},
		{"INSERT OR REPLACE INTO t (a) VALUES (1)", "OR", "Upsert"},
		{"REPLACE INTO t (a) VALUES (1)", "REPLACE", "Upsert"},
		{"MERGE INTO t USING s ON (1=1) WHEN MATCHED THEN UPDATE SET a = 1", "MERGE", "Upsert"},
		{"INSERT INTO t VALUES (1)", "VALUES", "columns"},
		{"INSERT INTO t (a, b) VALUES (1, 2), (3)", "(3)", "as many"},
		{"INSERT INTO t (a) VALUES (1) RETURNING a", "RETURNING", "RETURNING"},
		{"INSERT INTO t SET a = 1", "SET", "columns"},
		{"SELECT LAST_INSERT_ID()", "LAST_INSERT_ID", "NewID"},
		{"SELECT @@IDENTITY", "@@", "variables"},
		{"CREATE TABLE t (id BIGINT AUTO_INCREMENT)", "CREATE", "migrations"},
		{"SELECT NOW()", "NOW", "bind"},
		{"SELECT * FROM t WHERE at < CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "bind"},
		{"SELECT GROUP_CONCAT(a) FROM t", "GROUP_CONCAT", "in Go"},
		{"SELECT a || b FROM t", "||", "in Go"},
		{"SELECT SOUNDEX(a) FROM t", "SOUNDEX", "list"},
		{"SELECT LENGTH(a) FROM t", "LENGTH", "bytes"},
		{"SELECT a FROM t INTERSECT SELECT a FROM u", "INTERSECT", "EXISTS"},
		{"SELECT a FROM t EXCEPT SELECT a FROM u", "EXCEPT", "EXISTS"},
		{"(SELECT a FROM t) UNION (SELECT a FROM u)", "(", "begins"},
		{"SELECT a FROM t UNION (SELECT a FROM u)", "(SELECT a FROM u)", "brackets"},
		{"SELECT a FROM t FULL JOIN u ON t.a = u.a", "FULL", "join"},
		{"SELECT a FROM t NATURAL JOIN u", "NATURAL", "join"},
		{"SELECT a FROM t JOIN u USING (a)", "USING", "ON"},
		{"SELECT a FROM t JOIN u", "", "ON"},
		{"SELECT a FROM t WHERE a REGEXP 'x'", "REGEXP", "operator"},
		{"SELECT a FROM t WHERE a COLLATE x = 'x'", "COLLATE", "operator"},
		{"SELECT EXISTS (SELECT 1 FROM t)", "EXISTS", "CASE WHEN"},
		{"SELECT a = 1 FROM t", "a = 1", "CASE WHEN"},
		{"SELECT SUM(a = 1) FROM t", "a = 1", "CASE WHEN"},
		{"SELECT a FROM t ORDER BY a IS NULL", "a IS NULL", "CASE WHEN"},
		{"UPDATE t SET a = b > 1", "b > 1", "CASE WHEN"},
		{"SELECT a FROM t WHERE a", "a", "compare"},
		{"SELECT a FROM t WHERE a = 1 AND b", "b", "compare"},
		{"SELECT a FROM t WHERE NOT a", "a", "condition"},
		{"SELECT a FROM t WHERE (a = 1) = (b = 2)", "(a = 1)", "compared"},
		{"SELECT a FROM t WHERE 1 < a < 3", "< 3", "compared"},
		{"SELECT a FROM t WHERE (a, b) > (1, 2)", ", b", "column by column"},
		{"SELECT a FROM t WHERE a = ANY (SELECT a FROM u)", "ANY", "ANY"},
		{"SELECT a FROM t WHERE a IN (SELECT a FROM u LIMIT 1)", "LIMIT", "IN"},
		{"SELECT a FROM t LIMIT 1, 2", ", 2", "OFFSET"},
		{"SELECT a FROM t LIMIT a", "a", "number"},
		{"SELECT TOP 1 a FROM t", "TOP", "LIMIT"},
		{"SELECT a FROM t FETCH FIRST ROW ONLY", "FETCH", "LIMIT"},
		{"SELECT a FROM t ORDER BY a NULLS LAST", "NULLS", "NULLS"},
		{"SELECT a FROM t GROUP BY a WITH ROLLUP", "WITH", "ROLLUP"},
		{"SELECT 1 WHERE 1 = 1", "WHERE", "FROM"},
		{"SELECT * FROM (SELECT a FROM t)", "", "derived"},
		{"SELECT a FROM other.t", ".t", "schema"},
		{"UPDATE t SET t.a = 1", ".a", "alone"},
		{"UPDATE t, u SET a = 1", ", u", "one table"},
		{"UPDATE t SET a = 1 FROM u", "FROM", "sub-query"},
		{"UPDATE t SET a = (SELECT MAX(a) FROM t)", "t)", "derived table"},
		{"DELETE FROM `t` WHERE a IN (SELECT a FROM `t`)", "`t`)", "derived table"},
		{"SELECT a / 2 FROM t", "/", "divide"},
		{"SELECT a % 2 FROM t", "%", "Go"},
		{"SELECT a & 1 FROM t", "&", "bits"},
		{"SELECT a FROM t WHERE a <=> 1", "<=>", "MySQL"},
		{"SELECT TRUE FROM t", "TRUE", "write 1"},
		{"SELECT CAST(a AS CHAR) FROM t", "CAST", "types"},
		{"SELECT 1e5 FROM t", "1e5", "decimal"},
		{`SELECT "a" FROM t`, `"a"`, "backticks"},
		{`SELECT 'a\b' FROM t`, `'a\b'`, `\`},
		{"SELECT 'a", "'a", "without an end"},
		{"SELECT `a", "`a", "without an end"},
		{"SELECT a /* FROM t", "/*", "without an end"},
		{"SELECT /*+ INDEX(t) */ a FROM t", "/*+", "hints"},
		{"SELECT a FROM t USE INDEX (x)", "USE", "hints"},
		{"SELECT a --b FROM t", "--b", "space"},
		{"SELECT a FROM t; DELETE FROM t", ";", "one statement"},
		{"SELECT a FROM t LOCK IN SHARE MODE", "LOCK", "LockRow"},
		{"SELECT :a FROM t", ":a", "?"},
		{"PRAGMA foreign_keys = OFF", "PRAGMA", "dialects"},
		{"ALTER TABLE t ADD COLUMN x INT", "ALTER", "migrations"},
		{"TRUNCATE TABLE t", "TRUNCATE", "migrations"},
		{"BEGIN", "BEGIN", "db.Tx"},
		{"", "", "begins"},
		{"SELECT " + strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), "", "deep"},
	} {
		err := subset.Check(tc.sql, "`")
		var refused *subset.Error
		if !errors.As(err, &refused) {
			t.Errorf("let through: %s", tc.sql)
			continue
		}
		if rest := tc.sql[refused.Pos:]; !strings.HasPrefix(rest, tc.at) || !strings.Contains(refused.Why, tc.why) {
			t.Errorf("%s: refused at %q: %v", tc.sql, rest, err)
		}
	}
	err := subset.Check("SELECT `题目` FROM `t` LIMIT 1, 2", "`")
	if err == nil || !strings.HasPrefix(err.Error(), "character 29, at , 2: ") {
		t.Errorf("got %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, sql := range fine {
		f.Add(sql)
	}
	f.Add("SELECT a FROM t WHERE ı = 'ſ' AND \xff = 1")
	f.Fuzz(func(t *testing.T, sql string) {
		err := subset.Check(sql, "`")
		if err == nil {
			// What is taken has no more than one statement, and can be put into brackets as it is.
			upper := strings.ToUpper(strings.TrimSpace(sql))
			if strings.HasPrefix(upper, "SELECT") && !strings.Contains(upper, "FOR") && !strings.Contains(sql, "--") && !strings.ContainsAny(sql, "(") {
				if err := subset.Check("SELECT `x` FROM ("+sql+") d", "`"); err != nil {
					t.Errorf("as a derived table: %v", err)
				}
			}
			return
		}
		var refused *subset.Error
		if !errors.As(err, &refused) || refused.Pos < 0 || refused.Pos > len(sql) || refused.Why == "" || err.Error() == "" {
			t.Errorf("%#v", err)
		}
	})
}
