package reseal

// Rows are for the check that rows and migrations agree.
func Rows() []any { return []any{new(stateRow)} }
