package catalogue

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func ptr[T any](v T) *T { return &v }

// small is a template that uses everything once.
func small() Template {
	word := func(zh, en string) Text { return Text{zh, en} }
	raw := func(v string) json.RawMessage { return json.RawMessage(v) }
	options := []Option{{Key: "a", Name: word("甲", "A")}, {Key: "b", Name: word("乙", "B"), Colour: "#00a870"}}
	return Template{
		Key: "small", Version: 1, Category: Admin, Name: word("小", "Small"), Summary: word("小模板", "A small one"),
		Description: word("说明", "What it is"), ProjectKey: "SML", Colour: "#3370ff", Icon: "box",
		Anchor: FromStart, AnchorName: word("开始", "Start"), Span: Span{Days: 10},
		States: []State{
			{Key: "todo", Name: word("待办", "To do"), Category: Todo, Colour: "#86909c"},
			{Key: "doing", Name: word("进行", "Doing"), Category: Doing, Colour: "#3370ff", WIP: 3},
			{Key: "done", Name: word("完成", "Done"), Category: Done, Colour: "#00a870"},
		},
		Labels: []Label{{Key: "red", Name: word("红", "Red"), Colour: "#d54941"}, {Key: "blue", Name: word("蓝", "Blue"), Colour: "#3370ff"}},
		Roles:  []Role{{Key: "lead", Name: word("负责人", "Lead"), Hint: &Text{"通常是经理", "Usually a manager"}}, {Key: "helper", Name: word("协助", "Helper")}},
		Fields: []Field{
			{Key: "words", Name: word("文字", "Words"), Kind: KindText},
			{Key: "sum", Name: word("金额", "Sum"), Kind: KindMoney, Required: true, Settings: Settings{Currency: "CNY"}},
			{Key: "choice", Name: word("单选", "Choice"), Kind: KindSelect, Settings: Settings{Options: options}},
			{Key: "several", Name: word("多选", "Several"), Kind: KindMultiSelect, Settings: Settings{Options: options}},
			{Key: "branch", Name: word("级联", "Branch"), Kind: KindCascade, Settings: Settings{Options: []Option{
				{Key: "x", Name: word("上", "X"), Children: []Option{{Key: "y", Name: word("下", "Y")}}},
			}}},
			{Key: "yes", Name: word("勾选", "Yes"), Kind: KindCheckbox},
			{Key: "who", Name: word("人员", "Who"), Kind: KindPerson},
			{Key: "stars", Name: word("评分", "Stars"), Kind: KindRating, Settings: Settings{Max: ptr(5.0)}},
			{Key: "share", Name: word("比例", "Share"), Kind: KindPercent, Settings: Settings{Min: ptr(0.0), Max: ptr(100.0)}},
			{Key: "minutes", Name: word("时长", "Minutes"), Kind: KindDuration},
			{Key: "when", Name: word("日期", "When"), Kind: KindDate},
			{Key: "total", Name: word("合计", "Total"), Kind: KindFormula, Settings: Settings{Formula: "({sum} + 1.5) * {share} / 100", Precision: ptr(2), Unit: &Text{"元", "yuan"}}},
			{Key: "number", Name: word("编号", "Number"), Kind: KindAutonumber, Settings: Settings{Pattern: "N-{yyyy}{n:4}"}},
			{Key: "link", Name: word("关联", "Link"), Kind: KindRelation, Settings: Settings{Target: "task", Multiple: true}},
		},
		Sections: []Section{{Key: "one", Name: word("一", "One")}, {Key: "two", Name: word("二", "Two")}},
		Tasks: []Task{
			{
				Key: "first", Section: "one", Title: word("第一", "First"), Description: word("做第一件", "Do the first"), State: "doing",
				Priority: High, Labels: []string{"blue"}, Role: "lead", Estimate: 60,
				Start: &Offset{From: FromStart, Workdays: ptr(0)}, Due: &Offset{From: FromStart, Workdays: ptr(2)},
				Dependencies: []Dependency{{On: "second", Kind: StartStart, Lag: 1}},
				Checklist:    []Item{{Text: word("一项", "An item"), Role: "helper", Due: &Offset{From: FromStart, Days: ptr(1)}}},
				Values: map[string]json.RawMessage{
					"words": raw(`{"zh-CN":"你好","en":"hello"}`), "sum": raw(`120000`), "choice": raw(`"b"`), "several": raw(`["a","b"]`),
					"branch": raw(`["x","y"]`), "yes": raw(`true`), "who": raw(`"lead"`), "stars": raw(`4`), "share": raw(`12.5`),
					"minutes": raw(`90`), "when": raw(`{"from":"start","days":1}`),
				},
				Subtasks: []Task{{Key: "sub", Title: word("子任务", "Part"), Description: word("做一部分", "Do a part"), Role: "lead"}},
			},
			{
				Key: "second", Section: "two", Title: word("第二", "Second"), Description: word("做第二件", "Do the second"), Role: "helper", Milestone: true,
				Due: &Offset{From: FromEnd, Days: ptr(-1), Time: "17:30"}, Repeat: &Repeat{Every: 1, Unit: Week, Weekdays: []int{1, 5}, Workday: ShiftNext},
			},
		},
	}
}

