package installer

import (
	"context"
	"errors"

	"dingban/compose"
	"dingban/installer/engine"
	"dingban/installer/progress"
)

func (s *stack) imagesDone(ctx context.Context) (bool, error) {
	return imagesThere(ctx, s.engine, s.settings())
}

func imagesThere(ctx context.Context, e *engine.Engine, settings Settings) (bool, error) {
	for n, image := range settings.Images.List() {
		id, err := e.ImageID(ctx, image.Reference)
		if err != nil {
			return false, err
		}
		if id == "" || !settings.Pull && (n >= len(settings.ImageIDs) || id != settings.ImageIDs[n]) {
			return false, nil
		}
	}
	return true, nil
}

func (s *stack) loadImages(ctx context.Context, report func(progress.Event)) error {
	if s.settings().Pull {
		for n, image := range s.settings().Images.List() {
			report(progress.Event{Text: s.words.text("up.service", "service", compose.Services()[n], "state", image.Reference)})
			if err := s.engine.Pull(ctx, image.Reference); err != nil {
				return err
			}
		}
		return nil
	}
	if s.bundle == nil {
		return errors.New("installer: the images are gone and no bundle is given")
	}
	ids, err := s.bundle.Load(ctx, s.engine, percent(report))
	if err != nil {
		return err
	}
	s.journal.state.Settings.ImageIDs = ids
	return s.journal.save()
}

// percent reports bytes, but not more often than anybody can see.
func percent(report func(progress.Event)) func(done, total int64) {
	last := int64(-1)
	return func(done, total int64) {
		if total > 0 && done*100/total != last {
			last = done * 100 / total
			report(progress.Event{Done: done, Total: total})
		}
	}
}

func (s *stack) removeImages(ctx context.Context, _ func(progress.Event)) error {
	for _, image := range s.settings().Images.List() {
		if image.Reference == "" {
			continue // killed before it was known
		}
		if err := s.engine.RemoveImage(ctx, image.Reference); err != nil {
			return err
		}
	}
	return nil
}
