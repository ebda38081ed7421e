package server

import (
	"context"
	"fmt"
	"io"

	"dingban/app/platform/lang"
	"dingban/app/server/demo"
)

// seed writes the demo data that is missing and shows the one-time passwords of the people it made.
func (a *App) seed(ctx context.Context, out io.Writer) error {
	report, err := demo.Seeder{Org: a.Modules.Org, Projects: a.Modules.Project, Tasks: demoTasks{a.Modules}, Clock: a.o.Clock}.Seed(ctx)
	if err != nil {
		return fmt.Errorf("server: the demo data could not be written: %w", err)
	}
	if report.People+report.Projects+report.Tasks == 0 {
		return nil
	}
	for _, language := range lang.Languages() {
		fmt.Fprintf(out, "  %s\n", a.Words.Text(language, "server.demo", map[string]any{
			"people": report.People, "projects": report.Projects, "tasks": report.Tasks,
		}))
	}
	for _, p := range report.Passwords {
		fmt.Fprintf(out, "    %-16s %s\n", p.Account, p.Password)
	}
	return nil
}
