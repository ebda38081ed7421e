package catalogue

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func shipped(t testing.TB) []Template {
	t.Helper()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everyTask gives tasks and subtasks in creation order.
func everyTask(t Template) []Task {
	var out []Task
	for _, task := range t.Tasks {
		out = append(append(out, task), task.Subtasks...)
	}
	return out
}

// texts walks over all texts of a template, by their paths.
func texts(t *testing.T, template Template) map[string]Text {
	t.Helper()
	raw, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	out := map[string]Text{}
	var walk func(path string, node any)
	walk = func(path string, node any) {
		switch node := node.(type) {
		case map[string]any:
			if zh, is := node["zh-CN"].(string); is {
				out[path] = Text{zh, node["en"].(string)}
				return
			}
			for key, child := range node {
				walk(path+"."+key, child)
			}
		case []any:
			for i, child := range node {
				walk(at(path, i), child)
			}
		}
	}
	walk("", tree)
	return out
}

func TestEveryShippedTemplateIsValid(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		for _, p := range Validate(template) {
			t.Errorf("%s: %s: %s (%s)", template.Key, p.Path, p.Code, p.Detail)
		}
	}
}

// A text of names that are the same in both languages, and of numbers.
var sameInBoth = regexp.MustCompile(`^[A-Z0-9 ./%°℃+–-]*[a-zA-Z]{0,4}(/[a-z])?[0-9]*$`)

func TestBothLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		for path, text := range texts(t, template) {
			hasHan := strings.ContainsFunc(text.Chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			switch {
			case text.Chinese == "" || text.English == "":
				t.Errorf("%s: %s is empty", template.Key, path)
			case !hasHan && !sameInBoth.MatchString(text.Chinese):
				t.Errorf("%s: %s is not in Chinese: %q", template.Key, path, text.Chinese)
			case hasHan && text.Chinese == text.English:
				t.Errorf("%s: %s is not translated: %q", template.Key, path, text.English)
			case strings.ContainsFunc(text.English, chinese):
				t.Errorf("%s: %s has Chinese in English: %q", template.Key, path, text.English)
			case utf8.RuneCountInString(text.English) < utf8.RuneCountInString(text.Chinese)*2/3:
				t.Errorf("%s: %s is shorter in English than any translation: %q %q", template.Key, path, text.Chinese, text.English)
			}
		}
	}
}

// The numbers of days, articles and standards must be the same in both languages, or one of them is wrong.
func TestNumbersAreTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	number, myriads := regexp.MustCompile(`[0-9]+`), regexp.MustCompile(`[0-9.]+ ?[万亿]|100%`) // "all" in English
	for _, template := range shipped(t) {
		for path, text := range texts(t, template) {
			english := number.FindAllString(text.English, -1)
			for _, n := range number.FindAllString(myriads.ReplaceAllString(strings.ReplaceAll(text.Chinese, ",", ""), ""), -1) {
				// Small ones may be words in English.
				if len(n) >= 3 && !slices.Contains(number.FindAllString(strings.ReplaceAll(text.English, ",", ""), -1), n) {
					t.Errorf("%s: %s: %s is only in Chinese: %q %q", template.Key, path, n, text.Chinese, english)
				}
			}
		}
	}
}

func TestTemplatesAreWholeProjects(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	if len(all) < 30 {
		t.Errorf("%d templates, want at least 30", len(all))
	}
	counts := map[string]int{}
	kinds := map[string]bool{}
	for _, template := range all {
		counts[template.Category]++
		for _, f := range template.Fields {
			kinds[f.Kind] = true
		}
		tasks := everyTask(template)
		items, checklists, dependencies := 0, 0, 0
		for _, task := range template.Tasks {
			told := strings.Contains(task.Description.Chinese, "完成标准：") && strings.Contains(task.Description.English, "Finished when: ")
			if task.Repeat == nil && !told {
				t.Errorf("%s/%s does not tell when it is finished", template.Key, task.Key)
			}
		}
		for _, task := range tasks {
			items += len(task.Checklist)
			if n := len(task.Checklist); n > 0 {
				checklists++
				if n < 3 || n > 8 {
					t.Errorf("%s/%s: a checklist of %d", template.Key, task.Key, n)
				}
			}
			dependencies += len(task.Dependencies)
			if task.Due == nil {
				t.Errorf("%s/%s has no due date", template.Key, task.Key)
			}
			if task.Estimate == 0 && !task.Milestone && len(task.Subtasks) == 0 {
				t.Errorf("%s/%s has no estimate", template.Key, task.Key)
			}
			if task.Role == "" {
				t.Errorf("%s/%s is nobody's", template.Key, task.Key)
			}
			if n := utf8.RuneCountInString(task.Description.Chinese); n < 12 {
				t.Errorf("%s/%s is described in %d characters", template.Key, task.Key, n)
			}
		}
		if len(tasks) < 12 || len(tasks) > 40 {
			t.Errorf("%s has %d tasks", template.Key, len(tasks))
		}
		if items < 8 || checklists < 3 || dependencies < 4 || len(template.Fields) < 5 || len(template.Roles) < 4 || len(template.Sections) < 2 || len(template.Labels) < 3 {
			t.Errorf("%s is a sketch: %d items in %d checklists, %d dependencies, %d fields, %d roles, %d sections, %d labels",
				template.Key, items, checklists, dependencies, len(template.Fields), len(template.Roles), len(template.Sections), len(template.Labels))
		}
	}
	for _, c := range Categories() {
		if counts[c] < 4 {
			t.Errorf("%d templates in %s", counts[c], c)
		}
	}
	for _, k := range Kinds() {
		if !kinds[k] {
			t.Errorf("no template has a field of kind %s", k)
		}
	}
}

