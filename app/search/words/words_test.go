package words

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/platform/pinyin"

	"golang.org/x/text/unicode/norm"
)

// lookedUp tells whether a term would be looked up and found.
func lookedUp(bag Bag, term string) bool {
	return slices.ContainsFunc(NewTerm(term).Ways(), func(way []Gram) bool {
		return !slices.ContainsFunc(way, func(g Gram) bool { return bag[g]&^(Several|InTitle) != 0 || !has(bag, g) })
	})
}

func has(bag Bag, g Gram) bool {
	_, ok := bag[g]
	return ok
}

func in(term, text string, place Place) bool {
	t := Ready(place, text)
	return NewTerm(term).In(&t)
}

var titles = []string{
	"修复登录页面在低版本浏览器上的白屏问题",
	"Upgrade Kubernetes to v1.31 和验证 Ingress",
	"季度OKR复盘：第３季度（Ｑ３）",
	"ＡＢＣ全角字母 and half-width",
	"预算审批-2026年度#12",
	"🎉上线 release 2.0.1-rc3 internationalization",
	"Überprüfung der Prüfung",
	"日本語のタイトルをテスト",
	"機房搬遷與資料庫備份",
	"a",
	"任",
}

// TestEveryPieceOfATextFindsIt: whatever a person copies out of a text must find it, wherever it stands.
func TestEveryPieceOfATextFindsIt(t *testing.T) {
	t.Parallel()
	for _, place := range []Place{Title, Body, Comment} {
		for _, title := range titles {
			bag := Bag{}
			bag.Add(place, title)
			runes := []rune(title)
			for from := range runes {
				for to := from + 1; to <= len(runes); to++ {
					part := string(runes[from:to])
					if !HasLetters(part) {
						continue
					}
					if !lookedUp(bag, part) {
						t.Errorf("%q does not find %q", part, title)
					}
					if strings.TrimSpace(part) != "" && !in(part, title, place) {
						t.Errorf("%q is in %q but does not match", part, title)
					}
				}
			}
		}
	}
}

func TestFolding(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  ＡＢＣ　１２３ ": "abc 123",
		"資料庫備份":      "资料库备份",
		"乾燥 後臺 麵條":   "干燥 后台 面条",
		"①②":         "12",
		"ﬁne":        "fine",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestFoldingIsNFKC also where it takes the short way.
func TestFoldingIsNFKC(t *testing.T) {
	t.Parallel()
	for r := range rune(0x10000) {
		if needsNorm(r) {
			continue
		}
		slow := fold(string(r) + "ﬀ") // which the short way does not know
		quick := fold(string(r) + "ff")
		if string(slow.plain) != string(quick.plain) {
			t.Errorf("%U: %q and %q", r, string(slow.plain), string(quick.plain))
		}
	}
}

func TestPinyin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		title string
		typed []string
		not   []string
	}{
		{"采购三台服务器", []string{"caigou", "CAIGOU", "fuwuqi", "caig", "cg", "cgst", "fwq", "gousan", "fuwu"}, []string{"aigou", "caigu", "cgf", "wufu"}},
		{"重庆银行会计", []string{"chongqing", "zhongqing", "yinhang", "yinxing", "kuaiji", "huiji", "cqyh", "zqyx", "yhkj"}, []string{"chongqin2"}},
		{"西安出差", []string{"xian", "xi'an", "xianchu", "xac"}, []string{"xanc"}},
		{"女子绿化", []string{"nvzi", "lvhua", "nzlh"}, []string{"nuzi"}},
		{"張偉", []string{"zhangwei", "zw", "zhang"}, []string{"wz"}},
		{"OKR复盘", []string{"fupan", "fp", "okr"}, []string{"rfp"}},
	} {
		bag := Bag{}
		bag.Add(Title, c.title)
		for _, typed := range c.typed {
			if !in(typed, c.title, Title) || !lookedUp(bag, typed) {
				t.Errorf("%q does not find %q: %v %v", typed, c.title, in(typed, c.title, Title), lookedUp(bag, typed))
			}
			if in(typed, c.title, Body) && typed != "okr" {
				t.Errorf("%q finds %q outside of a title", typed, c.title)
			}
		}
		for _, typed := range c.not {
			if in(typed, c.title, Title) {
				t.Errorf("%q finds %q", typed, c.title)
			}
		}
	}
}

