package record

const (
	// MaxTitle, MaxDescription, MaxComment and MaxPeople are the limits of the task module, in characters and heads.
	MaxTitle       = 300
	MaxDescription = 20_000
	MaxComment     = 10_000
	MaxPeople      = 50
	// MaxLabels is how many labels a record may have, MaxLabel how long one may be.
	MaxLabels = 50
	MaxLabel  = 50
	// MaxURL is the longest address that is kept.
	MaxURL = 2_000
)

// The codes of records that go beyond the limits.
const (
	CodeTitleMissing = "record.title_missing"
	CodeTitleCut     = "record.title_cut" // the whole title went into the description; params: max
	CodeTextCut      = "record.text_cut"  // params: max
	CodeTooMany      = "record.too_many"  // names or labels beyond the limit were left out; params: max
	CodeAddress      = "record.address"   // an address that is none of the web was left out; params: value
)
