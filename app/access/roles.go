package access

import (
	"maps"
	"slices"
	"strings"
)

// The built-in roles. The three administrators exclude each other: nobody both runs the system, gives rights and
// reads the trail of it.
const (
	SystemAdmin   = "system_admin"
	SecurityAdmin = "security_admin"
	AuditAdmin    = "audit_admin"
	Everybody     = "member" // every person has it, it is never stored
)

// The roles in a project.
const (
	Owner   = "owner"
	Manager = "manager"
	Worker  = "member"
	Viewer  = "viewer"
)

// Role is a named set of grants.
type Role struct {
	ID        string
	Exclusive bool // at most one exclusive role a person
	Grants    []Grant
}

// permissions is the one list of what can be permitted: whatever checks, shows or documents permissions reads it.
var permissions = [...]string{
	"organisation:update",
	"department:read", "department:create", "department:update", "department:delete",
	"person:read", "person:create", "person:update", "person:disable", "person:reset_password",
	"role:read", "role:assign",
	"project:create", "project:read", "project:update", "project:delete", "project:manage_members",
	"board:update",
	"task:read", "task:create", "task:update", "task:delete", "task:move",
	"task:import", "task:export",
	"comment:create", "comment:update", "comment:delete",
	"file:create", "file:delete",
	"field:manage", "plan:manage", "view:share",
	"worklog:create", "worklog:update", "worklog:delete",
	"preset:manage", "workday:manage", "channel:manage", "mailin:manage",
	"audit:read", "audit:verify",
	"session:read", "session:revoke",
	"system:read",
}

// Permissions lists every permission there is, in the order people read them.
func Permissions() []string { return permissions[:len(permissions):len(permissions)] }

// Known tells whether there is such a permission.
func Known(permission string) bool { return slices.Contains(permissions[:], permission) }

func all(names ...string) []Grant {
	grants := make([]Grant, 0, len(names))
	for _, name := range names {
		grants = append(grants, Grant{Permission: name, Range: All})
	}
	return grants
}

// BuiltIn gives the roles the product comes with.
func BuiltIn() []Role {
	return []Role{
		{ID: SystemAdmin, Exclusive: true, Grants: all(
			"organisation:update",
			"department:read", "department:create", "department:update", "department:delete",
			"person:read", "person:create", "person:update", "person:disable", "person:reset_password",
			"role:read", // to see whom to ask; giving roles is the security administrator's
			"preset:manage", "workday:manage", "channel:manage", "mailin:manage",
			"system:read",
		)},
		{ID: SecurityAdmin, Exclusive: true, Grants: all("role:read", "role:assign", "session:read", "session:revoke")},
		{ID: AuditAdmin, Exclusive: true, Grants: all("audit:read", "audit:verify", "role:read")},
		{ID: Everybody, Grants: all("project:create", "department:read", "person:read")},
	}
}

// ProjectRoles gives what each role in a project permits there. Ranges work inside the project: a member deletes the
// tasks and comments they made, a manager any.
func ProjectRoles() []Role {
	viewer := all("project:read", "task:read")
	worker := append(slices.Clone(viewer), all(
		"task:create", "task:update", "task:move", "task:export", "comment:create", "file:create", "view:share", "worklog:create",
	)...)
	worker = append(
		worker,
		Grant{Permission: "task:delete", Range: Own},
		Grant{Permission: "comment:update", Range: Own},
		Grant{Permission: "comment:delete", Range: Own},
		Grant{Permission: "file:delete", Range: Own},
		Grant{Permission: "worklog:update", Range: Own},
		Grant{Permission: "worklog:delete", Range: Own},
	)
	manager := append(slices.Clone(worker), all(
		"project:update", "project:manage_members", "board:update", "task:delete", "task:import", "comment:delete", "file:delete",
		"field:manage", "plan:manage", "worklog:update", "worklog:delete",
	)...)
	owner := append(slices.Clone(manager), all("project:delete")...)
	return []Role{
		{ID: Owner, Grants: owner},
		{ID: Manager, Grants: manager},
		{ID: Worker, Grants: worker},
		{ID: Viewer, Grants: viewer},
	}
}

// openPermissions are the ones that the visibility of a project gives to people who are no members of it.
func openPermission(permission string) bool {
	return permission == "project:read" || permission == "task:read"
}

// table answers "what does this role permit under this name" without walking lists on every request.
type table map[string]map[string][]Grant

func newTable(roles []Role) table {
	t := table{}
	for _, role := range roles {
		byName := map[string][]Grant{}
		for _, g := range role.Grants {
			byName[g.Permission] = append(byName[g.Permission], g)
		}
		t[role.ID] = byName
	}
	return t
}

func (t table) permissionsOf(roles []string) []string {
	names := map[string]bool{}
	for _, role := range roles {
		for name := range t[role] {
			names[name] = true
		}
	}
	return slices.SortedFunc(maps.Keys(names), strings.Compare)
}
