package damengtest

import (
	"context"
	"database/sql"
	"errors"
)

// statement is one handle of a client.
type statement struct {
	query string
	plan  *plan
	// put are long parameters that came in pieces.
	put map[int][]byte
	// The result: all of it, since it is a test server's.
	columns []resultColumn
	rows    [][]any
	lobs    []int64
}

type resultColumn struct {
	name string
	typ  colType
}

// rowBytes is about how much of a result one message carries.
const rowBytes = 32 << 10

func (c *session) forget(s *statement) {
	for _, id := range s.lobs {
		delete(c.lobs, id)
	}
	s.lobs, s.rows, s.columns = nil, nil, nil
}

func (c *session) prepare(ctx context.Context, s *statement, m *message) (*answer, error) {
	autocommit, direct := m.u8At(20) == 1, m.u8At(21) == 1
	s.query = m.text()
	if m.err != nil {
		return nil, m.err
	}
	known, err := c.schema.known(ctx)
	if err != nil {
		return nil, err
	}
	if s.plan, err = known.compile(s.query); err != nil {
		return nil, err
	}
	c.forget(s)
	s.put = nil
	if direct {
		if len(s.plan.params) > 0 {
			return nil, refuse(codeSyntax, "parameters are not bound")
		}
		return c.perform(ctx, s, nil, autocommit)
	}
	a := &answer{}
	a.setU16(20, s.plan.kind)
	a.setU16(22, uint16(len(s.plan.params)))
	for _, p := range s.plan.params {
		describeParam(a, p)
	}
	return a, nil
}

func describeParam(a *answer, p colType) {
	code, flags, size := p.code(), uint16(0), int32(p.size)
	if p.name == "" {
		code, flags, size = tUnknown, 8, 0 // no more than a recommendation
	}
	if p.chars {
		size *= 4
	}
	if p.lob() {
		flags |= 2
	}
	a.i32(code)
	a.i32(size)
	a.i32(0)
	a.i32(1)
	a.u16(flags)
	a.i32(0)
	a.u16(0) // in
	a.u16(0)
	a.u16(uint16(len(p.name)))
	a.u16(0)
	a.u16(0)
	a.raw([]byte(p.name))
	if p.lob() {
		a.i32(1)
		a.u16(1)
	}
}

// preExecute announces parameters that come in pieces.
func (c *session) preExecute(s *statement, m *message) (*answer, error) {
	if s.plan == nil {
		return nil, refuse(codeClosed, "statement is not prepared")
	}
	s.put = map[int][]byte{}
	a := &answer{}
	a.setU16(20, s.plan.kind)
	return a, m.err
}

func (s *statement) putData(m *message) (*answer, error) {
	i, n := int(int16(m.u16At(20))), int(m.i32())
	m.i32()
	b := m.take(n)
	if m.err != nil {
		return nil, m.err
	}
	if s.plan == nil || i < 0 || i >= len(s.plan.params) {
		return nil, errMalformed
	}
	if s.put == nil {
		s.put = map[int][]byte{}
	}
	s.put[i] = append(s.put[i], b...)
	return &answer{}, nil
}

func (c *session) execute(ctx context.Context, s *statement, m *message) (*answer, error) {
	if s.plan == nil {
		return nil, refuse(codeClosed, "statement is not prepared")
	}
	count, rows := int(m.u16At(21)), m.i64At(24)
	if count != len(s.plan.params) || rows > 1 {
		return nil, refuse(codeUnsupported, "%d parameters of %d, %d rows", count, len(s.plan.params), rows)
	}
	args, err := s.arguments(m, count)
	if err != nil {
		return nil, err
	}
	c.forget(s)
	return c.perform(ctx, s, args, m.u8At(20) == 1)
}

// arguments reads the types and values of all parameters.
func (s *statement) arguments(m *message, count int) ([]any, error) {
	codes := make([]int32, count)
	for i := range codes {
		m.u8()
		codes[i] = m.i32()
		m.i32()
		m.i32()
	}
	args := make([]any, count)
	for i, code := range codes {
		n := int(m.u16())
		switch n {
		case 0xFFFE:
			continue
		case 0xFFFF:
			n = int(m.i32())
		}
		if m.err != nil || n > 0xFF00 && n < 0xFFFF {
			return nil, errMalformed
		}
		b := m.take(n)
		if m.err != nil {
			return nil, m.err
		}
		if n == 0 && s.put[i] != nil {
			b = s.put[i]
		}
		var err error
		if args[i], err = decode(code, b); err != nil {
			return nil, err
		}
	}
	s.put = nil
	return args, nil
}

// perform runs a statement and answers with what came of it.
func (c *session) perform(ctx context.Context, s *statement, args []any, autocommit bool) (*answer, error) {
	p := s.plan
	switch {
	case p.schema != "":
		return c.setSchema(ctx, p)
	case p.user != "":
		return c.manage(ctx, p)
	case p.ddl != nil:
		return c.define(ctx, p)
	}
	if p.write {
		if err := c.begin(ctx); err != nil {
			return nil, err
		}
	}
	a, err := c.runPlan(ctx, s, args)
	if p.write && autocommit {
		if err != nil {
			_ = c.rollback(ctx)
		} else {
			err = c.commit(ctx)
		}
	}
	return a, err
}

