package catalogue

// The kinds of custom fields. What each of them stores is the business of the field module; here they only have the
// settings that a template gives.
const (
	KindText        = "text"
	KindLongText    = "longtext"
	KindNumber      = "number"
	KindPercent     = "percent"
	KindMoney       = "money"
	KindRating      = "rating"
	KindDate        = "date"
	KindDateRange   = "daterange"
	KindDateTime    = "datetime"
	KindDuration    = "duration"
	KindSelect      = "select"
	KindMultiSelect = "multiselect"
	KindCascade     = "cascade"
	KindCheckbox    = "checkbox"
	KindPerson      = "person"
	KindDepartment  = "department"
	KindPhone       = "phone"
	KindEmail       = "email"
	KindURL         = "url"
	KindIDCard      = "idcard"
	KindRegion      = "region"
	KindGeolocation = "geolocation"
	KindBarcode     = "barcode"
	KindSignature   = "signature"
	KindAttachment  = "attachment"
	KindImage       = "image"
	KindFormula     = "formula"
	KindRelation    = "relation"
	KindAutonumber  = "autonumber"
)

// Kinds lists all kinds of fields.
func Kinds() []string {
	return []string{
		KindText, KindLongText, KindNumber, KindPercent, KindMoney, KindRating, KindDate, KindDateRange, KindDateTime,
		KindDuration, KindSelect, KindMultiSelect, KindCascade, KindCheckbox, KindPerson, KindDepartment, KindPhone,
		KindEmail, KindURL, KindIDCard, KindRegion, KindGeolocation, KindBarcode, KindSignature, KindAttachment, KindImage,
		KindFormula, KindRelation, KindAutonumber,
	}
}

// Field is a custom field of the project's tasks. Its key, like those of its options, stays the same for good: stored
// values refer to it.
type Field struct {
	Key      string   `json:"key"`
	Name     Text     `json:"name"`
	Hint     *Text    `json:"hint,omitempty"`
	Kind     string   `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Settings Settings `json:"settings,omitzero"`
}

// Settings are what a kind can be told; each kind takes some of them and refuses the others (see settingsOf).
type Settings struct {
	Options   []Option `json:"options,omitempty"`   // select, multiselect, cascade
	Currency  string   `json:"currency,omitempty"`  // money: ISO 4217
	Precision *int     `json:"precision,omitempty"` // number, percent, formula: digits after the point
	Min       *float64 `json:"min,omitempty"`       // number, percent
	Max       *float64 `json:"max,omitempty"`       // number, percent; rating: how many stars
	Unit      *Text    `json:"unit,omitempty"`      // number, formula
	Multiple  bool     `json:"multiple,omitempty"`  // person, department, relation
	Level     string   `json:"level,omitempty"`     // region: province, city, district or street
	Watermark bool     `json:"watermark,omitempty"` // image: stamped with time, place and person
	Formula   string   `json:"formula,omitempty"`   // formula: numbers, {field}, + - * / and brackets
	Target    string   `json:"target,omitempty"`    // relation: task, project, customer, document or asset
	Pattern   string   `json:"pattern,omitempty"`   // autonumber: text with {yyyy} {MM} {dd} and one {n:4}
}

// Option is a choice. Children make it a branch of a cascade.
type Option struct {
	Key      string   `json:"key"`
	Name     Text     `json:"name"`
	Colour   string   `json:"colour,omitempty"`
	Children []Option `json:"children,omitempty"`
}

// settingsOf tells which settings a kind takes; a leading ! marks one that it must have.
func settingsOf(kind string) []string {
	switch kind {
	case KindSelect, KindMultiSelect, KindCascade:
		return []string{"!options"}
	case KindMoney:
		return []string{"!currency"}
	case KindNumber:
		return []string{"precision", "min", "max", "unit"}
	case KindPercent:
		return []string{"precision", "min", "max"}
	case KindRating:
		return []string{"!max"}
	case KindFormula:
		return []string{"!formula", "precision", "unit"}
	case KindPerson, KindDepartment:
		return []string{"multiple"}
	case KindRelation:
		return []string{"!target", "multiple"}
	case KindRegion:
		return []string{"level"}
	case KindImage:
		return []string{"watermark"}
	case KindAutonumber:
		return []string{"!pattern"}
	}
	return nil
}

// given names the settings that are there.
func (s Settings) given() []string {
	var out []string
	add := func(name string, there bool) {
		if there {
			out = append(out, name)
		}
	}
	add("options", len(s.Options) > 0)
	add("currency", s.Currency != "")
	add("precision", s.Precision != nil)
	add("min", s.Min != nil)
	add("max", s.Max != nil)
	add("unit", s.Unit != nil)
	add("multiple", s.Multiple)
	add("level", s.Level != "")
	add("watermark", s.Watermark)
	add("formula", s.Formula != "")
	add("target", s.Target != "")
	add("pattern", s.Pattern != "")
	return out
}
