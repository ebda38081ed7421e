package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// States of what is to be sent.
const (
	waiting = "wait"
	sent    = "sent"
	dead    = "dead"
)

// outRow is something that a person is to be told by mail. Rows that go into one mail have one batch, which stays theirs
// however often the mail is tried, and is in its Message-ID.
type outRow struct {
	ID         int64  `xorm:"'id'"`
	PersonID   int64  `xorm:"'person_id'"`
	Seq        int64  `xorm:"'seq'"`
	At         int64  `xorm:"'at'"`
	ActorID    int64  `xorm:"'actor_id'"`
	Verb       string `xorm:"'verb'"`
	TaskID     int64  `xorm:"'task_id'"`
	ProjectID  int64  `xorm:"'project_id'"`
	DueAt      int64  `xorm:"'due_at'"`
	State      string `xorm:"'state'"`
	BatchID    int64  `xorm:"'batch_id'"`
	LeaseUntil int64  `xorm:"'lease_until'"`
	Tries      int64  `xorm:"'tries'"`
	DoneAt     int64  `xorm:"'done_at'"`
	Problem    []byte `xorm:"'problem'"`
}

const (
	outInsert  = "id, person_id, seq, at, actor_id, verb, task_id, project_id, due_at, state, batch_id, lease_until, tries, done_at"
	outColumns = outInsert + ", problem"
)

// TableName is for the check that rows and migrations agree.
func (outRow) TableName() string { return "notify_outbox" }

func problemCell(id int64) vault.Cell {
	return vault.Cell{Table: "notify_outbox", Column: "problem", Row: id}
}

func (s *Service) post(ctx context.Context, rows []outRow) error {
	values := make([][]any, len(rows))
	for i := range rows {
		r := &rows[i]
		values[i] = []any{r.ID, r.PersonID, r.Seq, r.At, r.ActorID, r.Verb, r.TaskID, r.ProjectID, r.DueAt, waiting, 0, 0, 0, 0}
	}
	if _, err := s.db.InsertIgnore(ctx, "notify_outbox", []string{"person_id", "seq"}, strings.Split(outInsert, ", "), values); err != nil {
		return fmt.Errorf("notify: post: %w", err)
	}
	return nil
}

func (s *Service) outbox(ctx context.Context, where string, args ...any) ([]outRow, error) {
	var rows []outRow
	if err := s.db.Session(ctx).SQL("SELECT "+outColumns+" FROM notify_outbox WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("notify: read the outbox: %w", err)
	}
	return rows, nil
}

// claim takes rows for a mail, those that nobody else has taken meanwhile.
func (s *Service) claim(ctx context.Context, rows []outRow, batch, now, until int64) ([]outRow, error) {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	args := append([]any{batch, until}, db.Args(ids)...)
	n, err := s.db.Exec(
		ctx, "UPDATE notify_outbox SET batch_id = ?, lease_until = ? WHERE id IN ("+db.Marks(len(ids))+") AND state = ? AND batch_id = ? AND lease_until <= ?",
		append(args, waiting, rows[0].BatchID, now)...,
	)
	if err != nil {
		return nil, fmt.Errorf("notify: claim: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	return s.outbox(ctx, "batch_id = ? AND state = ? AND lease_until = ? ORDER BY id", batch, waiting, until)
}

// settle writes how a mail ended: sent, to be tried again at a time, or given up.
func (s *Service) settle(ctx context.Context, rows []outRow, state string, dueAt, now int64, problem string) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		for i := range rows {
			var sealed any // nothing to say is NULL
			if problem != "" {
				bytes, err := s.out.Vault.SealText(problemCell(rows[i].ID), problem)
				if err != nil {
					return fmt.Errorf("notify: seal: %w", err)
				}
				sealed = bytes
			}
			tries := rows[i].Tries
			if state != sent {
				tries++
			}
			_, err := s.db.Exec(
				ctx, "UPDATE notify_outbox SET state = ?, due_at = ?, lease_until = 0, tries = ?, done_at = ?, problem = ? WHERE id = ? AND lease_until = ?",
				state, dueAt, tries, now, sealed, rows[i].ID, rows[i].LeaseUntil,
			)
			if err != nil {
				return fmt.Errorf("notify: settle: %w", err)
			}
		}
		return nil
	})
}

