package exchange

import (
	"context"
	"io"

	"dingban/app/access"
	"dingban/app/comment"
	"dingban/app/label"
	"dingban/app/platform/blob"
	"dingban/app/platform/fault"
)

const (
	// MaxImport is how many bytes a file to be brought in has at most, and maxImportTasks how many tasks.
	MaxImport      = 20 << 20
	maxImportTasks = 20_000
	// batch is how much is made in one transaction, counting tasks and comments.
	batch = 200
	// keptImport is how long a file waits for what becomes of it.
	keptImport = 24 * hour
	// sampled is how many rows are shown, maxShownProblems how many problems are told one by one.
	sampled          = 5
	maxShownProblems = 1_000
	maxShownNames    = 200
	// maxTaskLabels, maxLabelName and maxEstimate are the limits of labels and tasks.
	maxTaskLabels = 15
	maxLabelName  = 30
	maxStateName  = 100
	maxEstimate   = 525_600
)

// The kinds of files that tasks come from, besides CSV and XLSX.
const (
	Trello = "trello"
	Jira   = "jira"
)

// Source is a file that was sent to be brought in.
type Source struct {
	ID      int64    `json:"id" doc:"Id of the import; the file waits under it for 24 hours." example:"283746519395001"`
	Kind    string   `json:"kind" enum:"csv,xlsx,trello,jira" doc:"What the file was recognised as." example:"csv"`
	Columns []Column `json:"columns" doc:"Columns of a table, with what each was taken for; empty for trello and jira, which say it themselves."`
	Indent  bool     `json:"indent" doc:"Blanks before titles show what is a part of what." example:"false"`
}

// Column is one column of a table.
type Column struct {
	Index   int      `json:"index" doc:"Place of the column, from 0." example:"0"`
	Header  string   `json:"header" doc:"Its header." example:"任务名称"`
	Field   string   `json:"field" doc:"What it was taken for, such as title; custom keeps its values in the description, empty leaves it out." example:"title"`
	Samples []string `json:"samples" doc:"What stands in it in the first rows."`
}

// Choice says what a column is.
type Choice struct {
	Index int    `json:"index" minimum:"0" maximum:"499" doc:"Place of the column, from 0." example:"0"`
	Field string `json:"field" maxLength:"20" doc:"What it is: title, description, key, parent, level, outline, state, done, priority, type, assignee, follower, creator, labels, start, due, created, updated, finished, estimate, remaining, spent, progress, iteration, checklist, comment, attachment or custom; empty leaves it out." example:"title"`
}

// Settings are what people decide about a file.
type Settings struct {
	Columns    []Choice
	MakeStates bool
	MakeLabels bool
}

// Preview says what would become of a file.
type Preview struct {
	Tasks      int       `json:"tasks" doc:"How many tasks would be made." example:"120"`
	Subtasks   int       `json:"subtasks" doc:"How many of them would be parts of others." example:"30"`
	Comments   int       `json:"comments" doc:"How many comments would be made, in the name of whoever brings them in; author and time stand in the text." example:"12"`
	Checklists int       `json:"checklists" doc:"How many tasks have a checklist; it becomes a list in the description." example:"4"`
	States     []string  `json:"states" doc:"States that the project does not have, at most 200."`
	Labels     []string  `json:"labels" doc:"Labels that the project does not have, at most 200."`
	Strangers  []string  `json:"strangers" doc:"People who were not found in the project or might be several, at most 200; they stay as text in the description."`
	Failures   int       `json:"failures" doc:"How many rows cannot come in." example:"1"`
	Warnings   int       `json:"warnings" doc:"How many values are left out or were guessed." example:"3"`
	Problems   []Trouble `json:"problems" doc:"What is wrong, by row and column, at most 1,000."`
}

// Trouble is one thing that is wrong with a file.
type Trouble struct {
	Severity string `json:"severity" enum:"note,warning,failure" doc:"failure: the row does not come in; warning: a value is left out or was guessed; note: nothing to do." example:"warning"`
	Row      int    `json:"row" doc:"Row, or place among the cards, from 1; 0 is the whole file." example:"7"`
	Column   int    `json:"column" doc:"Column from 1; 0 is the whole row." example:"3"`
	Header   string `json:"header" doc:"Header of the column." example:"截止时间"`
	Code     string `json:"code" doc:"Stable code." example:"value.date"`
	Message  string `json:"message" doc:"In words." example:"“下个世纪”不是日期"`
}

// Progress says how far an import is.
type Progress struct {
	Total    int  `json:"total" doc:"How many tasks are to be made." example:"120"`
	Done     int  `json:"done" doc:"How many of them are made." example:"80"`
	Finished bool `json:"finished" doc:"Nothing is left to do." example:"false"`
}

// Needs are what the service is made of.
type Needs struct {
	People   People
	Projects Projects
	States   States
	Tasks    Tasks
	Labels   Labels
	Comments Comments
	Access   Access
	Objects  blob.Store
}

// Labels is what an import needs of labels.
type Labels interface {
	Of(ctx context.Context, projectID, version int64) ([]label.Label, error)
	Create(ctx context.Context, projectID int64, d label.Draft) (label.Label, error)
}

// Comments makes comments.
type Comments interface {
	Add(ctx context.Context, taskID int64, text string) (comment.Comment, error)
}

// Access decides whether a person could be responsible for a task of a project.
type Access interface {
	Can(ctx context.Context, permission string, t access.Target) bool
}

func errNoImport() *fault.Error { return fault.NotFound("import") }

// imported is what the journal tells of an import.
type imported struct {
	Format string `journal:"format"`
	Tasks  int    `journal:"tasks"`
}

// content reads what waits in the store.
func (s *Service) content(ctx context.Context, id int64) ([]byte, error) {
	r, _, err := s.needs.Objects.Open(ctx, objectKey(id))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
