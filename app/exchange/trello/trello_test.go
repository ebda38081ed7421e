package trello_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/trello"
)

func board(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/board.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestReadABoard(t *testing.T) {
	b, err := trello.Read(bytes.NewReader(board(t)))
	if err != nil {
		t.Fatal(err)
	}
	if b.Name != "机房搬迁" || b.Description != "三月底前完成。\n分两批。" || b.URL != "https://trello.com/b/AbCdEf/board" {
		t.Errorf("%q %q %q", b.Name, b.Description, b.URL)
	}
	if want := []trello.List{{Name: "待办"}, {Name: "进行中"}, {Name: "旧", Closed: true}}; !slices.Equal(b.Lists, want) {
		t.Errorf("lists %+v", b.Lists)
	}
	if want := []record.Label{{Name: "急", Colour: "#eb5a46"}, {Name: "green_dark", Colour: "#61bd4f"}}; !slices.Equal(b.Labels, want) {
		t.Errorf("labels %+v", b.Labels)
	}
	zhang, li := record.Person{Name: "张三", Login: "zhangsan"}, record.Person{Name: "李四", Login: "lisi"}
	if !slices.Equal(b.Members, []record.Person{zhang, li}) {
		t.Errorf("members %+v", b.Members)
	}
	made := utc("2024-02-29T15:21:36Z")
	want := []record.Record{
		{Row: 1, Key: "SL000003", Title: "先做的", Priority: "none", State: record.State{Name: "待办"}, Order: 1, Archived: true, Created: made},
		{
			Row: 2, Key: "SL000001", Title: "采购 三台服务器", Description: "# 要求\n机架式", Priority: "none", State: record.State{Name: "待办", Done: true}, Order: 2,
			Assignees: []record.Person{zhang, li}, Creator: li, Labels: []record.Label{{Name: "急", Colour: "#eb5a46"}},
			Start: record.When{At: utc("2026-03-01T00:00:00Z")}, Due: record.When{At: utc("2026-03-15T10:30:00Z")}, Created: made, Updated: utc("2026-03-02T01:00:00Z"),
			Checklists: []record.Checklist{
				{Name: "准备", Items: []record.Item{{Text: "询价", Done: true}, {Text: "下单"}}},
				{Name: "收尾", Items: []record.Item{{Text: "入库", Due: utc("2026-03-20T00:00:00Z"), Assignee: li}}},
			},
			Comments: []record.Comment{
				{Author: record.Person{Login: "m9"}, At: utc("2026-03-01T01:00:00Z"), Text: "先问三家。"},
				{Author: zhang, At: utc("2026-03-02T01:00:00Z"), Text: "报价单 **已到**。"},
			},
			Attachments: []record.Attachment{{Name: "报价.pdf", URL: "https://trello.com/1/cards/c/attachments/a/download/b.pdf", Type: "application/pdf", Size: 1234, Author: li, At: utc("2026-02-21T00:00:00Z")}},
			Fields:      []record.Field{{Name: "预算", Value: "12000"}, {Name: "地点", Value: "上海"}, {Name: "合同", Value: "true"}},
		},
		{
			Row: 5, Key: "SL000002", Title: "搬运", Priority: "none", State: record.State{Name: "进行中"}, Order: 100.5, Assignees: []record.Person{zhang}, Created: made,
			Labels: []record.Label{{Name: "green_dark", Colour: "#61bd4f"}}, Links: []record.Link{{Kind: "Relates", Direction: "outward", Key: "SL000001"}}, Attachments: []record.Attachment{},
		},
		{Row: 6, Key: "SL000004", Title: "在旧列", Priority: "none", State: record.State{Name: "旧"}, Archived: true, Created: made},
		{Row: 7, Key: "SL000007", Title: "没有列", Priority: "none", Order: 1, Created: made},
	}
	if len(b.Records) != len(want) {
		t.Fatalf("%d records", len(b.Records))
	}
	for i := range want {
		if !reflect.DeepEqual(b.Records[i], want[i]) {
			t.Errorf("got  %+v\nwant %+v", b.Records[i], want[i])
		}
	}
	var got []string
	for _, p := range b.Problems.List() {
		got = append(got, fmt.Sprintf("%d %s %v", p.Row, p.Code, p.Params))
	}
	if want := []string{
		"0 trello.odd_element map[field:pos kind:cards]",
		"1 trello.date map[value:morgen]",
		"3 trello.template map[]",
		"4 record.title_missing map[]",
		"5 trello.member_unknown map[count:1]",
		"5 record.address map[value:javascript:alert(1)]",
		"7 trello.no_list map[]",
		"0 trello.comments_missing map[count:3 kept:2]",
	}; !slices.Equal(got, want) {
		t.Errorf("problems %q", got)
	}
}

func TestReadRefuses(t *testing.T) {
	gone := errors.New("gone")
	deep := `{"prefs":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `,"cards":[],"lists":[]}`
	big := `"` + strings.Repeat("x", trello.MaxElement+(64<<10)) + `"`
	cases := []struct {
		name string
		r    io.Reader
		want error
	}{
		{"nothing", strings.NewReader(""), trello.ErrNotBoard},
		{"a table", strings.NewReader("a,b\n"), trello.ErrNotBoard},
		{"an array", strings.NewReader("[]"), trello.ErrNotBoard},
		{"a card", strings.NewReader(`{"id":"x","name":"y"}`), trello.ErrNotBoard},
		{"no cards", strings.NewReader(`{"cards":null,"lists":{}}`), trello.ErrNotBoard},
		{"cut off", strings.NewReader(`{"cards":[{"id":"x"`), trello.ErrDamaged},
		{"broken", strings.NewReader(`{"cards":[{"id":}]}`), trello.ErrDamaged},
		{"deep", strings.NewReader(deep), trello.ErrDamaged},
		{"a huge card", strings.NewReader(`{"cards":[{"name":` + big + `}]}`), trello.ErrTooBig},
		{"a huge part nobody needs", strings.NewReader(`{"prefs":{"x":` + big + `}}`), trello.ErrTooBig},
		{"too many cards", io.MultiReader(strings.NewReader(`{"cards":[{}`), strings.NewReader(strings.Repeat(",{}", trello.MaxCards))), trello.ErrTooBig},
		{"a source that fails", io.MultiReader(strings.NewReader(`{"cards":[`), iotest.ErrReader(gone)), gone},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := trello.Read(c.r); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if b, err := trello.Read(strings.NewReader(`{"cards":[],"lists":[]}`)); err != nil || len(b.Records) != 0 {
		t.Errorf("an empty board: %v", err)
	}
}

// An element of odd make costs only itself, and a card with very many labels no more than its share of time.
func TestReadIsPatient(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"name":"x","color":"red"},`, 100_000), ",")
	b, err := trello.Read(strings.NewReader(`{"lists":[{"id":"l","name":"列"}],"labels":"none","members":[[1]],"cards":[{"id":5,"name":"甲","idList":"l"},"x",null,{"name":"乙","idList":"l","labels":[` + many + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, r := range b.Records {
		titles = append(titles, r.Title)
	}
	if !slices.Equal(titles, []string{"甲", "乙"}) || b.Problems.Code(trello.CodeOddElement) != 3 || b.Problems.Code(record.CodeTitleMissing) != 2 {
		t.Errorf("titles %q, problems %+v", titles, b.Problems.List())
	}
}

// Lists of choices are looked up and not gone through: 50,000 values of a field with 50,000 choices.
func TestReadLooksChoicesUp(t *testing.T) {
	var options, values strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&options, `{"id":"o%d","value":{"text":"选%d"}},`, i, i)
		fmt.Fprintf(&values, `{"idCustomField":"f","idValue":"o%d"},`, 49_999-i)
	}
	b, err := trello.Read(strings.NewReader(`{"lists":[{"id":"l"}],"customFields":[{"id":"f","name":"地点","options":[` + strings.TrimSuffix(options.String(), ",") +
		`]}],"cards":[{"name":"甲","idList":"l","customFieldItems":[` + strings.TrimSuffix(values.String(), ",") + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if f := b.Records[0].Fields; len(f) != 50_000 || f[0].Value != "选49999" {
		t.Errorf("%d fields", len(f))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(board(f))
	f.Add([]byte(`{"cards":[{"name":"甲","labels":[{"name":"x"}],"pos":1e400}],"lists":[{}],"actions":[{"type":"commentCard","data":{"card":{"id":"c"}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := trello.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, r := range b.Records {
			if r.Title == "" || len([]rune(r.Title)) > record.MaxTitle || len(r.Labels) > record.MaxLabels || len([]rune(r.Description)) > record.MaxDescription {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var s bytes.Buffer
	s.WriteString(`{"name":"b","actions":[`)
	const n = 5_000
	for i := range 10 * n {
		if i > 0 {
			s.WriteByte(',')
		}
		kind := "updateCard"
		if i%10 == 0 {
			kind = "commentCard"
		}
		fmt.Fprintf(&s, `{"id":"%d","type":%q,"date":"2026-03-02T01:00:00.000Z","memberCreator":{"id":"m1","fullName":"张三","username":"zhangsan"},"data":{"text":"报价单已到，请查收。","old":{"pos":1},"card":{"id":"%d","name":"采购服务器"},"board":{"id":"b"},"list":{"id":"l","name":"待办"}}}`, i, kind, i%n)
	}
	s.WriteString(`],"cards":[`)
	for i := range n {
		if i > 0 {
			s.WriteByte(',')
		}
		fmt.Fprintf(&s, `{"id":"%d","shortLink":"S%d","name":"采购第 %d 台服务器","desc":"三台，机架式，月底前到货。","idList":"l","pos":%d,"due":"2026-03-15T10:30:00.000Z","idMembers":["m1"],"labels":[{"id":"b1","name":"急","color":"red"}]}`, i, i, i, i)
	}
	s.WriteString(`],"lists":[{"id":"l","name":"待办"}],"members":[{"id":"m1","fullName":"张三","username":"zhangsan"}]}`)
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		got, err := trello.Read(bytes.NewReader(s.Bytes()))
		if err != nil || len(got.Records) != n {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "cards/s")
}
