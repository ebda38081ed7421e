package dialects

import (
	"strings"
	"sync"
	"sync/atomic"

	xormdialects "xorm.io/xorm/dialects"
	"xorm.io/xorm/schemas"
)

// damengXorm is xorm's own Dameng with a name of ours: xorm inserts in a special
// way when it finds its own (sequences, four round trips).
type damengXorm struct {
	xormdialects.Dialect
	uri xormdialects.URI
}

const damengType schemas.DBType = "dingban-dameng"

func newDamengXorm() xormdialects.Dialect {
	return &damengXorm{Dialect: xormdialects.QueryDialect(schemas.DAMENG), uri: xormdialects.URI{DBType: damengType}}
}

func (d *damengXorm) URI() *xormdialects.URI { return &d.uri }

// damengQuotes turns a statement as stores write it into one that Dameng reads the same
// way: `name` becomes "name", and so does a bare name in small letters, which would fold
// to capitals and not be found. Words of the language stay, and so does what is called.
func damengQuotes(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	before := ""
	for i := 0; i < len(query); {
		switch c := query[i]; {
		case c == '`':
			b.WriteByte('"')
			i++
			for i < len(query) && query[i] != '`' {
				b.WriteByte(query[i])
				i++
			}
			b.WriteByte('"')
			i++
		case c == '\'' || c == '"':
			end := strings.IndexByte(query[i+1:], c)
			if end < 0 {
				b.WriteString(query[i:])
				return b.String()
			}
			b.WriteString(query[i : i+end+2])
			i += end + 2
		case wordByte(c):
			j := i + 1
			for j < len(query) && wordByte(query[j]) {
				j++
			}
			word := query[i:j]
			i = j
			called := strings.HasPrefix(strings.TrimLeft(query[j:], " "), "(") && !strings.EqualFold(before, "INTO")
			if smallName(word) && !damengWords[word] && !called {
				b.WriteString(`"` + word + `"`)
			} else {
				b.WriteString(word)
			}
			before = word
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// smallName tells a name of ours, which are all in small letters.
func smallName(word string) bool {
	return word[0] >= 'a' && word[0] <= 'z' && strings.ToLower(word) == word
}

// damengWords are those of the language that xorm or a store may write in small
// letters. No column of ours that is named like one may be left without quotes.
var damengWords = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(`select distinct all from where and or not in is null like between exists as on using join inner left
		right outer cross union group by having order asc desc limit offset insert into values update set delete merge when matched then
		else end case create table index unique drop alter add primary key default check for dual constraint cascade schema user identified
		true false`) {
		words[w] = true
	}
	return words
}()

// rewriteCache keeps what statements have become: the same few run again and again.
type rewriteCache struct {
	known sync.Map
	size  atomic.Int64
}

// rewriteLimit bounds it; what comes later is rewritten each time.
const rewriteLimit = 2000

func (r *rewriteCache) do(query string) string {
	if out, ok := r.known.Load(query); ok {
		if s, isText := out.(string); isText {
			return s
		}
	}
	out := damengQuotes(query)
	if len(query) <= cachedLength && r.size.Load() < rewriteLimit {
		r.size.Add(1)
		r.known.Store(query, out)
	}
	return out
}
