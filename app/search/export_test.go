package search

import "dingban/app/search/words"

// Rows are for the check that rows and migrations agree.
func Rows() []any { return []any{stateRow{}, segmentRow{}, pageRow{}, docRow{}} }

// Tokens are those of a text in an epoch.
func Tokens(s *Service, epoch int64, key uint32, text string) []uint32 {
	bag := words.Bag{}
	bag.Add(words.Title, text)
	var all []uint32
	for gram := range bag {
		b, err := s.blindsOf(epoch, key)
		if err != nil {
			panic(err)
		}
		all = append(all, b.token(gram))
	}
	return all
}
