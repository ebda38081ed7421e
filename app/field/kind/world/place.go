package world

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dingban/app/field/kind"
	"dingban/app/field/kind/geo"
	"dingban/app/field/kind/plain"
	"dingban/app/field/kind/reading"
	"dingban/app/field/kind/region"
)

const (
	maxPlaceName = 100 // characters
	maxDetail    = 200 // characters
	maxAccuracy  = 1_000_000
)

// division is a value of an administrative division: its code of GB/T 2260, its names from the province down, and the rest
// of the address.
type division struct {
	Code   string   `json:"code"`
	Names  []string `json:"names"`
	Detail string   `json:"detail,omitempty"`
}

type regionSettings struct {
	kind.Common
	Level  string `json:"level,omitempty"`  // how far down has to be chosen: province, city or county
	Detail bool   `json:"detail,omitempty"` // the rest of the address is asked for
}

type divisions struct {
	level  region.Level
	detail bool
}

func (s *regionSettings) Prepare() (kind.Values[division], error) {
	if s.Level == "" {
		s.Level = "county"
	}
	names := []string{"province", "city", "county"}
	if err := kind.OneOf(s.Level, names...); err != nil {
		return nil, kind.At("level", err)
	}
	return divisions{region.Level(1 + slices.Index(names, s.Level)), s.Detail}, nil
}

// Read takes a code alone too.
func (divisions) Read(raw json.RawMessage) (division, error) {
	var d division
	if len(raw) > 0 && raw[0] == '"' {
		err := kind.Strict(raw, &d.Code, kind.MaxOperand)
		return d, err
	}
	err := kind.Strict(raw, &d, kind.MaxOperand)
	return d, err
}

// Tidy takes the names of provinces and prefectures from the list; that of a county stays as it was given. Taiwan, Hong Kong
// and Macao have no levels below the first, nor have prefectures that are not parted into counties.
func (v divisions) Tidy(d division, _ *division, _ kind.Env) (division, error) {
	d.Code = strings.TrimSpace(d.Code)
	if d.Code == "" && len(d.Names) == 0 && strings.TrimSpace(d.Detail) == "" {
		return d, kind.ErrEmpty
	}
	level := region.LevelOf(d.Code)
	if level == region.None {
		return d, kind.At("code", kind.Refuse(kind.CodeRegion, "code", d.Code))
	}
	whole := d.Code[0] == '7' || d.Code[0] == '8' || slices.Contains([]string{"4419", "4420", "4604", "6202"}, d.Code[:4])
	if level > v.level || level < v.level && !whole {
		return d, kind.At("code", kind.Refuse(kind.CodeRegionLevel, "level", int(v.level)))
	}
	given := d.Names
	if len(given) > 3 {
		return d, kind.At("names", kind.Refuse(kind.CodeMany, "max", 3))
	}
	d.Names = region.Names(d.Code)
	for _, name := range given[min(len(d.Names), len(given)):] {
		name, err := kind.Clean(name, false)
		if err != nil || utf8.RuneCountInString(name) > maxPlaceName {
			return d, kind.At("names", kind.Refuse(kind.CodeLong, "max", maxPlaceName))
		}
		if len(d.Names) < int(level) {
			d.Names = append(d.Names, name)
		}
	}
	if !v.detail || strings.TrimSpace(d.Detail) == "" {
		d.Detail = ""
		return d, nil
	}
	detail, err := kind.Clean(d.Detail, false)
	if err != nil || utf8.RuneCountInString(detail) > maxDetail {
		return d, kind.At("detail", kind.Refuse(kind.CodeLong, "max", maxDetail))
	}
	d.Detail = detail
	return d, nil
}

func (divisions) Key(d division) []byte { return []byte(d.Code + d.Detail) }

func (divisions) Text(d division, _ kind.Env) string {
	parts := slices.DeleteFunc(slices.Clone(d.Names), func(n string) bool { return n == "市辖区" || n == "县" })
	if d.Detail != "" {
		parts = append(parts, d.Detail)
	}
	return strings.Join(parts, " ")
}

