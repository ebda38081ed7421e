package task

import (
	"context"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
)

// maxFollowers bounds who hears of one task.
const maxFollowers = 100

// audience is what the journal tells of followers.
type audience struct {
	Followers []int64 `journal:"followers"`
}

// Followers lists who follows a task. It needs task:read.
func (s *Service) Followers(ctx context.Context, id int64) (FollowerList, error) {
	if _, _, err := s.readable(ctx, id); err != nil {
		return FollowerList{}, err
	}
	all, err := s.linked(ctx, followerLinks, []int64{id})
	if err != nil {
		return FollowerList{}, err
	}
	return s.followers(ctx, all[id]), nil
}

func (s *Service) followers(ctx context.Context, ids []int64) FollowerList {
	who, _ := actor.From(ctx)
	return FollowerList{Items: s.people.Refs(ctx, ids), Mine: slices.Contains(ids, who.PersonID)}
}

// Follow makes somebody a follower or ends it. Oneself needs task:read, somebody else task:update.
func (s *Service) Follow(ctx context.Context, id, personID int64, follow bool) (FollowerList, error) {
	who, _ := actor.From(ctx)
	permission := "task:read"
	if personID != who.PersonID {
		permission = "task:update"
	}
	var out FollowerList
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.one(ctx, true, "t.id = ?", id)
		if err != nil {
			return err
		}
		h, err := s.may(ctx, permission, &r)
		if err != nil {
			return err
		}
		all, err := s.linked(ctx, followerLinks, []int64{id})
		if err != nil {
			return err
		}
		before := all[id]
		out = s.followers(ctx, before)
		if slices.Contains(before, personID) == follow {
			return nil
		}
		after := slices.DeleteFunc(slices.Clone(before), func(p int64) bool { return p == personID })
		if follow {
			var c input.Check
			if len(before) >= maxFollowers {
				c.Add("path.person", "field.too_many", "max", maxFollowers)
			} else if err := s.CheckPeople(ctx, &c, "path.person", h, []int64{personID}); err != nil {
				return err
			}
			if err := c.Err(); err != nil {
				return err
			}
			after = append(after, personID)
			slices.Sort(after)
		}
		if err := s.replaceLinks(ctx, followerLinks, id, before, after); err != nil {
			return err
		}
		out = s.followers(ctx, after)
		return s.append(ctx, "task.follow", &r, journal.Diff(audience{before}, audience{after}))
	})
	return out, err
}
