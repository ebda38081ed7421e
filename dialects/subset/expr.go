package subset

// An expression is a value or a condition: on Dameng a condition is no value, so it can be neither selected, nor stored,
// nor sorted by, and a value is no condition.

func (p *parser) value() {
	pos := p.tok.pos
	if p.or() {
		p.refuse(pos, "a condition is no value on Dameng; write CASE WHEN … THEN 1 ELSE 0 END")
	}
}

func (p *parser) condition() {
	pos := p.tok.pos
	if !p.or() {
		p.refuse(pos, "a value is no condition on Dameng; compare it with something")
	}
}

// or reads an expression and tells whether it is a condition.
func (p *parser) or() bool {
	p.enter()
	defer func() { p.depth-- }()
	return p.chain("OR", func() bool { return p.chain("AND", p.not) })
}

// chain reads operands that AND or OR joins: conditions, if there is more than one.
func (p *parser) chain(operator string, operand func() bool) bool {
	pos := p.tok.pos
	condition := operand()
	for p.is(operator) {
		if !condition {
			p.refuse(pos, "a value is no condition on Dameng; compare it with something")
		}
		p.next()
		pos = p.tok.pos
		condition = operand()
		if !condition {
			p.refuse(pos, "a value is no condition on Dameng; compare it with something")
		}
	}
	return condition
}

func (p *parser) not() bool {
	if !p.is("NOT") {
		return p.comparison()
	}
	p.enter()
	defer func() { p.depth-- }()
	p.next()
	pos := p.tok.pos
	if !p.not() {
		p.refuse(pos, "NOT wants a condition")
	}
	return true
}

func (p *parser) comparison() bool {
	pos := p.tok.pos
	condition := p.sum()
	operand := func() {
		if condition {
			p.refuse(pos, "a condition is no value on Dameng, and cannot be compared")
		}
	}
	if p.tok.kind == symbol {
		switch p.tok.text {
		case "=", "<>", "!=", "<", "<=", ">", ">=":
			operand()
			p.next()
			if p.is("ANY") || p.is("ALL") || p.is("SOME") {
				p.refuse(p.tok.pos, "SQLite has no ANY and ALL; use IN or EXISTS")
			}
			p.operandValue()
			if p.tok.kind == symbol && isComparison(p.tok.text) {
				p.refuse(p.tok.pos, "a comparison is no value on Dameng, and cannot be compared")
			}
			return true
		}
		return condition
	}
	if p.is("IS") {
		operand()
		p.next()
		p.accept("NOT")
		p.expect("NULL")
		return true
	}
	negated := p.accept("NOT")
	switch {
	case p.accept("IN"):
		operand()
		p.in()
	case p.accept("BETWEEN"):
		operand()
		p.operandValue()
		p.expect("AND")
		p.operandValue()
	case p.accept("LIKE"):
		operand()
		p.operandValue()
		if p.accept("ESCAPE") {
			p.operandValue()
		}
	case p.is("REGEXP"), p.is("RLIKE"), p.is("GLOB"), p.is("ILIKE"), p.is("MATCH"), p.is("SOUNDS"), p.is("MEMBER"), p.is("COLLATE"):
		p.refuse(p.tok.pos, "this operator is not known everywhere, and text is sealed anyway")
	case negated:
		p.unexpected("IN, BETWEEN or LIKE")
	default:
		return condition
	}
	return true
}

func isComparison(s string) bool {
	switch s {
	case "=", "<>", "!=", "<", "<=", ">", ">=":
		return true
	}
	return false
}

func (p *parser) operandValue() {
	pos := p.tok.pos
	if p.sum() {
		p.refuse(pos, "a condition is no value on Dameng, and cannot be compared")
	}
}

func (p *parser) in() {
	p.symbol1("(")
	if p.accept("SELECT") {
		p.selects(false, false)
	} else {
		p.list(p.value)
	}
	p.symbol1(")")
}

func (p *parser) sum() bool {
	condition := p.product()
	for p.tok.kind == symbol && (p.tok.text == "+" || p.tok.text == "-") {
		pos := p.tok.pos
		if condition {
			p.refuse(pos, "a condition is no value on Dameng, and cannot be added")
		}
		p.next()
		if p.product() {
			p.refuse(pos, "a condition is no value on Dameng, and cannot be added")
		}
	}
	return condition
}

