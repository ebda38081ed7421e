package comment

import (
	"context"
	"slices"
	"strconv"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/markdown"
	"dingban/app/platform/ref"
	"dingban/app/task"
)

// mentioned gives the people a text speaks to, each once.
func mentioned(text string) []int64 {
	var ids []int64
	for _, m := range markdown.Parse(text).Mentions() {
		id, err := strconv.ParseInt(m.ID, 10, 64)
		if m.Target != markdown.Person || err != nil || id < 1 || id > ref.MaxID || slices.Contains(ids, id) {
			continue
		}
		if ids = append(ids, id); len(ids) == maxMentions {
			break
		}
	}
	return ids
}

// whole is a comment with its reactions.
func (s *Service) whole(ctx context.Context, c *said) (Comment, error) {
	one := []Comment{s.comment(ctx, c)}
	err := s.addReactions(ctx, one)
	return one[0], err
}

// addReactions reads what was answered to all of these comments, with one statement.
func (s *Service) addReactions(ctx context.Context, items []Comment) error {
	if len(items) == 0 {
		return nil
	}
	ids := make([]int64, len(items))
	at := make(map[int64]int, len(items))
	for i := range items {
		ids[i], at[items[i].ID] = items[i].ID, i
	}
	given, err := s.reactions(ctx, ids)
	if err != nil {
		return err
	}
	who, _ := actor.From(ctx)
	for _, g := range given {
		c := &items[at[g.commentID]]
		i := slices.IndexFunc(c.Reactions, func(r Reaction) bool { return r.Name == g.name })
		if i < 0 {
			i = len(c.Reactions)
			c.Reactions = append(c.Reactions, Reaction{Name: g.name})
		}
		r := &c.Reactions[i]
		r.People = append(r.People, s.people.Ref(ctx, g.personID))
		r.Mine = r.Mine || g.personID == who.PersonID
	}
	return nil
}

// answer is what the journal keeps of a reaction.
type answer struct {
	Comment  *int64 `journal:"comment"`
	Reaction string `journal:"reaction"`
}

// React answers a comment with a reaction or takes it back; it needs comment:create. What is so already stays so, and
// the comment keeps its version: an open editor of it is not disturbed.
func (s *Service) React(ctx context.Context, id int64, name string, given bool) (Comment, error) {
	var check input.Check
	check.OneOf("path.name", name, Reactions()...)
	if err := check.Err(); err != nil {
		return Comment{}, err
	}
	who, _ := actor.From(ctx)
	var out Comment
	err := s.onComment(ctx, id, "comment:create", func(ctx context.Context, r task.Seen, c *said) error {
		change, verb := s.unreact, "comment.unreact"
		if given {
			change, verb = s.react, "comment.react"
		}
		changed, err := change(ctx, reaction{commentID: c.ID, name: name, personID: who.PersonID}, clock.Millis(s.clock))
		if err != nil {
			return err
		}
		if out, err = s.whole(ctx, c); err != nil || !changed {
			return err
		}
		before, after := answer{}, answer{Comment: &c.ID, Reaction: name}
		if !given {
			before, after = answer{Reaction: name}, answer{Comment: &c.ID}
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "comment", Verb: verb, Ref: ref.To("task", r.ID), ProjectID: r.ProjectID, Changes: journal.Diff(before, after),
		})
	})
	return out, err
}