// Parse reads a code, or names from the province down, as far as they are listed.
func (v divisions) Parse(s string, _ kind.Env) (division, error) {
	plain := reading.Plain(s)
	if region.LevelOf(plain) != region.None {
		return division{Code: plain}, nil
	}
	names := strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" /,-|、>", r) })
	if len(names) == 0 || v.level == region.County {
		return division{}, kind.Refuse(kind.CodeRegion, "code", s) // the codes of counties are not listed
	}
	city := ""
	if len(names) > 1 {
		city = names[1]
	} else if v.level == region.City {
		city = "市辖区" // of a municipality
	}
	if v.level == region.Province {
		city = ""
	}
	code, ok := region.Find(names[0], city)
	if !ok && city == names[0] || !ok && len(names) > 1 {
		code, ok = region.Find(names[0], "市辖区") // 北京市 朝阳区
	}
	if !ok {
		return division{}, kind.Refuse(kind.CodeRegion, "code", s)
	}
	return division{Code: code, Detail: strings.Join(names[min(len(names), int(v.level)):], " ")}, nil
}

func (v divisions) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func(division) bool, error) {
	read := func(raw json.RawMessage) (division, error) {
		d, err := v.Read(raw)
		if err == nil && region.LevelOf(d.Code) == region.None {
			err = kind.Refuse(kind.CodeRegion, "code", d.Code)
		}
		return d, err
	}
	switch op {
	case kind.Under:
		want, err := read(operand)
		prefix := region.Prefix(want.Code)
		return func(d division) bool { return strings.HasPrefix(d.Code, prefix) }, err
	case kind.Contains, kind.NotContains:
		test, err := kind.MatchText(op, operand)
		return func(d division) bool { return test(v.Text(d, env)) }, err
	}
	return kind.MatchOrder(op, operand, read, func(a, b division) int { return strings.Compare(a.Code, b.Code) })
}

func (divisions) Groups(d division, _ kind.Grain, _ kind.Env) []string {
	if region.LevelOf(d.Code) == region.None {
		return nil // damaged
	}
	return []string{d.Code[:2] + "0000"}
}

func (v divisions) Schema() kind.Schema {
	p := kind.Schema{
		"code":  kind.Schema{"type": "string", "pattern": `^[1-8][0-9]{5}$`},
		"names": kind.Schema{"type": "array", "maxItems": 3, "items": kind.Schema{"type": "string", "maxLength": maxPlaceName}},
	}
	if v.detail {
		p["detail"] = kind.Schema{"type": "string", "maxLength": maxDetail}
	}
	return kind.Schema{"type": "object", "required": []string{"code"}, "additionalProperties": false, "properties": p}
}

// spot is a value of a place on the globe, in degrees of WGS-84; when it was taken by a device, how exact and when.
type spot struct {
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	Accuracy float64 `json:"accuracy,omitempty"` // metres
	Label    string  `json:"label,omitempty"`
	Time     int64   `json:"time,omitempty"`
}

type placeSettings struct {
	kind.Common
	MaxAccuracy int  `json:"maxAccuracy,omitempty"` // metres: less exact places are refused
	HereOnly    bool `json:"hereOnly,omitempty"`    // taken by the device, not chosen on a map
}

type places struct{ placeSettings }

func (s *placeSettings) Prepare() (kind.Values[spot], error) {
	if s.MaxAccuracy < 0 || s.MaxAccuracy > maxAccuracy {
		return nil, kind.At("maxAccuracy", kind.Refuse(kind.CodeSetting, "min", 0, "max", maxAccuracy))
	}
	return places{*s}, nil
}

func (places) Read(raw json.RawMessage) (spot, error) {
	wire := struct {
		spot
		Lat *float64 `json:"lat"`
		Lon *float64 `json:"lon"`
	}{}
	if err := kind.Strict(raw, &wire, kind.MaxOperand); err != nil {
		return spot{}, err
	}
	if wire.Lat == nil || wire.Lon == nil {
		return spot{}, kind.Refuse(kind.CodePlace)
	}
	s := wire.spot
	s.Lat, s.Lon = *wire.Lat, *wire.Lon
	return s, nil
}

