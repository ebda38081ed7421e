package doctor

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dingban/dialects"
)

func (e *examination) privileges(ctx context.Context) {
	switch e.d.Name() {
	case dialects.MySQL:
		e.mysqlPrivileges(ctx)
	case dialects.Dameng:
		e.damengPrivileges(ctx)
	default:
		e.filePrivileges(ctx)
	}
}

func (e *examination) unreadable(check string, err error) {
	e.add(check, Warning, "not_readable", map[string]any{"check": check, "error": err.Error()})
}

func (e *examination) lines(ctx context.Context, query string) (list []string, err error) {
	rows, err := e.pool.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		list = append(list, line)
	}
	return list, rows.Err()
}

// judge adds the findings about an account; each fix is the statements that an administrator runs.
func (e *examination) judge(account string, missing []string, grant string, more, revoke []string) {
	if len(missing) > 0 {
		e.add("privileges", Failed, "privileges_missing", map[string]any{"account": account, "privileges": strings.Join(missing, ", "), "fix": grant + ";"})
	} else {
		e.add("privileges", OK, "privileges_enough", map[string]any{"account": account})
	}
	if len(more) > 0 {
		// What is taken away may have been all that the account had, so what it needs is granted first.
		fix := strings.Join(append([]string{grant}, revoke...), "; ") + ";"
		e.add("privileges_more", Warning, "privileges_more", map[string]any{"account": account, "privileges": strings.Join(more, ", "), "fix": fix})
	}
}