func TestValidateFindsEachProblem(t *testing.T) {
	t.Parallel()
	value := func(key, raw string) func(*Template) {
		return func(t *Template) { t.Tasks[0].Values[key] = json.RawMessage(raw) }
	}
	for name, c := range map[string]struct {
		spoil func(*Template)
		want  string // path and code
	}{
		"key":                   {func(t *Template) { t.Key = "Small" }, "key key"},
		"long key":              {func(t *Template) { t.Labels[0].Key = strings.Repeat("x", 41) }, "labels[0].key key"},
		"version":               {func(t *Template) { t.Version = 0 }, "version range"},
		"category":              {func(t *Template) { t.Category = "sport" }, "category choice"},
		"no name":               {func(t *Template) { t.Name.Chinese = "" }, "name.zh-CN empty"},
		"no english":            {func(t *Template) { t.Summary.English = "" }, "summary.en empty"},
		"chinese in english":    {func(t *Template) { t.Summary.English = "A 小 one" }, "summary.en language"},
		"chinese comma":         {func(t *Template) { t.Summary.English = "One，two" }, "summary.en language"},
		"space":                 {func(t *Template) { t.Name.Chinese = " 小" }, "name.zh-CN space"},
		"two lines in a name":   {func(t *Template) { t.Name.English = "a\nb" }, "name.en control"},
		"a bell":                {func(t *Template) { t.Description.English = "a\ab" }, "description.en control"},
		"long summary":          {func(t *Template) { t.Summary.Chinese = strings.Repeat("长", MaxSummary+1) }, "summary.zh-CN long"},
		"long title":            {func(t *Template) { t.Tasks[0].Title.Chinese = strings.Repeat("长", MaxTitle+1) }, "tasks[0].title.zh-CN long"},
		"long description":      {func(t *Template) { t.Tasks[1].Description.English = strings.Repeat("x", MaxDescription+1) }, "tasks[1].description.en long"},
		"project key":           {func(t *Template) { t.ProjectKey = "S" }, "projectKey key"},
		"colour":                {func(t *Template) { t.Colour = "red" }, "colour colour"},
		"icon":                  {func(t *Template) { t.Icon = "<b>" }, "icon key"},
		"anchor":                {func(t *Template) { t.Anchor = "middle" }, "anchor choice"},
		"no span":               {func(t *Template) { t.Span = Span{} }, "span offset"},
		"two spans":             {func(t *Template) { t.Span.Workdays = 3 }, "span offset"},
		"backward span":         {func(t *Template) { t.Span.Days = -1 }, "span.days range"},
		"endless span":          {func(t *Template) { t.Span.Days = MaxDays + 1 }, "span.days range"},
		"no todo":               {func(t *Template) { t.States[0].Category = Doing }, "states no_todo"},
		"no done":               {func(t *Template) { t.States[2].Category = Doing }, "states no_done"},
		"state category":        {func(t *Template) { t.States[1].Category = "x" }, "states[1].category choice"},
		"state twice":           {func(t *Template) { t.States[1].Key = "todo"; t.Tasks[0].State = "todo" }, "states[1].key twice"},
		"wip":                   {func(t *Template) { t.States[1].WIP = -1 }, "states[1].wip range"},
		"label colour":          {func(t *Template) { t.Labels[1].Colour = "#FFF" }, "labels[1].colour colour"},
		"role hint":             {func(t *Template) { t.Roles[0].Hint.English = "" }, "roles[0].hint.en empty"},
		"section name":          {func(t *Template) { t.Sections[0].Name.English = "" }, "sections[0].name.en empty"},
		"no tasks":              {func(t *Template) { t.Tasks = nil }, "tasks empty"},
		"task twice":            {func(t *Template) { t.Tasks[0].Subtasks[0].Key = "first" }, "tasks[0].subtasks[0].key twice"},
		"unknown section":       {func(t *Template) { t.Tasks[1].Section = "three" }, "tasks[1].section unknown"},
		"no section":            {func(t *Template) { t.Tasks[1].Section = "" }, "tasks[1].section unknown"},
		"subtask's section":     {func(t *Template) { t.Tasks[0].Subtasks[0].Section = "three" }, "tasks[0].subtasks[0].section unknown"},
		"unknown state":         {func(t *Template) { t.Tasks[0].State = "x" }, "tasks[0].state unknown"},
		"priority":              {func(t *Template) { t.Tasks[0].Priority = "highest" }, "tasks[0].priority choice"},
		"unknown label":         {func(t *Template) { t.Tasks[0].Labels = []string{"green"} }, "tasks[0].labels[0] unknown"},
		"label twice":           {func(t *Template) { t.Tasks[0].Labels = []string{"red", "red"} }, "tasks[0].labels[1] twice"},
		"unknown role":          {func(t *Template) { t.Tasks[1].Role = "boss" }, "tasks[1].role unknown"},
		"estimate":              {func(t *Template) { t.Tasks[0].Estimate = -1 }, "tasks[0].estimate range"},
		"offset from":           {func(t *Template) { t.Tasks[0].Due.From = "now" }, "tasks[0].due.from choice"},
		"both offsets":          {func(t *Template) { t.Tasks[0].Due.Days = ptr(3) }, "tasks[0].due offset"},
		"no offset":             {func(t *Template) { t.Tasks[1].Due.Days = nil }, "tasks[1].due offset"},
		"far workdays":          {func(t *Template) { t.Tasks[0].Due.Workdays = ptr(MaxWorkdays + 1) }, "tasks[0].due.workdays range"},
		"far days":              {func(t *Template) { t.Tasks[1].Due.Days = ptr(-MaxDays - 1) }, "tasks[1].due.days range"},
		"time":                  {func(t *Template) { t.Tasks[1].Due.Time = "24:00" }, "tasks[1].due.time range"},
		"due before start":      {func(t *Template) { t.Tasks[0].Start.Workdays = ptr(3) }, "tasks[0].due order"},
		"due before its hour":   {func(t *Template) { t.Tasks[1].Start = &Offset{From: FromEnd, Days: ptr(-1), Time: "18:00"} }, "tasks[1].due order"},
		"every":                 {func(t *Template) { t.Tasks[1].Repeat.Every = 0 }, "tasks[1].repeat.every range"},
		"unit":                  {func(t *Template) { t.Tasks[1].Repeat.Unit = "hour" }, "tasks[1].repeat.unit choice"},
		"shift":                 {func(t *Template) { t.Tasks[1].Repeat.Workday = "maybe" }, "tasks[1].repeat.workday choice"},
		"weekday":               {func(t *Template) { t.Tasks[1].Repeat.Weekdays = []int{0} }, "tasks[1].repeat.weekdays[0] range"},
		"weekday twice":         {func(t *Template) { t.Tasks[1].Repeat.Weekdays = []int{2, 2} }, "tasks[1].repeat.weekdays[1] twice"},
		"weekdays of a month":   {func(t *Template) { t.Tasks[1].Repeat.Unit = Month }, "tasks[1].repeat.weekdays repeat"},
		"month day of a week":   {func(t *Template) { t.Tasks[1].Repeat.MonthDay = 3 }, "tasks[1].repeat.monthDay repeat"},
		"32nd":                  {func(t *Template) { t.Tasks[1].Repeat = &Repeat{Every: 1, Unit: Month, MonthDay: 32} }, "tasks[1].repeat.monthDay range"},
		"shift of working days": {func(t *Template) { t.Tasks[1].Repeat = &Repeat{Every: 1, Unit: Workday, Workday: ShiftNext} }, "tasks[1].repeat.workday repeat"},
		"waits for nothing":     {func(t *Template) { t.Tasks[0].Dependencies[0].On = "third" }, "tasks[0].dependencies[0].on unknown"},
		"kind of dependency":    {func(t *Template) { t.Tasks[0].Dependencies[0].Kind = "XX" }, "tasks[0].dependencies[0].kind choice"},
		"lag":                   {func(t *Template) { t.Tasks[0].Dependencies[0].Lag = MaxLag + 1 }, "tasks[0].dependencies[0].lag range"},
		"waits twice":           {func(t *Template) { t.Tasks[0].Dependencies = slices.Repeat(t.Tasks[0].Dependencies, 2) }, "tasks[0].dependencies[1].on twice"},
		"waits for a part":      {func(t *Template) { t.Tasks[0].Dependencies[0].On = "sub" }, "tasks[0].dependencies[0].on family"},
		"waits for the whole": {func(t *Template) {
			t.Tasks[0].Subtasks[0].Dependencies = []Dependency{{On: "first", Kind: FinishStart}}
		}, "tasks[0].subtasks[0].dependencies[0].on family"},
		"waits for itself":     {func(t *Template) { t.Tasks[1].Dependencies = []Dependency{{On: "second", Kind: FinishStart}} }, "tasks cycle"},
		"in a circle":          {func(t *Template) { t.Tasks[1].Dependencies = []Dependency{{On: "first", Kind: FinishStart}} }, "tasks cycle"},
		"item without words":   {func(t *Template) { t.Tasks[0].Checklist[0].Text = Text{} }, "tasks[0].checklist[0].text.zh-CN empty"},
		"item of nobody":       {func(t *Template) { t.Tasks[0].Checklist[0].Role = "x" }, "tasks[0].checklist[0].role unknown"},
		"item's date":          {func(t *Template) { t.Tasks[0].Checklist[0].Due.Days = nil }, "tasks[0].checklist[0].due offset"},
		"part of a part":       {func(t *Template) { t.Tasks[0].Subtasks[0].Subtasks = []Task{{Key: "deep"}} }, "tasks[0].subtasks[0].subtasks nested"},
		"many items":           {func(t *Template) { t.Tasks[0].Checklist = slices.Repeat(t.Tasks[0].Checklist, MaxChecklist+1) }, "tasks[0].checklist long"},
		"many tasks":           {func(t *Template) { t.Tasks = slices.Repeat(t.Tasks, MaxTasks) }, "tasks too_many_tasks"},
		"many states":          {func(t *Template) { t.States = slices.Repeat(t.States, 20) }, "states long"},
		"kind":                 {func(t *Template) { t.Fields[0].Kind = "colour" }, "fields[0].kind choice"},
		"field twice":          {func(t *Template) { t.Fields[0].Key = "sum" }, "fields[1].key twice"},
		"required formula":     {func(t *Template) { t.Fields[11].Required = true }, "fields[11].required setting"},
		"no currency":          {func(t *Template) { t.Fields[1].Settings.Currency = "" }, "fields[1].settings.currency empty"},
		"currency":             {func(t *Template) { t.Fields[1].Settings.Currency = "yuan" }, "fields[1].settings.currency choice"},
		"alien setting":        {func(t *Template) { t.Fields[0].Settings.Precision = ptr(2) }, "fields[0].settings.precision setting"},
		"no options":           {func(t *Template) { t.Fields[2].Settings.Options = nil }, "fields[2].settings.options empty"},
		"option twice":         {func(t *Template) { t.Fields[2].Settings.Options[1].Key = "a" }, "fields[2].settings.options[1].key twice"},
		"option colour":        {func(t *Template) { t.Fields[2].Settings.Options[1].Colour = "x" }, "fields[2].settings.options[1].colour colour"},
		"branch in a select":   {func(t *Template) { t.Fields[2].Settings.Options[0].Children = []Option{{Key: "z"}} }, "fields[2].settings.options[0].children setting"},
		"branch option name":   {func(t *Template) { t.Fields[4].Settings.Options[0].Children[0].Name.English = "" }, "fields[4].settings.options[0].children[0].name.en empty"},
		"stars":                {func(t *Template) { t.Fields[7].Settings.Max = ptr(11.0) }, "fields[7].settings.max range"},
		"turned bounds":        {func(t *Template) { t.Fields[8].Settings.Min = ptr(200.0) }, "fields[8].settings.max range"},
		"precision":            {func(t *Template) { t.Fields[11].Settings.Precision = ptr(9) }, "fields[11].settings.precision range"},
		"formula":              {func(t *Template) { t.Fields[11].Settings.Formula = "{sum} +" }, "fields[11].settings.formula formula"},
		"formula of words":     {func(t *Template) { t.Fields[11].Settings.Formula = "{words} + 1" }, "fields[11].settings.formula formula"},
		"formula of itself":    {func(t *Template) { t.Fields[11].Settings.Formula = "{total} + 1" }, "fields[11].settings.formula formula"},
		"formula of nothing":   {func(t *Template) { t.Fields[11].Settings.Formula = "{gone}" }, "fields[11].settings.formula unknown"},
		"pattern":              {func(t *Template) { t.Fields[12].Settings.Pattern = "N-{yyyy}" }, "fields[12].settings.pattern pattern"},
		"target":               {func(t *Template) { t.Fields[13].Settings.Target = "moon" }, "fields[13].settings.target choice"},
		"value of nothing":     {value("gone", `1`), "tasks[0].values.gone unknown"},
		"value of a formula":   {value("total", `1`), "tasks[0].values.total value"},
		"bare words":           {value("words", `"hello"`), "tasks[0].values.words value"},
		"english words":        {value("words", `{"zh-CN":"x","en":"中"}`), "tasks[0].values.words value"},
		"half a cent":          {value("sum", `1.5`), "tasks[0].values.sum value"},
		"debt":                 {value("sum", `-1`), "tasks[0].values.sum value"},
		"no such option":       {value("choice", `"c"`), "tasks[0].values.choice value"},
		"same option twice":    {value("several", `["a","a"]`), "tasks[0].values.several value"},
		"no such branch":       {value("branch", `["y"]`), "tasks[0].values.branch value"},
		"maybe":                {value("yes", `"true"`), "tasks[0].values.yes value"},
		"nobody":               {value("who", `"boss"`), "tasks[0].values.who value"},
		"six stars":            {value("stars", `6`), "tasks[0].values.stars value"},
		"over all":             {value("share", `101`), "tasks[0].values.share value"},
		"bare date":            {value("when", `"2026-10-01"`), "tasks[0].values.when value"},
		"far date":             {value("when", `{"from":"start","days":9999}`), "tasks[0].values.when value"},
		"date spelt otherwise": {func(t *Template) { t.Tasks[0].Values["when"] = json.RawMessage(`{"From":"start","days":1}`) }, "tasks[0].values.when value"},
		"date with more":       {value("when", `{"from":"start","days":1,"x":1}`), "tasks[0].values.when value"},
	} {
		template := small()
		c.spoil(&template)
		var got []string
		for _, p := range Validate(template) {
			got = append(got, p.Path+" "+p.Code)
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	template := small()
	for i := range MaxTasks - 10 {
		template.Tasks = append(template.Tasks, Task{Key: fmt.Sprintf("BAD %d", i), Labels: slices.Repeat([]string{"x"}, 100)})
	}
	got := Validate(template)
	if len(got) != MaxProblems || got[MaxProblems-1].Code != ProblemTooMany {
		t.Errorf("%d problems", len(got))
	}
}

// A chain as long as a template may be, waiting in the worst order, is walked once.
func TestLongChainsHaveNoCycle(t *testing.T) {
	t.Parallel()
	waits := map[string][]string{}
	for i := range 5000 {
		waits[fmt.Sprint(i)] = []string{fmt.Sprint(i + 1), fmt.Sprint(i + 2)}
	}
	if got := findCycle(waits); got != nil {
		t.Errorf("a cycle of %d", len(got))
	}
	waits["5000"] = []string{"10"}
	if got := findCycle(waits); len(got) < 2 {
		t.Errorf("no cycle: %v", got)
	}
}

func TestFormulaShapes(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"{a}": true, "1": true, "1.5": true, " ( {a} + {b-c} ) * 2 ": true, "((1))": true,
		"": false, "{a": false, "a": false, "{A}": false, "1.": false, "1..2": false, "{a} {b}": false, "()": false, "(1": false, "1)": false,
		"+1": false, "1+": false, "{a}^2": false, "1;2": false,
		strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100): false,
		strings.Repeat("1+", 300) + "1":                           false,
	} {
		if _, err := formulaFields(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}
