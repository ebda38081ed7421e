package damengtest

import (
	"strings"
)

// Statement types of the protocol.
const (
	sqlDDL       = 129
	sqlSetSchema = 153
	sqlInsert    = 157
	sqlDelete    = 158
	sqlUpdate    = 159
	sqlSelect    = 160
	sqlMerge     = 164
)

// schema is what the translation has to know of the tables.
type schema struct {
	// tables has the columns of each, by their exact names.
	tables map[string]map[string]colType
}

// plan is a statement, ready to run.
type plan struct {
	kind   uint16
	sql    string
	params []colType // the zero value where nothing tells the type
	write  bool
	// before must find no rows: source rows of a MERGE that clash with each other.
	before string
	// order gives for each question mark in sql the parameter it stands for, where
	// they are not in their own order.
	ddl    *change
	schema string
	// user and password of CREATE USER, user alone of DROP USER.
	user, password string
}

// translation puts one statement into SQLite's words.
type translation struct {
	schema *schema
	// columns of the tables that the statement names; lobs those that may not be
	// compared.
	columns map[string]colType
	params  []colType
}

var functions = map[string]string{
	"COUNT": "count", "SUM": "sum", "MIN": "min", "MAX": "max", "AVG": "avg", "COALESCE": "coalesce", "NULLIF": "nullif",
	"IFNULL": "ifnull", "NVL": "ifnull", "ABS": "abs", "LENGTH": "length", "LENGTHB": "octet_length", "LOWER": "lower", "UPPER": "upper",
	"SUBSTR": "substr", "TRIM": "trim", "LTRIM": "ltrim", "RTRIM": "rtrim", "REPLACE": "replace", "ROUND": "round",
	"GREATEST": "max", "LEAST": "min", "CONCAT": "concat", "MOD": "mod",
}

// constants are functions whose answer is a parameter of this server.
var constants = map[string]string{
	"PAGE": "32768", "SF_GET_PAGE_SIZE": "32768", "SF_GET_UNICODE_FLAG": "1", "SF_GET_CASE_SENSITIVE_FLAG": "1",
	"SF_GET_EXTENT_SIZE": "16", "SF_GET_LENGTH_IN_CHAR": "0",
}

// clock is how a client asks for the time in its own zone.
var clock = []token{
	{word, "TO_CHAR"}, {mark, "("}, {word, "CURRENT_TIMESTAMP"}, {mark, ","}, {text, "YYYY-MM-DD HH24:MI:SS"}, {mark, ")"},
}

// foreign words belong to other databases, and Dameng stumbles over them.
var foreign = set(`CONFLICT DUPLICATE GLOB REGEXP RLIKE ILIKE MATCH RETURNING RECURSIVE ISNULL NOTNULL PRAGMA VACUUM ATTACH
	AUTOINCREMENT INDEXED SQL_CALC_FOUND_ROWS STRAIGHT_JOIN`)

// compile reads a statement the way Dameng does.
func (s *schema) compile(query string) (*plan, error) {
	tokens, err := lex(query)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	t := &translation{schema: s, columns: map[string]colType{}}
	switch first := p.peek(); {
	case first.is("SELECT"), first.is("("):
		return t.query(tokens)
	case first.is("INSERT"):
		return t.insert(p)
	case first.is("UPDATE"), first.is("DELETE"):
		return t.change(tokens)
	case first.is("MERGE"):
		return t.merge(p)
	case p.accept("SET", "SCHEMA"):
		n, err := p.lastName()
		return &plan{kind: sqlSetSchema, schema: n}, err
	case p.accept("CREATE", "USER"):
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		if err := p.expect("IDENTIFIED", "BY"); err != nil {
			return nil, err
		}
		password := p.next()
		if !p.done() || len(password.value) < 9 {
			return nil, refuse(codeSyntax, "a password has 9 to 48 characters")
		}
		return &plan{kind: sqlDDL, user: n, password: password.value}, nil
	case p.accept("DROP", "USER"):
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		if err := p.expect("CASCADE"); err != nil {
			return nil, err
		}
		return &plan{kind: sqlDDL, user: n}, nil
	case first.is("CREATE"), first.is("DROP"), first.is("ALTER"):
		c, err := p.ddl()
		if err == nil {
			err = s.indexable(c)
		}
		return &plan{kind: sqlDDL, ddl: c, write: true}, err
	}
	return nil, p.near()
}

