package subset

// functions are those that MySQL 5.7, Dameng and SQLite have, with the same meaning.
var functions = set("COUNT", "SUM", "MIN", "MAX", "AVG", "COALESCE", "NULLIF", "ABS", "LOWER", "UPPER")

const (
	useHelper = "use db.Upsert or db.InsertIgnore"
	useBind   = "compute times in Go and bind them"
	useID     = "ids come from db.NewID"
	useGo     = "join strings in Go"
	noJSON    = "JSON is stored as text, read it in Go"
	noWindow  = "window functions are missing in MySQL 5.7"
)

// refused are functions somebody may think of, with what to do instead.
var refused = map[string]string{
	"NOW": useBind, "CURDATE": useBind, "CURTIME": useBind, "SYSDATE": useBind, "UNIX_TIMESTAMP": useBind, "FROM_UNIXTIME": useBind,
	"DATE_FORMAT": useBind, "DATE_ADD": useBind, "DATE_SUB": useBind, "DATEADD": useBind, "DATEDIFF": useBind, "STRFTIME": useBind,
	"JULIANDAY": useBind, "UNIXEPOCH": useBind, "CURRENT_TIMESTAMP": useBind, "TO_CHAR": useBind, "TO_DATE": useBind,
	"GROUP_CONCAT": useGo, "LISTAGG": useGo, "STRING_AGG": useGo, "CONCAT": useGo, "WM_CONCAT": useGo,
	"LAST_INSERT_ID": useID, "LAST_INSERT_ROWID": useID, "SCOPE_IDENTITY": useID, "UUID": useID,
	"JSON": noJSON, "JSON_EXTRACT": noJSON, "JSON_VALUE": noJSON, "JSON_QUERY": noJSON, "JSON_SET": noJSON, "JSON_CONTAINS": noJSON,
	"JSON_OBJECT": noJSON, "JSON_ARRAY": noJSON, "JSONB": noJSON,
	"ROW_NUMBER": noWindow, "RANK": noWindow, "DENSE_RANK": noWindow, "LAG": noWindow, "LEAD": noWindow, "FIRST_VALUE": noWindow,
	"LAST_VALUE": noWindow, "NTILE": noWindow,
	"LENGTH": "it counts bytes on MySQL and characters elsewhere", "CAST": "the names of types differ; convert in Go", "CONVERT": "the names of types differ; convert in Go",
	"IF": "write CASE WHEN", "IIF": "write CASE WHEN", "IFNULL": "write COALESCE", "NVL": "write COALESCE",
	"VALUES": useHelper, "RAND": "draw lots in Go", "RANDOM": "draw lots in Go",
}

// words that stand for values in one engine only.
var words = map[string]string{
	"CURRENT_TIMESTAMP": useBind, "CURRENT_DATE": useBind, "CURRENT_TIME": useBind, "SYSDATE": useBind, "SYSTIMESTAMP": useBind, "LOCALTIME": useBind,
	"TRUE": "Dameng has no TRUE in statements; write 1", "FALSE": "Dameng has no FALSE in statements; write 0",
	"INTERVAL": useBind, "BINARY": "only MySQL knows it", "CAST": "the names of types differ; convert in Go", "ROWNUM": "use LIMIT", "ROWID": useID,
	"DEFAULT": "leave the column out, and its default is taken",
}

const (
	byMigration = "tables change in migrations only"
	byDialect   = "only the package dialects speaks to one engine"
	noCTE       = "common table expressions are missing in MySQL 5.7"
)

// verbs begin statements that are none of ours.
var verbs = map[string]string{
	"WITH": noCTE, "REPLACE": useHelper, "MERGE": useHelper,
	"CREATE": byMigration, "ALTER": byMigration, "DROP": byMigration, "TRUNCATE": byMigration, "RENAME": byMigration, "COMMENT": byMigration,
	"PRAGMA": byDialect, "VACUUM": byDialect, "ATTACH": byDialect, "SHOW": byDialect, "EXPLAIN": byDialect, "SET": byDialect, "LOCK": byDialect, "USE": byDialect,
	"CALL": byDialect, "GRANT": byDialect, "KILL": byDialect, "ANALYZE": byDialect,
	"BEGIN": "transactions are db.Tx", "START": "transactions are db.Tx", "COMMIT": "transactions are db.Tx", "ROLLBACK": "transactions are db.Tx", "SAVEPOINT": "transactions are db.Tx",
}

// keywords are no names unless they are quoted: those of the subset, and those that would pass for an alias where an
// engine goes on with what is not in it.
var keywords = set("SELECT", "DISTINCT", "ALL", "FROM", "WHERE", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT", "OFFSET", "FOR", "UPDATE",
	"UNION", "INTERSECT", "EXCEPT", "MINUS", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "NATURAL", "STRAIGHT_JOIN", "ON", "USING", "AS",
	"AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "LIKE", "ESCAPE", "EXISTS", "CASE", "WHEN", "THEN", "ELSE", "END",
	"INSERT", "INTO", "VALUES", "SET", "DELETE", "RETURNING", "WINDOW", "OVER", "FILTER", "FETCH", "TOP", "LOCK", "WITH", "IGNORE", "REPLACE",
	"REGEXP", "RLIKE", "GLOB", "ILIKE", "MATCH", "COLLATE", "XOR", "DIV", "MOD", "ANY", "SOME", "PROCEDURE", "USE", "FORCE", "INDEXED", "PARTITION", "NULLS", "CONNECT")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// ends are words that go on with what is outside of the subset.
var ends = map[string]string{
	"INTERSECT": "missing in MySQL 5.7; use EXISTS", "EXCEPT": "missing in MySQL 5.7; use NOT EXISTS", "MINUS": "Dameng only; use NOT EXISTS",
	"RETURNING": "RETURNING exists only in SQLite and MariaDB", "WINDOW": noWindow, "OVER": noWindow, "FETCH": "write LIMIT", "TOP": "write LIMIT",
	"LOCK": "rows are locked by db.LockRow", "NULLS": "MySQL has no NULLS FIRST", "COLLATE": "collations have other names everywhere",
	"XOR": "only MySQL knows it", "DIV": "only MySQL knows it; divide in Go", "MOD": "compute it in Go",
	"USE": "hints are understood by one engine only", "FORCE": "hints are understood by one engine only", "INDEXED": "hints are understood by one engine only",
	"LIMIT": "no LIMIT here",
}