func (c *session) runPlan(ctx context.Context, s *statement, args []any) (*answer, error) {
	a := &answer{}
	a.setU16(20, s.plan.kind)
	if s.plan.kind == sqlSelect {
		rows, err := c.db.QueryContext(ctx, s.plan.sql, args...)
		if err != nil {
			return nil, err
		}
		if err := s.read(rows); err != nil {
			return nil, err
		}
		a.setU16(22, uint16(len(s.columns)))
		a.setI64(24, int64(len(s.rows)))
		for _, col := range s.columns {
			describeColumn(a, col)
		}
		n, err := c.pack(s, a, 0)
		a.setU16(35, uint16(n))
		return a, err
	}
	if s.plan.before != "" {
		var one int
		err := c.db.QueryRowContext(ctx, s.plan.before, args...).Scan(&one)
		if err == nil {
			return nil, refuse(codeUnique, "Violate unique constraint: two rows of the source are the same")
		} else if !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	res, err := c.db.ExecContext(ctx, s.plan.sql, args...)
	if err != nil {
		return nil, err
	}
	n, err := res.RowsAffected()
	a.setI64(24, n)
	a.setI64(43, 1)
	return a, err
}

func describeColumn(a *answer, col resultColumn) {
	flags := uint16(0)
	if col.typ.lob() {
		flags = 2
	}
	a.i32(col.typ.code())
	a.i32(int32(col.typ.size))
	a.i32(0)
	a.i32(1)
	a.u16(flags)
	a.raw(make([]byte, 6))
	a.u16(uint16(len(col.name)))
	a.u16(uint16(len(col.typ.name)))
	a.u16(0)
	a.u16(0)
	a.raw([]byte(col.name))
	a.raw([]byte(col.typ.name))
	if col.typ.lob() {
		a.i32(1)
		a.u16(1)
	}
}

// read takes in a whole result.
func (s *statement) read(rows *sql.Rows) error {
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	s.columns = make([]resultColumn, len(types))
	for i, t := range types {
		s.columns[i] = resultColumn{name: t.Name()}
		if d := t.DatabaseTypeName(); d != "" {
			s.columns[i].typ = parseType(d)
		}
	}
	for rows.Next() {
		values, into := make([]any, len(types)), make([]any, len(types))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if s.columns[i].typ.name == "" && v != nil {
				s.columns[i].typ = valueType(v)
			}
		}
		s.rows = append(s.rows, values)
	}
	for i := range s.columns {
		if s.columns[i].typ.name == "" {
			s.columns[i].typ = colType{name: "VARCHAR", size: 8188}
		}
	}
	return rows.Err()
}

// pack appends rows from start on, as many as suit a message, and tells how many.
func (c *session) pack(s *statement, a *answer, start int64) (int, error) {
	n := 0
	for i := start; i >= 0 && i < int64(len(s.rows)) && n < 30_000 && (n == 0 || len(a.body) < rowBytes); i++ {
		var row []byte
		for j, v := range s.rows[i] {
			var err error
			if row, err = c.appendValue(s, row, s.columns[j].typ, v); err != nil {
				return n, err
			}
		}
		a.u16(uint16(len(row)))
		a.i64(i + 1)
		a.raw(make([]byte, 2*len(s.columns)))
		a.raw(row)
		n++
	}
	return n, nil
}

func (c *session) appendValue(s *statement, row []byte, typ colType, v any) ([]byte, error) {
	w := answer{body: row}
	if v == nil {
		w.u16(0xFFFE)
		return w.body, nil
	}
	var b []byte
	var err error
	if typ.lob() {
		b = c.descriptor(s, typ, v)
	} else if b, err = encode(typ.code(), v); err != nil {
		return nil, err
	}
	if len(b) >= 0xFFFE {
		w.u16(0xFFFF)
		w.i32(int32(len(b)))
	} else {
		w.u16(uint16(len(b)))
	}
	w.raw(b)
	return w.body, nil
}

func (c *session) fetch(s *statement, m *message) (*answer, error) {
	start := m.i64At(20)
	if s.rows == nil && start > 0 {
		return nil, refuse(codeClosed, "no result to fetch from")
	}
	a := &answer{}
	a.setI64(20, int64(len(s.rows)))
	n, err := c.pack(s, a, start)
	a.setI32(28, int32(n))
	return a, err
}

func (c *session) setSchema(ctx context.Context, p *plan) (*answer, error) {
	u := c.server.user(p.schema)
	if u == nil || c.user.name != admin && u != c.user {
		return nil, refuse(codeNoTable, "Invalid schema name [%s]", p.schema)
	}
	if err := c.commit(ctx); err != nil {
		return nil, err
	}
	if err := c.enter(ctx, u); err != nil {
		return nil, err
	}
	a := &answer{}
	a.setU16(20, sqlSetSchema)
	a.str(p.schema)
	return a, nil
}

// manage makes and drops users.
func (c *session) manage(ctx context.Context, p *plan) (*answer, error) {
	if c.user.name != admin {
		return nil, refuse(codeNoRight, "No privilege")
	}
	a := &answer{}
	a.setU16(20, sqlDDL)
	if p.password != "" {
		return a, c.server.createUser(p.user, p.password)
	}
	return a, c.server.dropUser(p.user)
}

// define changes the schema. What was done before in the transaction is committed by it.
func (c *session) define(ctx context.Context, p *plan) (*answer, error) {
	if err := c.commit(ctx); err != nil {
		return nil, err
	}
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	for _, sql := range p.ddl.statements {
		if _, err := c.db.ExecContext(ctx, sql); err != nil {
			_ = c.rollback(ctx)
			return nil, err
		}
	}
	if err := c.commit(ctx); err != nil {
		return nil, err
	}
	c.schema.changed()
	a := &answer{}
	a.setU16(20, sqlDDL)
	return a, nil
}