// TestPinyinIsLookedUpWheneverItMatches, with characters of several readings side by side.
func TestPinyinIsLookedUpWheneverItMatches(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	signs := []rune("重行会长乐单曾大地都恶干角觉朴解曲啊呃欧安爱女绿")
	for range 3000 {
		title := make([]rune, 1+random.IntN(6))
		typed, firsts := "", ""
		for i := range title {
			title[i] = signs[random.IntN(len(signs))]
			read := pinyin.Readings(title[i])
			r := read[random.IntN(len(read))]
			typed += r
			firsts += r[:1]
		}
		bag := Bag{}
		bag.Add(Title, string(title))
		for _, q := range []string{typed, typed[:1+random.IntN(len(typed))], firsts} {
			if len(q) > 1 && (!in(q, string(title), Title) || !lookedUp(bag, q)) {
				t.Fatalf("%q does not find %q: %v %v", q, string(title), in(q, string(title), Title), lookedUp(bag, q))
			}
		}
	}
}

func TestWeights(t *testing.T) {
	t.Parallel()
	bag := Bag{}
	bag.Add(Title, "发布计划")
	bag.Add(Comment, "计划改到下周")
	for piece, want := range map[string]Weight{"计划": InTitle | Several, "发布": InTitle, "下周": 0} {
		r := []rune(piece)
		if got, ok := bag[gramOf(r...)]; !ok || got != want {
			t.Errorf("%s: %v, want %v", piece, got, want)
		}
	}
}

func show(text string, length int, terms ...string) (joined, hits string) {
	ready := Ready(Title, text)
	var all []Term
	for _, s := range terms {
		all = append(all, NewTerm(s))
	}
	parts := Show(&ready, length, all)
	for _, p := range parts {
		if p.Hit {
			hits += "[" + p.Text + "]"
		}
	}
	return Join(parts), hits
}

func TestWhatWasLookedForStandsOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, hits string
		terms      []string
	}{
		{"资料库备份，再备份", "[备份][备份]", []string{"備份"}},
		{"ＡＢＣ 全角", "[ＡＢＣ]", []string{"abc"}},
		{"采购三台服务器", "[采购][服务器]", []string{"caigou", "fwq"}},
		{"Überprüfung", "[prüf]", []string{"PRÜF"}},
		{"U\u0308ber alles", "[U\u0308b]", []string{"üb"}},
		{"㍿の", "[㍿]", []string{"株式"}},
		{"登录页面", "[登录页]", []string{"登录", "录页"}},
		{"没有", "", []string{"别的"}},
	} {
		if joined, hits := show(c.text, 100, c.terms...); hits != c.hits || joined != c.text {
			t.Errorf("%q %q: %s in %q, want %s", c.text, c.terms, hits, joined, c.hits)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("前面的文字很长。", 20) + "这里有关键词出现" + strings.Repeat("后面也很长。", 20)
	s, hits := show(long, 60, "关键词")
	if hits != "[关键词]" || !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") || utf8.RuneCountInString(s) > 75 {
		t.Errorf("snippet %q, %q", s, hits)
	}
	if s, hits := show("A Short\n\n line", 60, "short line"); s != "A Short line" || hits != "[Short line]" {
		t.Errorf("snippet %q, %q", s, hits)
	}
}

func TestNormaliseIsStable(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		runes := make([]rune, random.IntN(30))
		for i := range runes {
			runes[i] = rune(random.IntN(0x3000))
		}
		once := Normalise(string(runes))
		if !utf8.ValidString(once) {
			t.Fatalf("%q is not UTF-8", once)
		}
		if again := strings.TrimSpace(once); again != once || strings.Contains(once, "  ") {
			t.Fatalf("%q keeps space", once)
		}
	}
}

// wild are texts of everything that people paste: scripts side by side, characters of all planes, marks, and forms that
// become others when they are compared.
var wild = []string{
	"𠮷野家开会，𠀀𠀁与𪚥、𫝀𫠝𬺰𮯠𰀀𰻝𱍐𲎯都要能搜到",           // extensions B to H
	"第\U0002EBF0\U0002EE5D号与\U000323B0号", // extensions I and J
	"姓名：\ue000\uf8ff丽\U000F0001华",        // private areas
	"豈更車賈滑丽你",                            // compatibility forms
	"臺灣資料庫備份與雲端運算，繁體轉簡體", "台湾数据库备份",
	"ＯＡ系统ｖ２．０（全角）ﾊﾝｶｸ ｶﾞｷﾞ", "①号窗口⑳㈱㍿㎡㎏ﬁﬂ½", "Ⅷ期与ⅷ期",
	"👍🏽完成🎉🎉 👨‍👩‍👧‍👦家庭 🇨🇳国旗 1️⃣第一", "❤️与♥", "🧑🏿‍💻写代码",
	"cafe\u0301 和 café，Zu\u0308rich", "a\u0301\u0323b\u0302c", "ố\u0301ng nước", "e" + strings.Repeat("\u0301", 40) + "f与g",
	"한국어 제목 테스트", "\u1112\u1161\u11ab글자모", "日本語ガイド、が\u3099", "ภาษาไทยกับ中文", "हिन्दी मिश्रित पाठ", "عربى مع 中文 ١٢٣",
	"İstanbul ıI ſtraße ΟΔΟΣ Ǆ", "𝐁𝐨𝐥𝐝 𝟜𝟚", "tab\tand\u3000全角空格\u00a0nbsp\u200b零宽\u200d连接", "坏字\ufffd也在",
	"CVE-2026-12345、192.168.1.254:8080/api?v=1&x=%20", "2026-12-31T23:59:59+08:00", "¥1,234,567.89（含税13%）", "a_b-c.d@e.com", "C++/C#/.NET",
	"〇二六年", "々〻〆ヶ", "《办法》〔2026〕8号“引号”…——", "ⅠⅡ、㊀㊁、㋿",
}