func (e *examination) mysqlPrivileges(ctx context.Context) {
	needed := []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"} // rows, and the steps of migrations
	account, ok := e.ask(ctx, "privileges", "SELECT CURRENT_USER()")
	if !ok {
		return
	}
	database, ok := e.ask(ctx, "privileges", "SELECT DATABASE()")
	if !ok {
		return
	}
	version, ok := e.ask(ctx, "privileges", "SELECT VERSION()")
	if !ok {
		return
	}
	at := strings.LastIndex(account, "@")
	quoted := quoteText(account[:max(at, 0)]) + "@" + quoteText(account[at+1:])
	mariaDB := strings.Contains(version, "MariaDB")
	direct, roles, err := e.grants(ctx, quoted, mariaDB)
	if err != nil {
		e.unreadable("privileges", err)
		return
	}

	// MySQL's names of databases are patterns in a grant, unless partial revokes are on.
	pattern := strings.ReplaceAll(database, "`", "``")
	var literal sql.NullString
	if err := e.pool.QueryRowContext(ctx, "SELECT @@partial_revokes").Scan(&literal); err != nil || literal.String != "1" {
		pattern = strings.NewReplacer(`\`, `\\`, "_", `\_`, "%", `\%`).Replace(pattern)
	}
	// All that is needed, not just what is missing: of several patterns that fit, MySQL heeds one.
	grant := "GRANT " + strings.Join(needed, ", ") + " ON `" + pattern + "`.* TO " + quoted

	held := holding(slices.Concat(direct, roles), database)
	missing := slices.DeleteFunc(slices.Clone(needed), func(p string) bool { return held[p] || held["ALL PRIVILEGES"] })
	more, revoke := excess(direct, database, quoted)
	if moreByRole, _ := excess(roles, database, quoted); len(moreByRole) > 0 {
		var names []string
		for _, g := range roles {
			if g.by != "" && !slices.Contains(names, g.by) {
				names = append(names, g.by)
			}
		}
		for _, m := range moreByRole {
			if !slices.Contains(more, m) {
				more = append(more, m)
			}
		}
		for _, n := range names {
			revoke = append(revoke, "REVOKE "+n+" FROM "+quoted)
		}
	}
	e.judge(account, missing, grant, more, revoke)
}

// grants are what the account has itself, and what it has by the roles that are active.
func (e *examination) grants(ctx context.Context, quoted string, mariaDB bool) (direct, roles []grant, err error) {
	query := "SHOW GRANTS FOR " + quoted // named, because CURRENT_USER() would add the active roles
	if mariaDB {
		query = "SHOW GRANTS"
	}
	list, err := e.lines(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	for _, line := range list {
		switch g, ok := parseGrant(line); {
		case !ok:
		case mariaDB && !strings.Contains(g.to, "@"):
			g.by = g.to
			roles = append(roles, g)
		default:
			direct = append(direct, g)
		}
	}
	var active sql.NullString
	if err := e.pool.QueryRowContext(ctx, "SELECT CURRENT_ROLE()").Scan(&active); mariaDB || err != nil || active.String == "" || active.String == "NONE" {
		return direct, roles, nil //nolint:nilerr // MySQL 5.7 has no roles
	}
	if list, err = e.lines(ctx, "SHOW GRANTS FOR "+quoted+" USING "+active.String); err != nil {
		return nil, nil, err
	}
	for _, line := range list {
		g, ok := parseGrant(line)
		if !ok {
			continue
		}
		g.by = active.String
		for _, d := range direct { // of the two together, what the roles add
			if d.on == g.on && d.revoked == g.revoked {
				g.privileges = slices.DeleteFunc(g.privileges, func(p string) bool { return slices.Contains(d.privileges, p) })
			}
		}
		roles = append(roles, g)
	}
	return direct, roles, nil
}

// grant is one line of SHOW GRANTS about privileges. The line itself is never kept: MariaDB writes password hashes into it.
type grant struct {
	privileges []string
	on         string // as the server wrote it: *.*, `pattern`.*, `database`.`table`
	to, by     string // by is the role
	revoked    bool   // a partial revoke of MySQL 8
}

func parseGrant(line string) (grant, bool) {
	var g grant
	rest, granted := strings.CutPrefix(line, "GRANT ")
	verb := " TO "
	if !granted {
		if rest, g.revoked = strings.CutPrefix(line, "REVOKE "); !g.revoked {
			return g, false
		}
		verb = " FROM "
	}
	list, rest, ok := cutOutside(rest, " ON ")
	if !ok { // a role
		return g, false
	}
	if g.on, rest, ok = cutOutside(rest, verb); !ok {
		return g, false
	}
	for _, p := range strings.Split(list, ",") {
		p = strings.TrimSpace(p)
		if p == "PROXY" {
			return g, false
		}
		if p != "USAGE" {
			g.privileges = append(g.privileges, p)
		}
	}
	if strings.HasSuffix(rest, " WITH GRANT OPTION") {
		g.privileges = append(g.privileges, "GRANT OPTION")
	}
	g.to, _, _ = cutOutside(rest, " ")
	return g, true
}

// cutOutside is strings.Cut that does not look into quoted names.
func cutOutside(s, sep string) (before, after string, found bool) {
	var quote byte
	for i := range len(s) {
		switch {
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case strings.HasPrefix(s[i:], sep):
			return s[:i], s[i+len(sep):], true
		case s[i] == '`' || s[i] == '\'':
			quote = s[i]
		}
	}
	return s, "", false
}

// own tells whether the object of a grant is the whole of a database.
func (g grant) own(database string) bool {
	p, whole := strings.CutSuffix(g.on, "`.*")
	p = strings.ReplaceAll(strings.TrimPrefix(p, "`"), "``", "`")
	return whole && (p == database || like(p, database))
}

func like(pattern, s string) bool {
	if pattern == "" {
		return s == ""
	}
	switch c := pattern[0]; {
	case c == '%':
		return like(pattern[1:], s) || s != "" && like(pattern, s[1:])
	case s == "":
		return false
	case c == '_':
		return like(pattern[1:], s[1:])
	case c == '\\' && len(pattern) > 1:
		pattern = pattern[1:]
	}
	return pattern[0] == s[0] && like(pattern[1:], s[1:])
}

