package configs

import "fmt"

// A step turns the values of one file version into the next. A step is never changed after its release.
type step func(values map[string]any) error

// steps returns the steps in order: the first leads from files written before there was a version to version 1.
func steps() []step {
	return []step{
		func(map[string]any) error { return nil }, // version 1 only adds the version
	}
}

// upgrade brings the values of a file to the current version, in memory; the file itself is left as its owner wrote it.
func upgrade(values map[string]any) error {
	from := 0
	if raw, ok := values["version"]; ok {
		version, isInt := raw.(int)
		if !isInt || version < 1 {
			return fmt.Errorf("version: %v is no version of the configuration", raw)
		}
		from = version
	}
	if from > Layout {
		return fmt.Errorf("version: the file has version %d, this dingban knows up to %d; use the newer dingban that wrote it", from, Layout)
	}
	for i, s := range steps()[from:] {
		if err := s(values); err != nil {
			return fmt.Errorf("version: step to %d: %w", from+i+1, err)
		}
	}
	values["version"] = Layout
	return nil
}