// parts gives the stretches of two and more characters of a text that are text of their own: those that begin with a mark
// or end before one would be other letters.
func parts(text string, each func(part string)) {
	var cuts []int
	for at := range text {
		if norm.NFKC.PropertiesString(text[at:]).BoundaryBefore() {
			cuts = append(cuts, at)
		}
	}
	cuts = append(cuts, len(text))
	for i, from := range cuts {
		for _, to := range cuts[i+1:] {
			if part := text[from:to]; utf8.RuneCountInString(part) > 1 && HasLetters(part) {
				each(part)
			}
		}
	}
}

// TestEveryPartOfAnyTextIsLookedUpAndHeld, whatever it is written in.
func TestEveryPartOfAnyTextIsLookedUpAndHeld(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, text := range wild {
		for _, place := range []Place{Title, Body} {
			bag := Bag{}
			bag.Add(place, text)
			ready := Ready(place, text)
			parts(text, func(part string) {
				checked++
				term := NewTerm(part)
				if !term.In(&ready) || !lookedUp(bag, part) {
					t.Errorf("%q of %q: held %v, looked up %v", part, text, term.In(&ready), lookedUp(bag, part))
				}
				if joined := Show(&ready, 1000, []Term{term}); !slices.ContainsFunc(joined, func(p Part) bool { return p.Hit }) {
					t.Errorf("%q does not stand out in %q", part, text)
				}
			})
		}
	}
	for _, rare := range []string{"\U0002EBF0", "\U000323B0", "\ue000", "\U000F0001"} {
		if !HasLetters(rare) {
			t.Errorf("%q cannot be looked for", rare)
		}
	}
	if checked < 8000 {
		t.Errorf("only %d parts", checked)
	}
}

// FuzzTokens looks for a part of a text, and for what may be no part of it: the first is found, and nothing is held that is
// not looked up.
func FuzzTokens(f *testing.F) {
	for i, text := range wild {
		f.Add(text, wild[(i+1)%len(wild)], uint8(i), uint8(i+2))
	}
	f.Fuzz(func(t *testing.T, text, other string, from, length uint8) {
		if len(text) > 200 || !utf8.ValidString(text) || !utf8.ValidString(other) {
			return
		}
		bag := Bag{}
		bag.Add(Body, text)
		ready := Ready(Body, text)
		n := 0
		parts(text, func(part string) {
			if n++; n%(1+int(from)) == int(length)%(1+int(from)) && n < 3000 && (!NewTerm(part).In(&ready) || !lookedUp(bag, part)) {
				t.Errorf("%q is not found in %q", part, text)
			}
		})
		if term := NewTerm(other); term.In(&ready) && len(term.Ways()) > 0 && !lookedUp(bag, other) {
			t.Errorf("%q is held by %q and not looked up", other, text)
		}
	})
}

func FuzzSearchNeverPanics(f *testing.F) {
	for _, title := range titles {
		f.Add(title, title)
		f.Add("cgfwq", title)
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		bag := Bag{}
		bag.Add(Title, text)
		bag.Add(Body, text)
		term := NewTerm(query)
		ready := Ready(Title, text)
		if term.In(&ready) && len(term.Ways()) > 0 && len(bag) < MaxGrams && !lookedUp(bag, query) {
			t.Errorf("%q is in %q and not found", query, text)
		}
		Show(&ready, 40, []Term{term})
	})
}

func BenchmarkAddDescription(b *testing.B) {
	text := strings.Repeat("请在周五之前完成数据库迁移方案并附上回滚步骤与截图", 8)
	for b.Loop() {
		bag := Bag{}
		bag.Add(Body, text)
	}
}