func holding(list []grant, database string) map[string]bool {
	held := map[string]bool{}
	for _, g := range list {
		if g.on == "*.*" && !g.revoked {
			for _, p := range g.privileges {
				held[p] = true
			}
		}
	}
	for _, g := range list {
		if !g.own(database) {
			continue
		}
		for _, p := range g.privileges {
			held[p] = !g.revoked
		}
	}
	return held
}

// excess is what reaches beyond the server's own database, or may be handed on.
func excess(list []grant, database, quoted string) (more, revoke []string) {
	for _, g := range list {
		extra := slices.Clone(g.privileges)
		if g.own(database) {
			extra = slices.DeleteFunc(extra, func(p string) bool { return p != "GRANT OPTION" })
		} else if strings.HasPrefix(g.on, strings.TrimSuffix("`"+database+"`.*", "*")) {
			extra = nil // one of its own tables
		}
		if g.revoked || len(extra) == 0 {
			continue
		}
		more = append(more, strings.Join(extra, ", ")+" ON "+g.on)
		revoke = append(revoke, "REVOKE "+strings.Join(extra, ", ")+" ON "+g.on+" FROM "+quoted)
	}
	return more, revoke
}

func quoteText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(s) + "'"
}

// damengPrivileges: an owner may do all with its own tables, so it needs only to be able to make them. The views are
// those of Oracle, which Dameng has too; one that cannot be read is a finding.
func (e *examination) damengPrivileges(ctx context.Context) {
	account, ok := e.ask(ctx, "privileges", `SELECT "USERNAME" FROM USER_USERS`)
	if !ok {
		return
	}
	held, err := e.lines(ctx, `SELECT "PRIVILEGE" FROM SESSION_PRIVS`)
	if err != nil {
		e.unreadable("privileges", err)
		return
	}
	direct, err := e.lines(ctx, `SELECT "PRIVILEGE" FROM USER_SYS_PRIVS`)
	if err != nil {
		e.unreadable("privileges", err)
		return
	}
	roles, err := e.lines(ctx, `SELECT GRANTED_ROLE FROM USER_ROLE_PRIVS`)
	if err != nil {
		e.unreadable("privileges", err)
		return
	}
	quoted := `"` + strings.ReplaceAll(account, `"`, `""`) + `"`
	var missing, more, revoke []string
	if !slices.Contains(held, "CREATE TABLE") && !slices.Contains(held, "CREATE ANY TABLE") {
		missing = []string{"CREATE TABLE"}
	}
	if slices.Contains(roles, "DBA") {
		more, revoke = []string{"DBA"}, []string{"REVOKE DBA FROM " + quoted}
	}
	for _, p := range direct {
		if strings.Contains(p, " ANY ") {
			more, revoke = append(more, p), append(revoke, "REVOKE "+p+" FROM "+quoted)
		}
	}
	e.judge(account, missing, "GRANT CREATE TABLE TO "+quoted, more, revoke)
}

// filePrivileges: the file is for its owner alone, and SQLite makes its log beside it.
func (e *examination) filePrivileges(ctx context.Context) {
	file, ok := e.ask(ctx, "privileges", "SELECT file FROM pragma_database_list WHERE name = 'main'")
	if !ok || file == "" {
		return
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		e.unreadable("file_mode", err)
	case info.Mode().Perm()&0o077 != 0:
		e.add("file_mode", Warning, "file_open", map[string]any{"file": file, "mode": info.Mode().Perm().String(), "fix": "chmod 600 '" + strings.ReplaceAll(file, "'", `'\''`) + "'"})
	default:
		e.add("file_mode", OK, "file_private", map[string]any{"file": file, "mode": info.Mode().Perm().String()})
	}
	folder := filepath.Dir(file)
	probe, err := os.CreateTemp(folder, ".dingban-doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		e.add("folder", Failed, "folder_closed", map[string]any{"folder": folder, "error": err.Error()})
		return
	}
	e.add("folder", OK, "folder_writable", map[string]any{"folder": folder})
}
