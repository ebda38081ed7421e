// Package kind is the kinds of custom fields a task can have: what settings each takes, what its values look like, how they
// are checked, compared, filtered, grouped, written as text and read from imported tables.
//
// A value is JSON. Whatever comes from outside goes through Normalize, which gives its one canonical form, so that equal
// values are equal bytes; an empty value of every kind is null. All other methods take canonical values, and take a damaged
// one for an empty one. Numbers in values have at most 15 significant digits, which every client reads exactly.
//
// What is wrong is said by codes with parameters (see Codes); words for them belong to the module. The package does no input
// or output, and knows people, files and the clock only through Env.
package kind

import (
	"bytes"
	"encoding/json"
	"time"
)

// Name identifies a kind for ever: it is stored with each field.
type Name string

// The kinds.
const (
	Text        Name = "text"
	LongText    Name = "longtext"
	Markdown    Name = "markdown"
	Number      Name = "number"
	Percent     Name = "percent"
	Money       Name = "money"
	Progress    Name = "progress"
	Rating      Name = "rating"
	Date        Name = "date"
	DateRange   Name = "daterange"
	DateTime    Name = "datetime"
	Time        Name = "time"
	Duration    Name = "duration"
	Select      Name = "select"
	MultiSelect Name = "multiselect"
	Cascade     Name = "cascade"
	Checkbox    Name = "checkbox"
	Person      Name = "person"
	Department  Name = "department"
	Role        Name = "role"
	Group       Name = "group"
	Phone       Name = "phone"
	Email       Name = "email"
	URL         Name = "url"
	IDCard      Name = "idcard"
	BankCard    Name = "bankcard"
	Region      Name = "region"
	Geolocation Name = "geolocation"
	Barcode     Name = "barcode"
	Signature   Name = "signature"
	Attachment  Name = "attachment"
	Image       Name = "image"
	Relation    Name = "relation"
	Table       Name = "table"
	Formula     Name = "formula"
	Rollup      Name = "rollup"
	Lookup      Name = "lookup"
	AutoNumber  Name = "autonumber"
	CreatedBy   Name = "createdby"
	CreatedAt   Name = "createdat"
	UpdatedBy   Name = "updatedby"
	UpdatedAt   Name = "updatedat"
)

// The bounds of what is read.
const (
	MaxSettings = 256 << 10 // bytes of JSON
	MaxValue    = 512 << 10 // bytes of JSON
	MaxOperand  = 64 << 10  // bytes of JSON
	MaxList     = 500       // entries of a list, of an operand too
	MaxDigits   = 15        // significant digits, which every client reads exactly
	MaxLabel    = 50        // characters of the name of an option or a column
	MaxID       = 32        // bytes of the id of an option, a column or a field
	MaxUnit     = 20        // characters of a unit
	MaxExact    = 1<<53 - 1 // the largest whole number that every client reads exactly
)

// Kind is one kind of field.
type Kind interface {
	Name() Name
	Traits() Traits
	// Bind reads the settings of a field strictly: null or nothing are those nobody chose. Errors are *Error.
	Bind(settings json.RawMessage) (Field, error)
	// SettingsSchema describes the settings as a JSON schema.
	SettingsSchema() Schema
}

// Field is a kind with the settings of one field. It does not change, and many may use it at a time.
type Field interface {
	// Settings gives the settings back as they are to be stored.
	Settings() json.RawMessage
	// Default is the value that a new task begins with.
	Default() json.RawMessage
	// Normalize gives the canonical form of a value from outside; old is the value it replaces, which may keep what could
	// no longer be chosen. Errors are *Error.
	Normalize(raw, old json.RawMessage, env Env) (json.RawMessage, error)
	// Key gives bytes that compare as the values sort; nothing for an empty value, which sorts first.
	Key(value json.RawMessage) []byte
	// Text writes a value for search, export and print. ParseText reads what Text wrote, except what Env hid.
	Text(value json.RawMessage, env Env) string
	// ParseText reads a cell of an imported table and gives its canonical form.
	ParseText(s string, env Env) (json.RawMessage, error)
	// Filter reads an operand once and gives the test that values are put to.
	Filter(op Op, operand json.RawMessage, env Env) (func(value json.RawMessage) bool, error)
	// Group gives the keys of the groups a value falls into; none for an empty value. The grain is for times.
	Group(value json.RawMessage, by Grain, env Env) []string
	// Schema describes a value as a JSON schema.
	Schema() Schema
}

