package dameng

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// counted refuses a statement whose arguments do not match its question marks.
func counted(query string, args []driver.NamedValue) error {
	if want := CountParams(query); want != len(args) {
		return fmt.Errorf("dameng: %d arguments for %d parameters", len(args), want)
	}
	return nil
}

// CountParams counts the question marks of a statement that stand for parameters:
// those outside of strings, quoted names and comments.
func CountParams(query string) int {
	if !strings.Contains(query, "?") {
		return 0
	}
	n := 0
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case c == '?':
			n++
		case c == '\'' || c == '"' || c == '`':
			end := strings.IndexByte(query[i+1:], c)
			if end < 0 {
				return n
			}
			i += end + 1
		case strings.HasPrefix(query[i:], "--"):
			end := strings.IndexByte(query[i:], '\n')
			if end < 0 {
				return n
			}
			i += end
		case strings.HasPrefix(query[i:], "/*"):
			end := strings.Index(query[i+2:], "*/")
			if end < 0 {
				return n
			}
			i += end + 3
		}
	}
	return n
}
