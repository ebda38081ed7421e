package damengtest

import (
	"bytes"
	"testing"
)

// FuzzMessage feeds the decoder what no driver would send.
func FuzzMessage(f *testing.F) {
	for _, command := range []uint16{cmdLogin, cmdPrepare, cmdExecute2, cmdPutData, cmdFetch, cmdLobLength, cmdLobData, cmdPreExec, cmdFree, 999} {
		var b bytes.Buffer
		a := &answer{}
		a.i32(3)
		a.raw([]byte("abc\x00\x01\x02\xff\xfe\xff\xff"))
		a.setU16(21, 1)
		if err := a.writeTo(&b, 1, command); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		known := &schema{tables: map[string]map[string]colType{"t": {"id": {name: "BIGINT"}, "doc": {name: "CLOB"}}}}
		c := &session{
			server: &Server{users: map[string]*user{}}, user: &user{name: admin}, schema: &user{schema: known},
			statements: map[int32]*statement{1: {plan: &plan{kind: sqlInsert, params: make([]colType, 3)}, rows: [][]any{{int64(1)}}, columns: make([]resultColumn, 1)}},
			lobs:       map[int64]any{0: []rune("你好"), 1: []byte("bytes")},
		}
		r := bytes.NewReader(raw)
		for {
			m, err := readMessage(r)
			if err != nil {
				return
			}
			s := c.statements[1]
			switch m.command() {
			case cmdExecute, cmdExecute2:
				_, _ = s.arguments(m, int(m.u16At(21)))
			case cmdPrepare:
				_, _ = known.compile(m.text())
			default:
				_, _ = c.answer(t.Context(), m)
				c.statements[1] = s
			}
		}
	})
}

// FuzzCompile looks for statements that break the translation.
func FuzzCompile(f *testing.F) {
	for _, q := range []string{
		`SELECT "id" FROM "t" WHERE "id" = ? ORDER BY "id" LIMIT 5 OFFSET 2 FOR UPDATE`, `INSERT INTO "t" ("id", "doc") VALUES (?,?),(?,'x')`,
		`MERGE INTO "t" T USING (SELECT ? AS "id" FROM DUAL) S ON (T."id" = S."id") WHEN NOT MATCHED THEN INSERT ("id") VALUES (S."id")`,
		`CREATE TABLE "u" ("a" VARCHAR(3 CHAR) DEFAULT 'x' NOT NULL CHECK (LENGTH("a") > 1), PRIMARY KEY ("a"))`, `ALTER TABLE "t" ADD "c" CLOB`, `CREATE INDEX "i" ON "t" (`,
		`UPDATE "t" SET`, `SELECT`, `(`, `MERGE`, `DROP USER X CASCADE`, `SELECT PAGE(`, `SELECT MAX(`, `IN (`, `INSERT INTO "t" ("id") VALUES ?`,
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		known := &schema{tables: map[string]map[string]colType{"t": {"id": {name: "BIGINT"}, "doc": {name: "CLOB"}}}}
		p, err := known.compile(q)
		if err == nil && p == nil {
			t.Error("neither a plan nor an error")
		}
	})
}
