// Package subset says whether a statement is in the common subset of SQL: what
// MySQL 5.7, Dameng 8 and SQLite all understand, and understand alike. It reads
// the statement with a parser of exactly that language, so everything else is
// refused, also what nobody thought of, with the place and where possible with
// the reason.
//
// The language: SELECT with joins, sub-queries, UNION, GROUP BY, ORDER BY, LIMIT
// with OFFSET and FOR UPDATE; INSERT of rows or of a SELECT, UPDATE, DELETE;
// conditions where a condition belongs (it is no value on Dameng), and the
// functions listed in functions.go. Upsert, insert-ignore and DDL come from the
// package dialects and are not checked here.
package subset

// maxDepth bounds how deep a statement may nest.
const maxDepth = 64

type parser struct {
	sql    string
	quotes string // around names
	at     int
	tok    token
	depth  int
	// target is the table that the statement changes; MySQL does not let its sub-queries read it.
	target string
}

// Check gives nil when the statement is in the subset, and an *Error otherwise. The quotes are what may stand around names in
// it: the backtick that the code writes, and what an engine wants instead.
func Check(sql, quotes string) (err error) {
	p := &parser{sql: sql, quotes: quotes}
	defer func() {
		if r := recover(); r != nil {
			refused, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			err = refused
		}
	}()
	p.next()
	p.statement()
	if p.tok.kind != end {
		p.unexpected("the end")
	}
	return nil
}

func (p *parser) statement() {
	switch {
	case p.accept("SELECT"):
		p.selects(true, true)
		if p.accept("FOR") {
			p.expect("UPDATE")
			if p.is("SKIP") || p.is("NOWAIT") || p.is("WAIT") || p.is("OF") {
				p.refuse(p.tok.pos, "claim rows with a lease column instead")
			}
		}
	case p.accept("INSERT"):
		p.insert()
	case p.accept("UPDATE"):
		p.update()
	case p.accept("DELETE"):
		p.expect("FROM")
		p.target = p.name("a table")
		p.where()
		p.noLimit()
	default:
		why := verbs[p.tok.text]
		if p.tok.kind != word || why == "" {
			why = "a statement begins with SELECT, INSERT, UPDATE or DELETE"
		}
		p.refuse(p.tok.pos, why)
	}
}

func (p *parser) insert() {
	if p.is("IGNORE") || p.is("OR") {
		p.refuse(p.tok.pos, useHelper)
	}
	p.expect("INTO")
	p.target = p.name("a table")
	if p.accept("SELECT") {
		p.target = ""
		p.selects(true, true)
		return
	}
	if !p.symbolIs("(") {
		p.refuse(p.tok.pos, "name the columns")
	}
	p.next()
	columns := 0
	p.list(func() { p.name("a column"); columns++ })
	p.symbol1(")")
	switch {
	case p.accept("VALUES"):
		p.list(func() {
			open := p.tok.pos
			p.symbol1("(")
			values := 0
			p.list(func() { p.value(); values++ })
			p.symbol1(")")
			if values != columns {
				p.refuse(open, "as many values as columns")
			}
		})
	case p.accept("SELECT"):
		p.target = "" // reading what is inserted into is fine
		p.selects(true, true)
	default:
		p.unexpected("VALUES or SELECT")
	}
	if p.is("ON") || p.is("AS") {
		p.refuse(p.tok.pos, useHelper)
	}
}

func (p *parser) update() {
	p.target = p.name("a table")
	if p.symbolIs(",") || p.is("JOIN") || p.is("LEFT") || p.is("INNER") {
		p.refuse(p.tok.pos, "one table at a time can be updated")
	}
	p.expect("SET")
	p.list(func() {
		p.name("a column")
		if p.symbolIs(".") {
			p.refuse(p.tok.pos, "SQLite wants the column alone here")
		}
		p.symbol1("=")
		p.value()
	})
	if p.is("FROM") {
		p.refuse(p.tok.pos, "MySQL has no UPDATE … FROM; use a sub-query")
	}
	p.where()
	p.noLimit()
}

func (p *parser) noLimit() {
	if p.is("LIMIT") || p.is("ORDER") {
		p.refuse(p.tok.pos, "UPDATE and DELETE know no LIMIT and no order")
	}
}

