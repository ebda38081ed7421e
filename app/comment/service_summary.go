package comment

import (
	"context"
	"slices"

	"dingban/app/summary"
	"dingban/app/summary/entity"
)

// What is read and said at most.
const (
	maxSummed    = 1000 // comments, the latest
	maxSummary   = 300  // characters of all sentences
	maxFound     = 10   // people, times, amounts, places each
	maxToDos     = 20
	worthSumming = 400 // characters of what was written, below which a reader is faster
)

// Said is a sentence as somebody wrote it.
type Said struct {
	Text      string `json:"text" doc:"The sentence, without Markdown." example:"机柜周五到货，请张三周四前确认电源。"`
	CommentID *int64 `json:"commentId" nullable:"true" doc:"Comment it stands in; null for the description." example:"283746519330001"`
	Author    string `json:"author" doc:"Who wrote that comment; empty for the description." example:"李伟"`
}

// ToDo is a sentence that asks for something.
type ToDo struct {
	Said
	Who  []string `json:"who" doc:"Who is asked, as far as it is said." example:"[\"张三\"]"`
	When string   `json:"when" doc:"By when, as it is written; empty without." example:"周四前"`
	Done bool     `json:"done" doc:"Its box is ticked." example:"false"`
}

// Summary is what a task and its comments say, in their own sentences.
type Summary struct {
	Worth     bool     `json:"worth" doc:"There is enough text that a summary is shorter than reading it; otherwise everything else is empty." example:"true"`
	Sentences []Said   `json:"sentences" doc:"What matters most, in the order it was written, 300 characters together."`
	Phrases   []string `json:"phrases" doc:"Key phrases, best first."`
	People    []string `json:"people" doc:"People it speaks of, 10 at most, as all below."`
	Times     []string `json:"times" doc:"Times, as they are written."`
	Amounts   []string `json:"amounts" doc:"Amounts and quantities, as they are written."`
	Places    []string `json:"places" doc:"Places and organisations."`
	ToDos     []ToDo   `json:"todos" doc:"Sentences that ask for something, 20 at most."`
	Cut       bool     `json:"cut" doc:"There was more than is read: the latest 1,000 comments." example:"false"`
}

// Summary says in a few sentences what a task and its comments are about. It needs task:read. Nothing of it is stored, and
// nothing leaves the server.
func (s *Service) Summary(ctx context.Context, taskID int64) (Summary, error) {
	out := Summary{Sentences: []Said{}, Phrases: []string{}, People: []string{}, Times: []string{}, Amounts: []string{}, Places: []string{}, ToDos: []ToDo{}}
	r, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return out, err
	}
	texts, err := s.tasks.Texts(ctx, []int64{r.ID})
	if err != nil {
		return out, err
	}
	about := texts[r.ID]
	comments, err := s.read(ctx, "task_id = ? AND deleted_at = 0 ORDER BY id DESC LIMIT ?", r.ID, maxSummed+1)
	if err != nil {
		return out, err
	}
	if out.Cut = len(comments) > maxSummed; out.Cut {
		comments = comments[:maxSummed]
	}
	slices.Reverse(comments)
	messages := []summary.Message{{Text: about.Description}}
	length := len([]rune(about.Description))
	for i := range comments {
		length += len([]rune(comments[i].text))
		messages = append(messages, summary.Message{Author: s.people.Ref(ctx, comments[i].AuthorID).Name, Text: comments[i].text})
	}
	if out.Worth = length >= worthSumming; !out.Worth {
		return out, nil
	}
	everybody, err := s.people.Directory(ctx)
	if err != nil {
		return out, err
	}
	names := make([]string, len(everybody))
	for i, p := range everybody {
		names[i] = p.Name
	}
	report := summary.Thread(messages, summary.Options{Budget: min(maxSummary, length/3), Title: about.Title, Names: entity.NewNames(names)})
	said := func(span summary.Span, plain string) Said {
		x := Said{Text: plain, Author: messages[span.Message].Author}
		if span.Message > 0 {
			x.CommentID = &comments[span.Message-1].ID
		}
		return x
	}
	for _, x := range report.Sentences {
		out.Sentences = append(out.Sentences, said(x.Span, x.Plain))
	}
	for _, x := range report.Phrases {
		out.Phrases = append(out.Phrases, x.Plain)
	}
	seen := map[string]bool{}
	for _, x := range report.Entities {
		list, known := map[entity.Kind]*[]string{
			entity.Person: &out.People, entity.Time: &out.Times, entity.Amount: &out.Amounts, entity.Place: &out.Places, entity.Organisation: &out.Places,
		}[x.Kind]
		// The same thing is told once, as it was written first.
		if key := string(x.Kind) + x.Norm; known && !seen[key] && len(*list) < maxFound {
			seen[key] = true
			*list = append(*list, x.Text)
		}
	}
	for _, x := range report.ToDos[:min(len(report.ToDos), maxToDos)] {
		who := x.Who
		if who == nil {
			who = []string{}
		}
		out.ToDos = append(out.ToDos, ToDo{Said: said(x.Span, x.Plain), Who: who, When: x.DueText, Done: x.Done})
	}
	out.Cut = out.Cut || report.Cut
	return out, nil
}