// revive gives what was given up another try and tells how many.
func (s *Service) revive(ctx context.Context, now int64) (int64, error) {
	n, err := s.db.Exec(ctx, "UPDATE notify_outbox SET state = ?, tries = 1, due_at = ? WHERE state = ?", waiting, now, dead)
	if err != nil {
		return 0, fmt.Errorf("notify: revive: %w", err)
	}
	return n, nil
}

// forget removes what was sent or given up before a time.
func (s *Service) forget(ctx context.Context, state string, before int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM notify_outbox WHERE state = ? AND done_at < ?", state, before); err != nil {
		return fmt.Errorf("notify: forget: %w", err)
	}
	return nil
}

// mailRow is the one row of settings.
type mailRow struct {
	ID       int64  `xorm:"'id'"`
	Enabled  bool   `xorm:"'enabled'"`
	Settings []byte `xorm:"'settings'"`
	Version  int64  `xorm:"'version'"`
}

// TableName is for the check that rows and migrations agree.
func (mailRow) TableName() string { return "notify_mail" }

const mailID = 1

func mailCell() vault.Cell {
	return vault.Cell{Table: "notify_mail", Column: "settings", Row: mailID}
}

func (s *Service) mailSettings(ctx context.Context) (MailSettings, error) {
	var rows []mailRow
	if err := s.db.Session(ctx).SQL("SELECT id, enabled, settings, version FROM notify_mail WHERE id = ?", mailID).Find(&rows); err != nil {
		return MailSettings{}, fmt.Errorf("notify: read the settings of mail: %w", err)
	}
	if len(rows) == 0 {
		return MailSettings{Port: 587, Security: "starttls"}, nil
	}
	plain, err := s.out.Vault.OpenText(mailCell(), rows[0].Settings)
	if err != nil {
		return MailSettings{}, fmt.Errorf("notify: open the settings of mail: %w", err)
	}
	var out storedMail
	if err := json.Unmarshal([]byte(plain), &out); err != nil {
		return MailSettings{}, fmt.Errorf("notify: open the settings of mail: %w", err)
	}
	out.MailSettings.password = out.Password
	out.MailSettings.Enabled, out.MailSettings.Version, out.MailSettings.HasPassword = rows[0].Enabled, rows[0].Version, out.Password != ""
	return out.MailSettings, nil
}

// storedMail is what is sealed: the settings with the password, which is never shown.
type storedMail struct {
	MailSettings
	Password string `json:"password"`
}

func (s *Service) saveMail(ctx context.Context, m MailSettings) error {
	plain, err := json.Marshal(storedMail{m, m.password})
	if err != nil {
		return fmt.Errorf("notify: save the settings of mail: %w", err)
	}
	sealed, err := s.out.Vault.SealText(mailCell(), string(plain))
	if err != nil {
		return fmt.Errorf("notify: seal the settings of mail: %w", err)
	}
	enabled := 0
	if m.Enabled {
		enabled = 1
	}
	err = s.db.Upsert(ctx, "notify_mail", []string{"id"}, []string{"id", "enabled", "settings", "version"}, [][]any{{mailID, enabled, sealed, m.Version}})
	if err != nil {
		return fmt.Errorf("notify: save the settings of mail: %w", err)
	}
	return nil
}

func (s *Service) mailEnabled(ctx context.Context) (bool, error) {
	var n int64
	if _, err := s.db.Session(ctx).SQL("SELECT COUNT(*) FROM notify_mail WHERE enabled = 1").Get(&n); err != nil {
		return false, fmt.Errorf("notify: read the settings of mail: %w", err)
	}
	return n > 0, nil
}
