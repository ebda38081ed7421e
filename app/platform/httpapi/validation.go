package httpapi

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"dingban/app/platform/fault"
)

// translate turns what huma found wrong into our one error. huma only gives English sentences; they are recognised by
// the very templates huma makes them from, so a new version of huma that words them differently is recognised too.
func translate(ctx context.Context, status int, message string, errs []error) huma.StatusError {
	c := callFrom(ctx)
	if c == nil { // only when the document is made
		return &Problem{Status: status}
	}
	f := recognise(status, message, errs)
	if f.Kind == fault.KindInternal {
		c.cause = f
	}
	return c.api.problem(ctx, f)
}

func recognise(status int, message string, errs []error) *fault.Error {
	switch status {
	case http.StatusBadRequest:
		if strings.Contains(message, "body is required") {
			return fault.New(fault.KindBadRequest, "request.no_body")
		}
		return fault.New(fault.KindBadRequest, "request.not_json").Wrap(errors.Join(errs...))
	case http.StatusRequestTimeout:
		return fault.New(fault.KindBadRequest, "request.too_slow")
	case http.StatusRequestEntityTooLarge:
		limit := 0
		if _, after, ok := strings.Cut(message, "limit="); ok {
			number, _, _ := strings.Cut(after, " ")
			limit, _ = strconv.Atoi(number) // a limit that cannot be read shows as 0
		}
		return fault.New(fault.KindTooLarge, "request.too_large", "limit", max(limit-1, 0))
	case http.StatusUnsupportedMediaType:
		return fault.New(fault.KindUnsupported, "request.content_type", "given", "")
	case http.StatusUnprocessableEntity:
		var fields []fault.Field
		for _, err := range errs {
			fields = append(fields, recogniseField(err))
		}
		return fault.Invalid(fields...)
	default:
		var tooLarge *http.MaxBytesError
		if errors.As(errors.Join(errs...), &tooLarge) {
			return fault.New(fault.KindTooLarge, "request.too_large", "limit", tooLarge.Limit)
		}
		return fault.New(fault.KindInternal, fault.CodeInternal).Wrap(errors.Join(append(errs, errors.New(message))...))
	}
}

func recogniseField(err error) fault.Field {
	var f *fault.Error // a resolver of ours may give one
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return f.Fields[0]
	}
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return fault.At("", "field.invalid")
	}
	location := detail.Location
	for _, template := range templates() {
		found := template.pattern.FindStringSubmatch(detail.Message)
		if found == nil {
			continue
		}
		if template.child { // the sentence names the missing part, the location only its parent
			return fault.At(location+"."+found[1], template.code)
		}
		if template.code == "field.too_short" && found[1] == "1" {
			return fault.At(location, "field.required")
		}
		if template.parameter == "" {
			return fault.At(location, template.code)
		}
		return fault.At(location, template.code, template.parameter, value(found[1]))
	}
	if strings.HasPrefix(detail.Message, "json: cannot unmarshal") {
		if found := unmarshalField.FindStringSubmatch(detail.Message); found != nil {
			location += "." + found[1]
		}
		return fault.At(location, "field.invalid")
	}
	return fault.At(location, "field.invalid")
}

// unmarshalField finds the field in "json: cannot unmarshal number 1.5 into Go struct field CreateRequest.due.at of type int64".
var unmarshalField = regexp.MustCompile(`Go struct field [^.\s]+\.(\S+) of type`)

func value(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return text
}

type template struct {
	pattern   *regexp.Regexp
	code      string
	parameter string
	child     bool
}

// templates is built once: the sentences of huma, most special first.
var templates = sync.OnceValue(func() []template {
	var all []template
	add := func(sentence, code, parameter string) {
		pattern := regexp.QuoteMeta(sentence)
		for _, verb := range []string{"%v", "%d", "%s"} {
			pattern = strings.ReplaceAll(pattern, regexp.QuoteMeta(verb), `(.*)`)
		}
		all = append(all, template{pattern: regexp.MustCompile(`^` + pattern + `$`), code: code, parameter: parameter})
	}
	add(validation.MsgExpectedRequiredProperty, "field.required", "")
	all[len(all)-1].child = true
	add(validation.MsgUnexpectedProperty, "field.unknown", "")
	add("unknown query parameter", "field.unknown", "")
	for _, where := range []string{"path", "query", "header", "cookie", "form"} {
		add("required "+where+" parameter is missing", "field.required", "")
	}
	add(validation.MsgExpectedBoolean, "field.not_boolean", "")
	add("invalid boolean", "field.not_boolean", "")
	add(validation.MsgExpectedInteger, "field.not_integer", "")
	add("invalid integer", "field.not_integer", "")
	add(validation.MsgExpectedNumber, "field.not_number", "")
	add("invalid float", "field.not_number", "")
	add("invalid floating value", "field.not_number", "")
	add(validation.MsgExpectedString, "field.not_text", "")
	add(validation.MsgExpectedArray, "field.not_list", "")
	add(validation.MsgExpectedObject, "field.not_object", "")
	add(validation.MsgExpectedMinLength, "field.too_short", "min")
	add(validation.MsgExpectedMaxLength, "field.too_long", "max")
	add(validation.MsgExpectedMinItems, "field.too_few", "min")
	add(validation.MsgExpectedMaxItems, "field.too_many", "max")
	add(validation.MsgExpectedMinimumNumber, "field.too_small", "min")
	add(validation.MsgExpectedMaximumNumber, "field.too_big", "max")
	add(validation.MsgExpectedExclusiveMinimumNumber, "field.too_small", "min")
	add(validation.MsgExpectedExclusiveMaximumNumber, "field.too_big", "max")
	add(validation.MsgExpectedNumberBeMultipleOf, "field.not_multiple", "of")
	add(validation.MsgExpectedMatchPattern, "field.pattern", "pattern")
	add(validation.MsgExpectedOneOf, "field.not_allowed", "allowed")
	add(validation.MsgExpectedArrayItemsUnique, "field.repeated", "")
	for sentence, format := range map[string]string{
		validation.MsgExpectedRFC5322Email:    "e-mail",
		validation.MsgExpectedRFC3986URI:      "URI",
		validation.MsgExpectedRFC4122UUID:     "UUID",
		validation.MsgExpectedRFC3339DateTime: "RFC 3339",
		validation.MsgExpectedRFC3339Date:     "YYYY-MM-DD",
		validation.MsgExpectedBase64String:    "Base64",
	} {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(sentence), "%v", `.*`)
		all = append(all, template{pattern: regexp.MustCompile(`^` + pattern + `()$`), code: "field.format." + format})
	}
	add(validation.MsgExpectedBePattern, "field.pattern", "pattern") // begins like the formats, so it comes last
	return all
})
