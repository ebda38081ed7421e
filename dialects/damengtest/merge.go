package damengtest

import (
	"fmt"
	"strings"
)

// merge turns MERGE into an insert that reacts to a conflict of the join columns.
// They have to be a key of the table, as they are wherever a MERGE stands for an
// upsert; the real one takes any condition.
func (t *translation) merge(p *parser) (*plan, error) {
	if err := p.expect("MERGE", "INTO"); err != nil {
		return nil, err
	}
	table, err := p.name()
	if err != nil {
		return nil, err
	}
	columns, ok := t.schema.tables[table]
	if !ok {
		return nil, refuse(codeNoTable, "Invalid table or view name [%s]", table)
	}
	target, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("USING"); err != nil {
		return nil, err
	}
	source, err := p.group()
	if err != nil {
		return nil, err
	}
	alias, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	cond, err := p.group()
	if err != nil {
		return nil, err
	}
	keys, err := joinColumns(cond, target, alias, columns)
	if err != nil {
		return nil, err
	}
	sets, err := p.matched(target, alias, keys, columns)
	if err != nil {
		return nil, err
	}
	if err := p.expect("WHEN", "NOT", "MATCHED", "THEN", "INSERT"); err != nil {
		return nil, err
	}
	cols, err := p.names()
	if err != nil {
		return nil, err
	}
	if err := p.expect("VALUES"); err != nil {
		return nil, err
	}
	values, err := p.group()
	if err != nil {
		return nil, err
	}
	if !p.done() {
		return nil, p.near()
	}
	for _, c := range cols {
		if _, ok := columns[c]; !ok {
			return nil, refuse(codeNoColumn, "Invalid column name [%s]", c)
		}
	}
	from, err := t.source(source)
	if err != nil {
		return nil, err
	}
	action := "DO NOTHING"
	if len(sets) > 0 {
		action = "DO UPDATE SET " + strings.Join(sets, ", ")
	}
	keyList := list(keys)
	return &plan{
		kind: sqlMerge, params: t.params, write: true,
		sql: "INSERT INTO " + ident(table) + " (" + list(cols) + ") SELECT " + join(values) + " FROM (" + from + ") " + ident(alias) +
			" WHERE TRUE ON CONFLICT (" + keyList + ") " + action,
		before: "SELECT 1 FROM (" + from + ") GROUP BY " + keyList + " HAVING COUNT(*) > 1 LIMIT 1",
	}, nil
}

func list(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = ident(n)
	}
	return strings.Join(quoted, ", ")
}

// joinColumns reads T."a" = S."a" AND T."b" = S."b".
func joinColumns(cond []token, target, source string, columns map[string]colType) ([]string, error) {
	p := &parser{tokens: cond}
	var keys []string
	for {
		if !p.accept(target, ".") {
			return nil, refuse(codeUnsupported, "a MERGE joins by equal columns here")
		}
		left := p.next()
		if err := p.expect("=", source, "."); err != nil {
			return nil, err
		}
		right := p.next()
		if left != right || left.kind != name {
			return nil, refuse(codeUnsupported, "a MERGE joins by columns of one name here")
		}
		typ, ok := columns[left.value]
		if !ok {
			return nil, refuse(codeNoColumn, "Invalid column name [%s]", left.value)
		}
		if typ.lob() {
			return nil, refuse(codeLOB, "comparison of %s %s", typ.name, left.value)
		}
		keys = append(keys, left.value)
		if p.done() {
			return keys, nil
		}
		if err := p.expect("AND"); err != nil {
			return nil, err
		}
	}
}

// matched reads the assignments of WHEN MATCHED, as SQLite writes them.
func (p *parser) matched(target, source string, keys []string, columns map[string]colType) ([]string, error) {
	if !p.accept("WHEN", "MATCHED", "THEN", "UPDATE", "SET") {
		return nil, nil
	}
	var sets []string
	for {
		if !p.accept(target, ".") {
			return nil, refuse(codeUnsupported, "a MERGE assigns qualified columns here")
		}
		left := p.next()
		if _, ok := columns[left.value]; !ok || left.kind != name {
			return nil, refuse(codeNoColumn, "Invalid column name [%s]", left.value)
		}
		for _, k := range keys {
			if k == left.value {
				return nil, refuse(codeMergeJoin, "column %s of the ON clause cannot be updated", k)
			}
		}
		if err := p.expect("=", source, "."); err != nil {
			return nil, err
		}
		sets = append(sets, ident(left.value)+" = excluded."+ident(p.next().value))
		if !p.accept(",") {
			return sets, nil
		}
	}
}

// source translates the rows of USING. Rows of plain expressions become a VALUES list:
// SQLite bounds the terms of a UNION, and not those of a list.
func (t *translation) source(tokens []token) (string, error) {
	var names, rows []string
	p := &parser{tokens: tokens}
	for {
		if !p.accept("SELECT") {
			return t.statement(tokens)
		}
		var columns, values []string
		for {
			expression := p.until("AS", ",", "FROM")
			if !p.accept("AS") {
				return t.plainSource(tokens)
			}
			column, err := p.name()
			if err != nil {
				return "", err
			}
			value, err := t.expression(expression)
			if err != nil {
				return "", err
			}
			columns, values = append(columns, column), append(values, value)
			if !p.accept(",") {
				break
			}
		}
		if !p.accept("FROM", "DUAL") {
			return t.plainSource(tokens)
		}
		if names == nil {
			names = columns
		}
		if len(columns) != len(names) {
			return "", refuse(codeSyntax, "the parts of a UNION have different columns")
		}
		rows = append(rows, "("+strings.Join(values, ", ")+")")
		if p.done() {
			break
		}
		if !p.accept("UNION", "ALL") {
			return t.plainSource(tokens)
		}
	}
	for i, n := range names {
		names[i] = fmt.Sprintf("column%d AS %s", i+1, ident(n))
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM (VALUES " + strings.Join(rows, ", ") + ")", nil
}

// plainSource begins anew with a source that is no list of rows.
func (t *translation) plainSource(tokens []token) (string, error) {
	t.params = nil
	return t.statement(tokens)
}