// selects reads what follows SELECT; limited says whether a LIMIT may stand at its end.
func (p *parser) selects(limited, all bool) {
	p.enter()
	p.selectCore()
	union := false
	for p.accept("UNION") {
		union = true
		p.accept("ALL")
		if p.symbolIs("(") {
			p.refuse(p.tok.pos, "SQLite takes no brackets around a part of a UNION")
		}
		p.expect("SELECT")
		p.selectCore()
	}
	if p.is("ORDER") {
		p.next()
		p.expect("BY")
		p.list(func() {
			p.value()
			if !p.accept("ASC") {
				p.accept("DESC")
			}
		})
	}
	if p.is("LIMIT") {
		if !limited {
			p.refuse(p.tok.pos, "MySQL takes no LIMIT in a sub-query of IN; put it into a derived table")
		}
		p.next()
		p.count()
		if p.symbolIs(",") {
			p.refuse(p.tok.pos, "write LIMIT n OFFSET m")
		}
		if p.accept("OFFSET") {
			p.count()
		}
	}
	if p.is("FOR") && (!all || union || p.depth > 1) {
		p.refuse(p.tok.pos, "rows are locked by the whole statement, not by a part of it")
	}
	p.depth--
}

func (p *parser) count() {
	if p.tok.kind != number && p.tok.kind != parameter {
		p.unexpected("a number or ?")
	}
	p.next()
}

func (p *parser) selectCore() {
	if !p.accept("DISTINCT") {
		p.accept("ALL")
	}
	p.list(p.item)
	if !p.accept("FROM") {
		if p.is("WHERE") {
			p.refuse(p.tok.pos, "MySQL 5.7 takes no WHERE without FROM")
		}
		return
	}
	p.list(func() { p.table(); p.joins() })
	p.where()
	if p.accept("GROUP") {
		p.expect("BY")
		p.list(p.value)
		if p.is("WITH") {
			p.refuse(p.tok.pos, "only MySQL knows WITH ROLLUP")
		}
	}
	if p.accept("HAVING") {
		p.condition()
	}
}

func (p *parser) item() {
	if p.symbolIs("*") {
		p.next()
		return
	}
	if p.allOfTable() {
		return
	}
	p.value()
	p.alias("a name of the column")
}

// allOfTable reads table.* if that is what stands here.
func (p *parser) allOfTable() bool {
	if p.tok.kind != name && (p.tok.kind != word || keywords[p.tok.text]) {
		return false
	}
	at, tok := p.at, p.tok
	p.next()
	if p.symbolIs(".") {
		p.next()
		if p.symbolIs("*") {
			p.next()
			return true
		}
	}
	p.at, p.tok = at, tok
	return false
}

// alias reads [AS] name, if there is one.
func (p *parser) alias(what string) bool {
	if p.accept("AS") {
		p.name(what)
		return true
	}
	if p.tok.kind == name || p.tok.kind == word && !keywords[p.tok.text] {
		p.next()
		return true
	}
	return false
}

func (p *parser) table() {
	if p.symbolIs("(") {
		p.next()
		if !p.accept("SELECT") {
			p.refuse(p.tok.pos, "only a SELECT stands in brackets here")
		}
		target := p.target
		p.target = "" // MySQL keeps a derived table, and may read what it changes
		p.selects(true, false)
		p.target = target
		p.symbol1(")")
		if !p.alias("a name of the derived table") {
			p.refuse(p.tok.pos, "MySQL wants a name for a derived table")
		}
		return
	}
	pos := p.tok.pos
	if t := p.name("a table"); p.target != "" && t == p.target {
		p.refuse(pos, "MySQL does not let a statement read in a sub-query what it changes; wrap it into a derived table")
	}
	if p.symbolIs(".") {
		p.refuse(p.tok.pos, "tables lie in the current schema, whose name differs")
	}
	p.alias("a name of the table")
}

func (p *parser) joins() {
	for {
		pos := p.tok.pos
		switch {
		case p.accept("CROSS"):
			p.expect("JOIN")
			p.table()
			continue
		case p.accept("INNER"):
		case p.accept("LEFT"), p.accept("RIGHT"):
			p.accept("OUTER")
		case p.is("FULL"), p.is("NATURAL"), p.is("STRAIGHT_JOIN"):
			p.refuse(pos, "no join of MySQL, or none of the others")
		case p.is("JOIN"):
		default:
			return
		}
		p.expect("JOIN")
		p.table()
		if p.is("USING") {
			p.refuse(p.tok.pos, "write ON")
		}
		p.expect("ON")
		p.condition()
	}
}

func (p *parser) where() {
	if p.accept("WHERE") {
		p.condition()
	}
}