// What is defined is used: a role without work or a label nobody carries is a remnant.
func TestNothingIsLeftOver(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		used := map[string]bool{}
		for _, task := range everyTask(template) {
			used["role "+task.Role] = true
			used["section "+task.Section] = true
			for _, l := range task.Labels {
				used["label "+l] = true
			}
			for _, item := range task.Checklist {
				used["role "+item.Role] = true
			}
		}
		for _, r := range template.Roles {
			if !used["role "+r.Key] {
				t.Errorf("%s: nobody needs role %s", template.Key, r.Key)
			}
		}
		for _, l := range template.Labels {
			if !used["label "+l.Key] {
				t.Errorf("%s: nothing has label %s", template.Key, l.Key)
			}
		}
		for _, s := range template.Sections {
			if !used["section "+s.Key] {
				t.Errorf("%s: nothing in section %s", template.Key, s.Key)
			}
		}
	}
}

// TestDatesAgreeWithDependencies lays every template on a plain calendar: nothing begins before what it waits for.
func TestDatesAgreeWithDependencies(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		d := datesOf(template, Options{Start: nominalStart})
		tasks := map[string]Task{}
		for _, task := range everyTask(template) {
			tasks[task.Key] = task
		}
		first := func(task Task) moment {
			if task.Start != nil {
				return d.moment(*task.Start)
			}
			return d.moment(*task.Due)
		}
		for _, task := range tasks {
			for _, dep := range task.Dependencies {
				before := tasks[dep.On]
				from, to := d.moment(*before.Due), first(task)
				switch dep.Kind {
				case StartStart:
					from = first(before)
				case FinishFinish:
					to = d.moment(*task.Due)
				case StartFinish:
					from, to = first(before), d.moment(*task.Due)
				}
				if dep.Lag != 0 {
					from.day = d.calendar.AddWorkdays(from.day, dep.Lag)
				}
				if to.day.Before(from.day) || to.before(from) {
					t.Errorf("%s: %s on %s waits for %s (%s%+d), which is %s", template.Key, task.Key, to.day.Format("01-02"),
						dep.On, dep.Kind, dep.Lag, from.day.Format("01-02"))
				}
			}
		}
	}
}

// TestPartsLieWithinTheWhole holds subtasks and checklists to the dates of their task.
func TestPartsLieWithinTheWhole(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		d := datesOf(template, Options{Start: nominalStart})
		within := func(whole Task, name string, part *Offset) {
			if part == nil {
				return
			}
			at, due := d.moment(*part).day, d.moment(*whole.Due).day
			if at.After(due) || whole.Start != nil && at.Before(d.moment(*whole.Start).day) {
				t.Errorf("%s/%s: %s is on %s, outside its task", template.Key, whole.Key, name, at.Format(time.DateOnly))
			}
		}
		for _, task := range template.Tasks {
			for _, sub := range task.Subtasks {
				within(task, sub.Key, sub.Start)
				within(task, sub.Key, sub.Due)
			}
		}
		for _, task := range everyTask(template) {
			for _, item := range task.Checklist {
				within(task, item.Text.English, item.Due)
			}
		}
	}
}

func TestTemplatesAreDistinct(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	titles := make([]map[string]bool, len(all))
	keys, projectKeys, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, template := range all {
		if keys[template.Key] || projectKeys[template.ProjectKey] || names[template.Name.Chinese] || names[template.Name.English] {
			t.Errorf("%s: key, project key or name is taken", template.Key)
		}
		keys[template.Key], projectKeys[template.ProjectKey] = true, true
		names[template.Name.Chinese], names[template.Name.English] = true, true
		titles[i] = map[string]bool{}
		for _, task := range everyTask(template) {
			if titles[i][task.Title.Chinese] {
				t.Errorf("%s: two tasks are called %s", template.Key, task.Title.Chinese)
			}
			titles[i][task.Title.Chinese] = true
		}
		for j := range i {
			same := 0
			for title := range titles[i] {
				if titles[j][title] {
					same++
				}
			}
			if same*5 >= min(len(titles[i]), len(titles[j])) {
				t.Errorf("%s and %s share %d titles", template.Key, all[j].Key, same)
			}
		}
	}
}
