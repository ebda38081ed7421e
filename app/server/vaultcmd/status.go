package vaultcmd

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
	"dingban/app/server"
	"dingban/configs"
)

// report is what status prints.
type report struct {
	KEK     string         `json:"kek"`
	Check   []string       `json:"check_values"` // Of KEK0; more than one would be a defect.
	Suite   string         `json:"suite"`
	KEKs    []kekReport    `json:"key_encryption_keys"`
	Keys    []keyReport    `json:"data_keys"`
	Columns []columnReport `json:"columns"`
	quick   bool
}

type kekReport struct {
	Version int64  `json:"version"`
	Suite   string `json:"suite"`
	State   string `json:"state"`
	Keys    int    `json:"data_keys"` // That it wraps.
	Created string `json:"created"`
	Retired string `json:"retired,omitempty"`
	// Destroyed is when it was.
	Destroyed string `json:"destroyed,omitempty"`
}

type keyReport struct {
	ID      uint32 `json:"id"`
	Purpose string `json:"purpose"`
	Epoch   int64  `json:"epoch"`
	KEK     int64  `json:"kek"`
	Used    int64  `json:"used"`
	State   string `json:"state"`
	// Rows need it, of which In tells where they are; both are left out when nobody counted.
	Rows      int64            `json:"rows"`
	In        map[string]int64 `json:"in,omitempty"`
	Created   string           `json:"created"`
	Emptied   string           `json:"emptied,omitempty"` // Since when nothing is known to need it.
	Destroyed string           `json:"destroyed,omitempty"`
}

// The states of a key.
const (
	stateActive    = "active"
	stateRetired   = "retired"
	stateDestroyed = "destroyed"
)

type columnReport struct {
	Column  string `json:"column"`
	Key     uint32 `json:"key"`
	Suite   string `json:"suite"`
	Moved   int64  `json:"moved"`
	Damaged int64  `json:"damaged"`
	Seen    int64  `json:"seen"`
	Total   int64  `json:"total"`
	Done    bool   `json:"done"`
}

func statusCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var asJSON, quick bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show the keys, how much they have sealed, and how far moving to new ones is", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Show the keys, how much they have sealed, and how far moving to new ones is. It needs no key and shows none.
Every row is looked at for the key it needs, which takes a while on a large database; --quick leaves that out.`,
	}
	cmd.RunE = run(&load, nil, func(cmd *cobra.Command, s *session) error {
		r, err := s.report(cmd, quick)
		if err != nil {
			return err
		}
		if asJSON {
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetIndent("", "  ")
			return enc.Encode(r)
		}
		return r.print(cmd)
	})
	load = configs.Flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&quick, "quick", false, "do not count the rows that need each key")
	return cmd
}

func (s *session) report(cmd *cobra.Command, quick bool) (report, error) {
	status, err := vault.ReadStatus(cmd.Context(), s.db)
	if err != nil {
		return report{}, err
	}
	r := report{KEK: s.config.Vault.KEK, Suite: s.config.Vault.Suite, Check: []string{}, KEKs: []kekReport{}, Keys: []keyReport{}, Columns: []columnReport{}, quick: quick}
	seen := map[string]bool{}
	for _, k := range status.KEKs {
		if k.DestroyedAt == 0 && !seen[k.RootCheck] {
			seen[k.RootCheck] = true
			r.Check = append(r.Check, k.RootCheck)
		}
		r.KEKs = append(r.KEKs, kekReportOf(k, status.Keys))
	}
	var uses reseal.Uses
	if !quick {
		if uses, err = s.counter().Count(cmd.Context()); err != nil {
			return report{}, err
		}
	}
	r.Keys = append(r.Keys, keyReports(status, uses)...)
	columns, err := reseal.Read(cmd.Context(), s.db)
	for _, p := range columns {
		r.Columns = append(r.Columns, columnReport{
			Column: p.Place, Key: p.Target.Key, Suite: p.Target.Suite, Moved: p.Moved, Damaged: p.Damaged, Seen: p.Seen, Total: p.Total, Done: p.Finished != 0,
		})
	}
	return r, err
}

func kekReportOf(k vault.KEKRecord, keys []vault.KeyRecord) kekReport {
	out := kekReport{
		Version: k.Version, Suite: vault.SuiteOf(k.Wrapped), State: stateActive, Created: at(k.CreatedAt), Retired: at(k.RetiredAt), Destroyed: at(k.DestroyedAt),
	}
	for _, key := range keys {
		if key.KEKVersion == k.Version && key.DestroyedAt == 0 {
			out.Keys++
		}
	}
	switch {
	case k.DestroyedAt != 0:
		out.State = stateDestroyed
	case k.RetiredAt != 0:
		out.State = stateRetired
	}
	return out
}

// keyReports tell of the data keys, with the rows that need them if somebody has counted.
func keyReports(status vault.Status, uses reseal.Uses) []keyReport {
	newest := map[string]int64{}
	for _, k := range status.Keys {
		newest[k.Purpose] = max(newest[k.Purpose], k.Epoch)
	}
	out := make([]keyReport, len(status.Keys))
	for i, k := range status.Keys {
		out[i] = keyReport{
			ID: k.ID, Purpose: k.Purpose, Epoch: k.Epoch, KEK: k.KEKVersion, Used: k.Used, State: stateRetired, Rows: uses.Total(k.ID), In: uses[k.ID],
			Created: at(k.CreatedAt), Emptied: at(k.EmptiedAt), Destroyed: at(k.DestroyedAt),
		}
		switch {
		case k.DestroyedAt != 0:
			out[i].State = stateDestroyed
		case k.Epoch == newest[k.Purpose]:
			out[i].State = stateActive
		}
	}
	return out
}

// keptFor says why a retired key stays when all that needs it is what is never sealed anew.
func keptFor(k keyReport) string {
	if k.State != stateRetired || k.Rows == 0 {
		return ""
	}
	for place := range k.In {
		if !slices.ContainsFunc(server.Sealed(), func(c vault.Column) bool { return c.Kept && c.Place() == place }) {
			return ""
		}
	}
	if k.In["journal.changes"]+k.In["journal_inbox.changes"] > 0 {
		return ", kept for the journal until its retention cuts them"
	}
	return ", kept for a day for repeated requests"
}

func at(millis int64) string {
	if millis == 0 {
		return ""
	}
	return time.UnixMilli(millis).UTC().Format(time.RFC3339)
}

// needed tells how many rows need a key, and why a retired one stays.
func (r report) needed(k keyReport) string {
	switch {
	case r.quick:
		return "not counted"
	case k.Rows > 0:
		return fmt.Sprintf("%d rows%s", k.Rows, keptFor(k))
	case k.State == stateRetired && k.Emptied != "":
		return "nothing since " + k.Emptied
	}
	return "nothing"
}

func (r report) print(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "KEK0\t%s\tcheck value %v\n", r.KEK, r.Check)
	fmt.Fprintf(w, "SUITE\t%s\n\n", r.Suite)
	fmt.Fprintln(w, "KEK\tSUITE\tSTATE\tDATA KEYS\tCREATED\tRETIRED\tDESTROYED")
	for _, k := range r.KEKs {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\t%s\n", k.Version, k.Suite, k.State, k.Keys, k.Created, k.Retired, k.Destroyed)
	}
	fmt.Fprintln(w, "\nKEY\tPURPOSE\tEPOCH\tKEK\tSEALED\tSTATE\tCREATED\tDESTROYED\tNEEDED BY")
	for _, k := range r.Keys {
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", k.ID, k.Purpose, k.Epoch, k.KEK, k.Used, k.State, k.Created, k.Destroyed, r.needed(k))
	}
	fmt.Fprintln(w, "\nCOLUMN\tKEY\tSUITE\tMOVED\tDAMAGED\tSTATE")
	for _, c := range r.Columns {
		state := fmt.Sprintf("%d of %d", c.Seen, c.Total)
		if c.Done {
			state = "done"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%d\t%s\n", c.Column, c.Key, c.Suite, c.Moved, c.Damaged, state)
	}
	return w.Flush()
}
