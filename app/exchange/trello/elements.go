package trello

import (
	"strconv"
	"strings"
	"time"

	"dingban/app/exchange/record"
)

// The elements of an export, with the parts that are used.
type (
	listElement struct {
		ID     string  `json:"id"`
		Name   string  `json:"name"`
		Closed bool    `json:"closed"`
		Pos    float64 `json:"pos"`
	}
	labelElement struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Color string `json:"color"`
	}
	memberElement struct {
		ID       string `json:"id"`
		FullName string `json:"fullName"`
		Username string `json:"username"`
	}
	cardElement struct {
		ID          string         `json:"id"`
		ShortLink   string         `json:"shortLink"`
		Name        string         `json:"name"`
		Desc        string         `json:"desc"`
		Closed      bool           `json:"closed"`
		IsTemplate  bool           `json:"isTemplate"`
		IDList      string         `json:"idList"`
		Pos         float64        `json:"pos"`
		Due         string         `json:"due"`
		DueComplete bool           `json:"dueComplete"`
		Start       string         `json:"start"`
		Activity    string         `json:"dateLastActivity"`
		IDMembers   []string       `json:"idMembers"`
		IDLabels    []string       `json:"idLabels"`
		Labels      []labelElement `json:"labels"`
		Attachments []struct {
			Name     string `json:"name"`
			URL      string `json:"url"`
			MimeType string `json:"mimeType"`
			Bytes    int64  `json:"bytes"`
			Date     string `json:"date"`
			IDMember string `json:"idMember"`
		} `json:"attachments"`
		Fields []struct {
			IDField string      `json:"idCustomField"`
			IDValue string      `json:"idValue"`
			Value   customValue `json:"value"`
		} `json:"customFieldItems"`
		Checklists []checklistElement `json:"checklists"`
		Badges     struct {
			Comments int `json:"comments"`
		} `json:"badges"`
	}
	customValue struct {
		Text    string `json:"text"`
		Number  string `json:"number"`
		Date    string `json:"date"`
		Checked string `json:"checked"`
	}
	checklistElement struct {
		ID     string      `json:"id"`
		IDCard string      `json:"idCard"`
		Name   string      `json:"name"`
		Pos    float64     `json:"pos"`
		Items  []checkItem `json:"checkItems"`
	}
	checkItem struct {
		Name     string  `json:"name"`
		State    string  `json:"state"`
		Pos      float64 `json:"pos"`
		Due      string  `json:"due"`
		IDMember string  `json:"idMember"`
	}
	fieldElement struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Type    string `json:"type"`
		Options []struct {
			ID    string      `json:"id"`
			Value customValue `json:"value"`
		} `json:"options"`
	}
	actionElement struct {
		Type            string        `json:"type"`
		Date            string        `json:"date"`
		IDMemberCreator string        `json:"idMemberCreator"`
		MemberCreator   memberElement `json:"memberCreator"`
		Data            struct {
			Text string `json:"text"`
			Card struct {
				ID string `json:"id"`
			} `json:"card"`
		} `json:"data"`
	}
)

// choice is one of the values that a field may have.
type choice struct {
	field, option string
}

type comment struct {
	author record.Person
	date   string
	text   string
}

// collected is what was read, until all of it is known: actions come before the cards they are about.
type collected struct {
	lists      map[string]listElement
	order      []string
	labels     map[string]record.Label
	labelOrder []string
	members    map[string]record.Person
	people     []record.Person
	cards      []cardElement
	checklists map[string][]checklistElement
	fields     map[string]string
	choices    map[choice]string
	comments   map[string][]comment
	makers     map[string]record.Person
}

func (c *collected) init() {
	c.lists = map[string]listElement{}
	c.labels = map[string]record.Label{}
	c.members = map[string]record.Person{}
	c.checklists = map[string][]checklistElement{}
	c.fields = map[string]string{}
	c.choices = map[choice]string{}
	c.comments = map[string][]comment{}
	c.makers = map[string]record.Person{}
}