func (v places) Tidy(s spot, _ *spot, _ kind.Env) (spot, error) {
	p, err := geo.New(s.Lat, s.Lon)
	if err != nil {
		return s, kind.Refuse(kind.CodePlace)
	}
	s.Lat, s.Lon = p.Lat, p.Lon
	if s.Accuracy = math.Round(s.Accuracy*10) / 10; !(s.Accuracy >= 0 && s.Accuracy <= maxAccuracy) {
		return s, kind.At("accuracy", kind.Refuse(kind.CodeMax, "max", maxAccuracy))
	}
	if v.MaxAccuracy > 0 && s.Accuracy > float64(v.MaxAccuracy) {
		return s, kind.At("accuracy", kind.Refuse(kind.CodeMax, "max", v.MaxAccuracy))
	}
	if s.Time < 0 || s.Time > plain.MaxMoment {
		return s, kind.At("time", kind.Refuse(kind.CodeDate, "text", strconv.FormatInt(s.Time, 10)))
	}
	if v.HereOnly && (s.Accuracy == 0 || s.Time == 0) {
		return s, kind.Refuse(kind.CodePlace)
	}
	if strings.TrimSpace(s.Label) == "" {
		s.Label = ""
		return s, nil
	}
	label, err := kind.Clean(s.Label, false)
	if err != nil || utf8.RuneCountInString(label) > maxDetail {
		return s, kind.At("label", kind.Refuse(kind.CodeLong, "max", maxDetail))
	}
	s.Label = label
	return s, nil
}

// Key orders from south to north, then from west to east.
func (places) Key(s spot) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(int64((s.Lat+90)*1e7)))
	return binary.BigEndian.AppendUint64(key, uint64(int64((s.Lon+180)*1e7)))
}

func (places) Text(s spot, _ kind.Env) string {
	p := geo.Point{Lat: s.Lat, Lon: s.Lon}.String()
	if s.Label != "" {
		return s.Label + " (" + p + ")"
	}
	return p
}

func (places) Parse(s string, _ kind.Env) (spot, error) {
	label, coordinates := "", reading.Plain(s)
	if i := strings.LastIndexByte(coordinates, '('); i >= 0 && strings.HasSuffix(coordinates, ")") {
		label, coordinates = coordinates[:i], coordinates[i+1:len(coordinates)-1]
	}
	p, err := geo.Parse(coordinates)
	if err != nil {
		return spot{}, kind.Refuse(kind.CodePlace)
	}
	return spot{Lat: p.Lat, Lon: p.Lon, Label: label}, nil
}

// Match: near takes a place and metres: {"lat": 39.9, "lon": 116.4, "metres": 500}.
func (places) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(spot) bool, error) {
	if op == kind.Contains || op == kind.NotContains {
		test, err := kind.MatchText(op, operand)
		return func(s spot) bool { return test(s.Label) }, err
	}
	var near struct {
		Lat    *float64 `json:"lat"`
		Lon    *float64 `json:"lon"`
		Metres float64  `json:"metres"`
	}
	if err := kind.Strict(operand, &near, kind.MaxOperand); err != nil {
		return nil, err
	}
	if near.Lat == nil || near.Lon == nil || !(near.Metres > 0 && near.Metres <= 30_000_000) {
		return nil, kind.Refuse(kind.CodeOperand, "operator", string(op))
	}
	centre, err := geo.New(*near.Lat, *near.Lon)
	if err != nil {
		return nil, kind.Refuse(kind.CodePlace)
	}
	return func(s spot) bool { return geo.Distance(centre, geo.Point{Lat: s.Lat, Lon: s.Lon}) <= near.Metres }, nil
}

func (places) Groups(s spot, _ kind.Grain, _ kind.Env) []string { return []string{s.Label} }

func (places) Schema() kind.Schema {
	return kind.Schema{
		"type": "object", "required": []string{"lat", "lon"}, "additionalProperties": false,
		"properties": kind.Schema{
			"lat":      kind.Schema{"type": "number", "minimum": -90, "maximum": 90},
			"lon":      kind.Schema{"type": "number", "minimum": -180, "maximum": 180},
			"accuracy": kind.Schema{"type": "number", "minimum": 0, "maximum": maxAccuracy, "description": "metres"},
			"label":    kind.Schema{"type": "string", "maxLength": maxDetail},
			"time":     plain.MomentSchema(),
		},
		"description": "WGS-84",
	}
}

// Places lists the kinds of places.
func Places() []kind.Kind {
	return []kind.Kind{
		kind.Define[division, regionSettings](kind.Region, kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: []kind.Op{kind.Eq, kind.Ne, kind.Under, kind.In, kind.NotIn, kind.Contains, kind.NotContains}}),
		kind.Define[spot, placeSettings](kind.Geolocation, kind.Traits{Type: "text", Ops: []kind.Op{kind.Near, kind.Contains, kind.NotContains}}),
	}
}
