package servertest

// Refusal is a request and how it has to be refused.
type Refusal struct {
	method, path    string
	body            any
	status          int
	code            string
	location, field string
}

// Refuse is a request that has to be refused with a status and a code; field is where and with which code, if it is
// because of one field alone.
func Refuse(method, path string, body any, status int, code string, field ...string) Refusal {
	r := Refusal{method: method, path: path, body: body, status: status, code: code}
	if len(field) > 0 {
		r.location, r.field = field[0], field[1]
	}
	return r
}

// Refused sends each request in both languages and wants it refused as it says, in words of that language.
func (c *Client) Refused(refusals ...Refusal) {
	c.t.Helper()
	before := c.Language
	defer func() { c.Language = before }()
	for _, r := range refusals {
		details := map[string]bool{}
		for _, c.Language = range []string{"zh-CN", "en"} {
			p := c.Do(r.method, r.path, r.body).Problem(r.status, r.code)
			if r.location == "" && len(p.Errors) != 0 || r.location != "" && (len(p.Errors) != 1 || p.Errors[0].Location != r.location || p.Errors[0].Code != r.field) {
				c.t.Errorf("%s %s %v: %+v", r.method, r.path, r.body, p.Errors)
			}
			details[p.Detail] = true
		}
		if len(details) != 2 {
			c.t.Errorf("%s %s has words of one language: %v", r.method, r.path, details)
		}
	}
}