// indexable refuses an index over a LOB.
func (s *schema) indexable(c *change) error {
	first, err := lex(c.statements[0])
	if err != nil {
		return err
	}
	p := &parser{tokens: first}
	if !p.accept("CREATE", "INDEX") && !p.accept("CREATE", "UNIQUE", "INDEX") {
		return nil
	}
	p.next()
	p.next()
	table := p.next().value
	columns, ok := s.tables[table]
	if !ok {
		return refuse(codeNoTable, "Invalid table or view name [%s]", table)
	}
	for !p.done() {
		if t := p.next(); t.kind == name {
			typ, ok := columns[t.value]
			if !ok {
				return refuse(codeNoColumn, "Invalid column name [%s]", t.value)
			}
			if typ.lob() {
				return refuse(codeLOB, "an index over %s %s", typ.name, t.value)
			}
		}
	}
	return nil
}

func (t *translation) query(tokens []token) (*plan, error) {
	pl := &plan{kind: sqlSelect}
	p := &parser{tokens: tokens}
	for i := range tokens {
		p.at = i
		if p.accept("FOR", "UPDATE") {
			if p.accept("NOWAIT") || p.accept("SKIP", "LOCKED") || !p.done() {
				return nil, refuse(codeUnsupported, "FOR UPDATE with options")
			}
			pl.write = true
			tokens = tokens[:i]
			break
		}
	}
	if err := selectList(tokens); err != nil {
		return nil, err
	}
	body, err := t.statement(tokens)
	pl.sql, pl.params = body, t.params
	return pl, err
}

// selectList refuses conditions where values are wanted.
func selectList(tokens []token) error {
	p := &parser{tokens: tokens}
	if !p.accept("SELECT") {
		return nil
	}
	depth := 0
	for _, t := range p.until("FROM") {
		switch {
		case t.is("CASE"):
			depth++
		case t.is("END"):
			depth--
		case depth == 0 && t.is("=", "<", ">", "<=", ">=", "<>", "!=", "EXISTS", "LIKE", "BETWEEN", "IS", "AND", "OR"):
			return refuse(codeSyntax, "near %q: a condition is not a value", t.value)
		}
	}
	return nil
}