// overhead is what an element costs besides its texts, roughly.
const overhead = 200

func (c *collected) addList(l listElement) int {
	if _, again := c.lists[l.ID]; !again {
		c.order = append(c.order, l.ID)
	}
	c.lists[l.ID] = l
	return overhead + len(l.Name)
}

func (c *collected) addLabel(l labelElement) int {
	if _, again := c.labels[l.ID]; !again {
		c.labelOrder = append(c.labelOrder, l.ID)
	}
	c.labels[l.ID] = label(l)
	return overhead + len(l.Name)
}

// label makes a label; one without a name is called by its colour.
func label(l labelElement) record.Label {
	name := strings.TrimSpace(l.Name)
	if name == "" {
		name = l.Color
	}
	return record.Label{Name: name, Colour: colour(l.Color)}
}

func colour(name string) string {
	name, _, _ = strings.Cut(name, "_")
	switch name {
	case "green":
		return "#61bd4f"
	case "yellow":
		return "#f2d600"
	case "orange":
		return "#ff9f1a"
	case "red":
		return "#eb5a46"
	case "purple":
		return "#c377e0"
	case "blue":
		return "#0079bf"
	case "sky":
		return "#00c2e0"
	case "lime":
		return "#51e898"
	case "pink":
		return "#ff78cb"
	case "black":
		return "#344563"
	default:
		return ""
	}
}

func (c *collected) addMember(m memberElement) int {
	p := person(m)
	if _, again := c.members[m.ID]; !again {
		c.people = append(c.people, p)
	}
	c.members[m.ID] = p
	return overhead + len(m.FullName) + len(m.Username)
}

func person(m memberElement) record.Person {
	return record.Person{Name: strings.TrimSpace(m.FullName), Login: m.Username}
}

func (c *collected) addCard(card cardElement) int {
	c.cards = append(c.cards, card)
	n := 3*overhead + len(card.Name) + len(card.Desc) + 40*(len(card.IDMembers)+len(card.IDLabels)) + overhead*len(card.Labels)
	for _, a := range card.Attachments {
		n += overhead + len(a.Name) + len(a.URL)
	}
	for _, f := range card.Fields {
		n += overhead + len(f.Value.Text)
	}
	for _, l := range card.Checklists {
		n += c.sizeOf(l)
	}
	return n
}

func (c *collected) sizeOf(l checklistElement) int {
	n := overhead + len(l.Name)
	for _, i := range l.Items {
		n += overhead + len(i.Name)
	}
	return n
}

func (c *collected) addChecklist(l checklistElement) int {
	c.checklists[l.IDCard] = append(c.checklists[l.IDCard], l)
	return c.sizeOf(l)
}

func (c *collected) addField(f fieldElement) int {
	c.fields[f.ID] = f.Name
	n := overhead + len(f.Name)
	for _, o := range f.Options {
		c.choices[choice{field: f.ID, option: o.ID}] = o.Value.Text
		n += overhead + len(o.Value.Text)
	}
	return n
}

// addAction keeps comments and who made a card; all else is history that tasks begin anew.
func (c *collected) addAction(a actionElement) int {
	card := a.Data.Card.ID
	if card == "" {
		return 0
	}
	author := person(a.MemberCreator)
	if author.IsZero() {
		author = record.Person{Login: a.IDMemberCreator}
	}
	switch a.Type {
	case "commentCard", "copyCommentCard":
		c.comments[card] = append(c.comments[card], comment{author: author, date: a.Date, text: a.Data.Text})
		return overhead + len(a.Data.Text)
	case "createCard", "copyCard", "emailCard", "convertToCardFromCheckItem":
		c.makers[card] = author
		return overhead
	default:
		return 0
	}
}

// madeAt reads the time out of an id: its first eight digits are seconds.
func madeAt(id string) time.Time {
	if len(id) != 24 {
		return time.Time{}
	}
	s, err := strconv.ParseInt(id[:8], 16, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