func (p *parser) product() bool {
	condition := p.unary()
	for p.symbolIs("*") {
		pos := p.tok.pos
		p.next()
		if p.unary() || condition {
			p.refuse(pos, "a condition is no value on Dameng, and cannot be multiplied")
		}
	}
	return condition
}

func (p *parser) unary() bool {
	for p.symbolIs("-") || p.symbolIs("+") {
		p.next()
		if p.tok.kind == symbol && p.tok.text != "(" {
			p.unexpected("a value")
		}
	}
	return p.primary()
}

func (p *parser) primary() bool {
	switch p.tok.kind {
	case number, text, parameter:
		p.next()
		return false
	case symbol:
		if !p.symbolIs("(") {
			p.unexpected("a value")
		}
		p.next()
		condition := false
		if p.accept("SELECT") {
			p.selects(true, false)
		} else {
			condition = p.or()
			if p.symbolIs(",") {
				p.refuse(p.tok.pos, "rows in brackets are not compared alike everywhere; compare column by column")
			}
		}
		p.symbol1(")")
		return condition
	case name:
		p.column()
		return false
	case word:
		return p.word()
	default:
		p.unexpected("a value")
		return false
	}
}

func (p *parser) word() bool {
	w, pos := p.tok.text, p.tok.pos
	switch w {
	case "NULL":
		p.next()
		return false
	case "CASE":
		p.cases()
		return false
	case "EXISTS":
		p.next()
		p.symbol1("(")
		p.expect("SELECT")
		p.selects(true, false)
		p.symbol1(")")
		return true
	}
	if why := words[w]; why != "" {
		p.refuse(pos, why)
	}
	if keywords[w] {
		p.unexpected("a value")
	}
	p.next()
	if p.symbolIs("(") {
		p.call(w, pos)
		return false
	}
	p.dotted()
	return false
}

func (p *parser) column() {
	p.next()
	p.dotted()
}

// dotted reads what may follow the name of a table: .column
func (p *parser) dotted() {
	if !p.symbolIs(".") {
		return
	}
	p.next()
	p.name("a column")
	if p.symbolIs(".") {
		p.refuse(p.tok.pos, "tables lie in the current schema, whose name differs")
	}
}

func (p *parser) cases() {
	p.next()
	if !p.is("WHEN") {
		p.value()
		for p.accept("WHEN") {
			p.value()
			p.expect("THEN")
			p.value()
		}
	} else {
		for p.accept("WHEN") {
			p.condition()
			p.expect("THEN")
			p.value()
		}
	}
	if p.accept("ELSE") {
		p.value()
	}
	p.expect("END")
}

func (p *parser) call(function string, pos int) {
	if !functions[function] {
		why := refused[function]
		if why == "" {
			why = "this function is not on the list of those that all databases have"
		}
		p.refuse(pos, why)
	}
	p.next()
	if p.symbolIs("*") {
		if function != "COUNT" {
			p.unexpected("a value")
		}
		p.next()
	} else {
		p.accept("DISTINCT")
		p.list(p.value)
	}
	p.symbol1(")")
	if p.is("OVER") || p.is("FILTER") {
		p.refuse(p.tok.pos, "window functions are missing in MySQL 5.7")
	}
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.refuse(p.tok.pos, "nested too deep")
	}
}

func (p *parser) is(w string) bool { return p.tok.kind == word && p.tok.text == w }

func (p *parser) symbolIs(s string) bool { return p.tok.kind == symbol && p.tok.text == s }

func (p *parser) accept(w string) bool {
	if p.is(w) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(w string) {
	if !p.accept(w) {
		p.unexpected(w)
	}
}

func (p *parser) symbol1(s string) {
	if !p.symbolIs(s) {
		p.unexpected(s)
	}
	p.next()
}

func (p *parser) list(one func()) {
	for one(); p.symbolIs(","); one() {
		p.next()
	}
}

func (p *parser) name(what string) string {
	if p.tok.kind != name && (p.tok.kind != word || keywords[p.tok.text]) {
		p.unexpected(what)
	}
	start, quoted := p.tok, p.tok.kind == name
	n := start.text
	if !quoted {
		n = p.sql[start.pos:start.stop]
	}
	p.next()
	return n
}

func (p *parser) unexpected(want string) {
	if p.tok.kind == word && ends[p.tok.text] != "" {
		p.refuse(p.tok.pos, ends[p.tok.text])
	}
	p.refuse(p.tok.pos, "here the common subset has "+want)
}
