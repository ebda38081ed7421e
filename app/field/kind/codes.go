package kind

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dingban/app/platform/fault"
)

// The codes of what can be wrong with a value, an operand or settings, with the names of their parameters.
const (
	CodeJSON          = "field.json"            // no JSON, or not strict
	CodeShape         = "field.shape"           // expected: another type of JSON
	CodeUnknownKey    = "field.unknown_key"     // key
	CodeLarge         = "field.too_large"       // max: bytes
	CodeRequired      = "field.required"        //
	CodeReadOnly      = "field.read_only"       // kind
	CodeText          = "field.text"            // a character that the kind does not take
	CodeShort         = "field.too_short"       // min
	CodeLong          = "field.too_long"        // max
	CodePattern       = "field.pattern"         // pattern
	CodeNumber        = "field.number"          // text
	CodeMin           = "field.min"             // min
	CodeMax           = "field.max"             // max
	CodeDecimals      = "field.decimals"        // max
	CodeDigits        = "field.digits"          // max
	CodeCurrency      = "field.currency"        // currency
	CodeDate          = "field.date"            // text
	CodeTime          = "field.time"            // text
	CodeDuration      = "field.duration"        // text
	CodeOrder         = "field.order"           // start, end
	CodeBool          = "field.bool"            // text
	CodeOption        = "field.option"          // option: there is none
	CodeOptionRetired = "field.option_retired"  // option
	CodeLeaf          = "field.option_not_last" // option
	CodeFew           = "field.too_few"         // min
	CodeMany          = "field.too_many"        // max
	CodeID            = "field.id"              //
	CodeUnknownName   = "field.name_unknown"    // name
	CodeAmbiguous     = "field.name_ambiguous"  // name, count
	CodePhone         = "field.phone"           // text
	CodePhoneSort     = "field.phone_sort"      // sort
	CodeEmail         = "field.email"           // text
	CodeURL           = "field.url"             // text
	CodeScheme        = "field.url_scheme"      // scheme
	CodeDomain        = "field.domain"          // domain
	CodeIDCard        = "field.idcard"          //
	CodeIDCardCheck   = "field.idcard_check"    //
	CodeIDCardBorn    = "field.idcard_birthday" //
	CodeIDCardRegion  = "field.idcard_region"   //
	CodeBankCard      = "field.bankcard"        //
	CodeRegion        = "field.region"          // code
	CodeRegionLevel   = "field.region_level"    // level
	CodePlace         = "field.place"           //
	CodeBarcode       = "field.barcode"         // format
	CodeBarcodeCheck  = "field.barcode_check"   // format
	CodeSignature     = "field.signature"       //
	CodeSignatureSize = "field.signature_large" // strokes, points
	CodeRows          = "field.rows"            // max
	CodeColumn        = "field.column"          // column

	CodeOperator = "filter.operator" // operator, kind
	CodeOperand  = "filter.operand"  // operator
	CodeSpan     = "filter.span"     // span

	CodeSetting       = "settings.value"          // what the setting may be: min, max or allowed
	CodeSettingOrder  = "settings.order"          // low, high: two settings the wrong way round
	CodeSettingOption = "settings.option"         // option: id or label missing, malformed or there twice
	CodeSettingNone   = "settings.none"           // nothing to choose from
	CodeSettingKind   = "settings.kind"           // kind
	CodeOptionGone    = "settings.option_removed" // option: retire it instead
)

// Codes lists all codes, for whoever has to have words for them.
func Codes() []string {
	return []string{
		CodeJSON, CodeShape, CodeUnknownKey, CodeLarge, CodeRequired, CodeReadOnly, CodeText, CodeShort, CodeLong, CodePattern, CodeNumber, CodeMin, CodeMax,
		CodeDecimals, CodeDigits, CodeCurrency, CodeDate, CodeTime, CodeDuration, CodeOrder, CodeBool, CodeOption, CodeOptionRetired, CodeLeaf, CodeFew,
		CodeMany, CodeID, CodeUnknownName, CodeAmbiguous, CodePhone, CodePhoneSort, CodeEmail, CodeURL, CodeScheme, CodeDomain, CodeIDCard, CodeIDCardCheck,
		CodeIDCardBorn, CodeIDCardRegion, CodeBankCard, CodeRegion, CodeRegionLevel, CodePlace, CodeBarcode, CodeBarcodeCheck, CodeSignature,
		CodeSignatureSize, CodeRows, CodeColumn, CodeOperator, CodeOperand, CodeSpan, CodeSetting, CodeSettingOrder, CodeSettingOption, CodeSettingNone,
		CodeSettingKind, CodeOptionGone,
	}
}

// Error says what is wrong. Location is the place inside the value or the settings ("end", "options[3].label"), empty for
// the whole.
type Error struct {
	Location string
	Code     string
	Params   map[string]any
}

// Error is for logs; people get words made from Code and Params.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.Location != "" {
		b.WriteString(" at " + e.Location)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%v", name, e.Params[name])
	}
	return b.String()
}

// Field makes the error a field of a fault whose value lies at this place of the request.
func (e *Error) Field(location string) fault.Field {
	if e.Location != "" {
		location += "." + e.Location
	}
	return fault.Field{Location: location, Code: e.Code, Params: e.Params}
}

// Refuse makes an error; kv are names and values of parameters.
func Refuse(code string, kv ...any) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(kv); i += 2 {
		if e.Params == nil {
			e.Params = map[string]any{}
		}
		name, _ := kv[i].(string)
		v := kv[i+1]
		if s, ok := v.(string); ok {
			v = excerpt(s)
		}
		e.Params[name] = v
	}
	return e
}

// At puts an error deeper into a value.
func At(location string, err error) error {
	e, ok := err.(*Error) //nolint:errorlint // every error of this package is one, unwrapped
	if !ok || e == nil {
		return err
	}
	c := *e
	switch {
	case location == "":
	case c.Location == "":
		c.Location = location
	case c.Location[0] == '[':
		c.Location = location + c.Location
	default:
		c.Location = location + "." + c.Location
	}
	return &c
}

// excerpt keeps what a stranger sent out of logs and answers beyond its first part.
func excerpt(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