func (t *translation) insert(p *parser) (*plan, error) {
	start := p.at
	if err := p.expect("INSERT", "INTO"); err != nil {
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
	var cols []string
	if p.peek().is("(") {
		if cols, err = p.names(); err != nil {
			return nil, err
		}
	}
	into := make([]colType, len(cols))
	for i, c := range cols {
		if into[i], ok = columns[c]; !ok {
			return nil, refuse(codeNoColumn, "Invalid column name [%s]", c)
		}
	}
	if !p.peek().is("VALUES") && !p.peek().is("SELECT") {
		return nil, p.near()
	}
	body, err := t.statement(p.tokens[start:])
	if err != nil {
		return nil, err
	}
	if p.accept("VALUES") {
		typeValues(p.tokens[p.at:], into, t.params)
	}
	return &plan{kind: sqlInsert, sql: body, params: t.params, write: true}, nil
}

// typeValues gives the parameters that stand alone in VALUES the types of their
// columns.
func typeValues(tokens []token, into []colType, params []colType) {
	n, col, depth := 0, 0, 0
	for i, tok := range tokens {
		switch {
		case tok.is("("):
			depth++
			if depth == 1 {
				col = 0
			}
		case tok.is(")"):
			depth--
		case depth == 1 && tok.is(","):
			col++
		case tok.kind == param:
			if depth == 1 && tokens[i-1].is("(", ",") && i+1 < len(tokens) && tokens[i+1].is(")", ",") && col < len(into) {
				params[n] = into[col]
			}
			n++
		}
	}
}

func (t *translation) change(tokens []token) (*plan, error) {
	kind := uint16(sqlUpdate)
	if tokens[0].is("DELETE") {
		kind = sqlDelete
	}
	for _, tok := range tokens {
		if tok.is("LIMIT") {
			return nil, refuse(codeSyntax, "near LIMIT")
		}
	}
	body, err := t.statement(tokens)
	return &plan{kind: kind, sql: body, params: t.params, write: true}, err
}

// statement checks the names of a whole statement and translates it.
func (t *translation) statement(tokens []token) (string, error) {
	for _, tok := range tokens {
		if tok.kind == word && foreign[tok.value] {
			return "", refuse(codeSyntax, "near %q", tok.value)
		}
	}
	for i, tok := range tokens {
		if i == 0 || !tokens[i-1].is("FROM", "JOIN", "INTO", "UPDATE") || tok.is("(") {
			continue
		}
		if tok.kind == word && tok.value == "DUAL" {
			continue
		}
		if tok.kind != name && tok.kind != word {
			return "", refuse(codeSyntax, "near %q", tok.value)
		}
		columns, ok := t.schema.tables[tok.value]
		if !ok {
			return "", refuse(codeNoTable, "Invalid table or view name [%s]", tok.value)
		}
		for n, c := range columns {
			// Of two columns of one name the one that is no LOB counts.
			if old, twice := t.columns[n]; !twice || old.lob() {
				t.columns[n] = c
			}
		}
	}
	if err := t.comparable(tokens); err != nil {
		return "", err
	}
	return t.expression(tokens)
}

// comparable refuses to compare, sort or group LOBs.
func (t *translation) comparable(tokens []token) error {
	lob := func(i int) bool {
		if i < 0 || i >= len(tokens) || tokens[i].kind != name {
			return false
		}
		return t.columns[tokens[i].value].lob()
	}
	assigning := tokens[0].is("UPDATE")
	sorting, distinct := false, false
	for i, tok := range tokens {
		switch {
		case tok.is("WHERE"):
			assigning = false
		case tok.is("BY"):
			sorting = true
		case tok.is("LIMIT", "HAVING", "FROM", "UNION"):
			sorting, distinct = false, false
		case tok.is("DISTINCT"):
			distinct = true
		case tok.is("=", "<", ">", "<=", ">=", "<>", "!=", "IN", "BETWEEN") && !assigning:
			if lob(i-1) || lob(i+1) {
				return refuse(codeLOB, "comparison of a LOB near %q", tok.value)
			}
		case (sorting || distinct) && lob(i):
			return refuse(codeLOB, "column %s is a LOB", tok.value)
		}
	}
	return nil
}

// expression checks words and translates any run of tokens.
func (t *translation) expression(tokens []token) (string, error) {
	var out []token
	for i := 0; i < len(tokens); i++ {
		tok := tokens[i]
		before := func() token {
			if i == 0 {
				return token{}
			}
			return tokens[i-1]
		}
		called := i+1 < len(tokens) && tokens[i+1].is("(")
		switch {
		case tok.kind == param:
			t.params = append(t.params, t.compared(tokens, i))
		case tok.is("FROM") && i+1 < len(tokens) && tokens[i+1].is("DUAL"):
			i++
			continue
		case matches(tokens[i:], clock):
			i += len(clock) - 1
			out = append(out, token{mark, "strftime('%Y-%m-%d %H:%M:%S', 'now')"})
			continue
		case tok.kind == word && called && constants[tok.value] != "":
			if i+2 >= len(tokens) || !tokens[i+2].is(")") {
				return "", refuse(codeSyntax, "near %q", tok.value)
			}
			out = append(out, token{number, constants[tok.value]})
			i += 2
			continue
		case tok.kind == word && called && functions[tok.value] != "":
			out = append(out, token{mark, functions[tok.value]})
			continue
		case tok.is("IN") && called && i+2 < len(tokens) && tokens[i+2].is(")"):
			return "", refuse(codeSyntax, "near ')': an empty list")
		case tok.kind == word && called && !before().is("INTO", "JOIN", "FROM", "UPDATE") && !reserved[tok.value] && tok.value != "OVER":
			return "", refuse(codeNoColumn, "Invalid method name [%s]", tok.value)
		case tok.kind == word && !reserved[tok.value]:
			if err := t.unquoted(tok.value); err != nil {
				return "", err
			}
		}
		out = append(out, tok)
	}
	return join(out), nil
}

func matches(tokens, want []token) bool {
	if len(tokens) < len(want) {
		return false
	}
	for i := range want {
		if tokens[i] != want[i] {
			return false
		}
	}
	return true
}

// unquoted refuses a name that would only be found in other letters: it has been
// folded to upper case.
func (t *translation) unquoted(folded string) error {
	if _, ok := t.columns[folded]; ok {
		return nil
	}
	for n := range t.columns {
		if strings.EqualFold(n, folded) {
			return refuse(codeNoColumn, "Invalid column name [%s]", folded)
		}
	}
	return nil
}

// compared gives a parameter the type of the column it is compared with or assigned to.
func (t *translation) compared(tokens []token, i int) colType {
	if i >= 2 && tokens[i-1].is("=", "<", ">", "<=", ">=", "<>", "!=") && tokens[i-2].kind == name {
		// Only when it stands alone: an expression has a type of its own.
		if i+1 == len(tokens) || tokens[i+1].is("AND", "OR", ")", ",", "WHERE", "ORDER", "GROUP", "LIMIT", "FOR", "THEN", "UNION") {
			return t.columns[tokens[i-2].value]
		}
	}
	return colType{}
}
