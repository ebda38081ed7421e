package damengtest

// parser walks over the tokens of one statement.
type parser struct {
	tokens []token
	at     int
}

func (p *parser) done() bool { return p.at >= len(p.tokens) }

func (p *parser) peek() token {
	if p.done() {
		return token{}
	}
	return p.tokens[p.at]
}

func (p *parser) next() token {
	t := p.peek()
	p.at++
	return t
}

// accept takes the given words if they come next.
func (p *parser) accept(words ...string) bool {
	for i, w := range words {
		if p.at+i >= len(p.tokens) || !p.tokens[p.at+i].is(w) {
			return false
		}
	}
	p.at += len(words)
	return true
}

func (p *parser) expect(words ...string) error {
	if !p.accept(words...) {
		return p.near()
	}
	return nil
}

func (p *parser) near() error {
	if p.done() {
		return refuse(codeSyntax, "the statement ends too early")
	}
	return refuse(codeSyntax, "near %q", p.peek().value)
}

// name reads a table, column or index name. A schema before it is not known here.
func (p *parser) name() (string, error) {
	t := p.peek()
	if t.kind != name && (t.kind != word || reserved[t.value]) {
		return "", p.near()
	}
	p.at++
	if p.peek().is(".") {
		return "", refuse(codeUnsupported, "schema-qualified name")
	}
	return t.value, nil
}

// names reads a list in brackets.
func (p *parser) names() ([]string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var out []string
	for {
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if p.accept(")") {
			return out, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

// group reads what is between brackets, the brackets not included.
func (p *parser) group() ([]token, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	start, depth := p.at, 1
	for !p.done() {
		switch t := p.next(); {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
			if depth == 0 {
				return p.tokens[start : p.at-1], nil
			}
		}
	}
	return nil, p.near()
}

// until reads up to a word or mark outside of brackets, which stays.
func (p *parser) until(words ...string) []token {
	start, depth := p.at, 0
	for !p.done() {
		t := p.peek()
		if depth == 0 && t.is(words...) {
			break
		}
		if t.is("(") {
			depth++
		} else if t.is(")") {
			depth--
		}
		p.at++
	}
	return p.tokens[start:p.at]
}

// reserved words may not name anything unless they are quoted. The list holds those
// of the manual that others have met, and those of the language itself.
var reserved = set(`ABORT ADD ALL ALTER AND ANY AS ASC AUDIT BEGIN BETWEEN BIGDATEDIFF BOTH BY CALL CASE CAST CHECK CLUSTER COLUMN
	COMMENT COMMIT CONNECT CONSTRAINT CREATE CROSS CURRENT CURSOR DECIMAL DECLARE DEFAULT DELETE DESC DISTINCT DOMAIN DOUBLE DROP ELSE
	END EXCEPT EXCHANGE EXECUTE EXISTS EXPLAIN FETCH FOR FOREIGN FROM FULL FUNCTION GRANT GROUP HAVING IDENTITY IF IN INDEX INNER
	INSERT INTERSECT INTERVAL INTO IS JOIN KEY LEFT LEVEL LIKE LIMIT LOCK LOGIN MERGE MINUS NATURAL NOT NULL OBJECT OF ON OPTION OR ORDER
	OUTER PERCENT PRIMARY PRIOR PROCEDURE PUBLIC REFERENCE REFERENCES REPLICATE RETURN REVOKE RIGHT ROLLBACK ROW ROWID ROWNUM ROWS
	SAVEPOINT SCHEMA SECTION SELECT SESSION SET SIZEOF SOME SWITCH SYSDATE SYNONYM TABLE THEN TIMESTAMP TO TOP TRIGGER TRUNCATE TYPE UNION UNIQUE
	UNTIL UPDATE USER USING VALUES VERIFY VIEW WHEN WHENEVER WHERE WHILE WITH`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	p := ""
	for _, c := range words + " " {
		if c == ' ' || c == '\n' || c == '\t' {
			if p != "" {
				m[p] = true
			}
			p = ""
			continue
		}
		p += string(c)
	}
	return m
}
