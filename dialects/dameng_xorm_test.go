package dialects

import (
	"strings"
	"testing"
)

func TestDamengQuotes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"SELECT `id` FROM `task`":                             `SELECT "id" FROM "task"`,
		"DELETE FROM task WHERE t.id=? and name='it''s task'": `DELETE FROM "task" WHERE "t"."id"=? and "name"='it''s task'`,
		"SELECT count(*), max (seq) FROM \"journal\" T":       `SELECT count(*), max ("seq") FROM "journal" T`,
		`SELECT T."id" AS n FROM USER_TABLES limit 5`:         `SELECT T."id" AS "n" FROM USER_TABLES limit 5`,
		"INSERT INTO project (id) VALUES (?)":                 `INSERT INTO "project" ("id") VALUES (?)`,
		"SELECT 'open":                                        "SELECT 'open",
		"SELECT `open":                                        `SELECT "open"`,
		"":                                                    "",
	} {
		if got := damengQuotes(in); got != want {
			t.Errorf("%s\n\tbecomes %s\n\twant    %s", in, got, want)
		}
	}
}

func FuzzDamengQuotes(f *testing.F) {
	f.Add("SELECT `a`, b FROM c WHERE d = 'e' AND f(g) > ?")
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, "`'\"") {
			return // what is quoted before need not be balanced after
		}
		once := damengQuotes(query)
		if again := damengQuotes(once); again != once {
			t.Errorf("%q becomes %q, then %q", query, once, again)
		}
	})
}