// Schema is a fragment of JSON schema (2020-12).
type Schema map[string]any

// Traits say what a kind can do.
type Traits struct {
	Computed bool   // nobody writes it
	Multiple bool   // a value may have several entries
	Sortable bool   // the order of Key means something to people
	Grouped  bool   // grouping by it makes sense
	Type     string // what a formula takes a value for: text number bool date datetime duration list, or "" for nothing
	Ops      []Op
}

// Op is an operator of filters.
type Op string

// The operators.
const (
	Eq          Op = "eq"
	Ne          Op = "ne"
	Contains    Op = "contains"
	NotContains Op = "not_contains"
	Starts      Op = "starts"
	Ends        Op = "ends"
	In          Op = "in"
	NotIn       Op = "not_in"
	Gt          Op = "gt"
	Ge          Op = "ge"
	Lt          Op = "lt"
	Le          Op = "le"
	Between     Op = "between" // both ends belong to it; null leaves one open
	During      Op = "during"  // a named span of days: today, this_week, last_quarter, past:7 …
	Any         Op = "any"     // one of the entries, or more
	AllOf       Op = "all"
	None        Op = "none"
	Under       Op = "under" // a place in a tree or below it
	Near        Op = "near"
	Empty       Op = "empty"
	NotEmpty    Op = "not_empty"
)

// Negative operators are true of an empty value: what is not there is not equal to anything.
func (o Op) Negative() bool { return o == Ne || o == NotContains || o == NotIn || o == None }

// Grain is how wide groups of times are.
type Grain string

// The grains; without one, dates are grouped by day and moments by day too.
const (
	ByDay     Grain = "day"
	ByWeek    Grain = "week" // of ISO 8601
	ByMonth   Grain = "month"
	ByQuarter Grain = "quarter"
	ByYear    Grain = "year"
)

// Ref says what an id is the id of.
type Ref string

// The references.
const (
	RefPerson     Ref = "person"
	RefDepartment Ref = "department"
	RefRole       Ref = "role"
	RefGroup      Ref = "group"
	RefTask       Ref = "task"
	RefFile       Ref = "file"
)

// Lexicon knows names and words.
type Lexicon interface {
	// Name is how a person, a department … is called; empty when there is none or the reader may not know.
	Name(ref Ref, id int64) string
	// Find gives everything that is called so.
	Find(ref Ref, name string) []int64
	// Word gives "yes", "no" and error codes in the language of the reader; empty when there is no word.
	Word(key string) string
}

// Env is what lies around a value: who reads it, where and when. All of it may be left out.
type Env struct {
	Words  Lexicon
	Zone   *time.Location // UTC
	Now    time.Time      // for "today" and years left out
	Me     int64          // whom "@me" means
	Reveal bool           // sensitive numbers are written whole
}

func (e Env) Location() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

func (e Env) NameOf(ref Ref, id int64) string {
	if e.Words == nil {
		return ""
	}
	return e.Words.Name(ref, id)
}

func (e Env) Named(ref Ref, name string) []int64 {
	if e.Words == nil {
		return nil
	}
	return e.Words.Find(ref, name)
}

func (e Env) Word(key, otherwise string) string {
	if e.Words != nil {
		if w := e.Words.Word(key); w != "" {
			return w
		}
	}
	return otherwise
}

// IsEmpty tells whether a canonical value is empty.
func IsEmpty(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// Equal tells whether two canonical values of one field are the same.
func Equal(a, b json.RawMessage) bool {
	return IsEmpty(a) && IsEmpty(b) || bytes.Equal(a, b)
}

// Compare orders two canonical values of a field; empty ones come first.
func Compare(f Field, a, b json.RawMessage) int { return bytes.Compare(f.Key(a), f.Key(b)) }

// Match puts one value to a test; for many, make the test once with Filter.
func Match(f Field, value json.RawMessage, op Op, operand json.RawMessage, env Env) (bool, error) {
	test, err := f.Filter(op, operand, env)
	if err != nil {
		return false, err
	}
	return test(value), nil
}

// Null is the empty value.
func Null() json.RawMessage { return json.RawMessage("null") }
