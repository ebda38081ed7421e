package formula

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzEval takes anything for an expression. What compiles evaluates to a value of its type, or to a failure; its stored and
// its shown form compile to the same result.
func FuzzEval(f *testing.F) {
	for _, s := range []string{
		`IF(AND({单价}>10,CONTAIN({标签},"急")),"加急 "&RMB({单价}*{数量}),"")`, `DATEADD({截止},-1,"month")`, `TEXT({开始},"yyyy年m月d日 aaaa hh:mm:ss am/pm")`, `MID("钉办",2,9)`, `50%-1%2`,
		`IFS(TRUE,1/0)`, `SWITCH(1,2,3,4)`, `{括\}号}^0.5`, `TEXT(-1234.5,"#,##0.00;(0.0);零")`, `SUBSTITUTE("aaa","a","bb",2)`, `WORKDAY(TODAY(),-30)`, `UNIQUE({标签},"x")`, `DATEDIF({开始},NOW(),"YD")`,
		`TEXT(12345,"[DBNum2]G/通用格式")`, `FIND("","",1)`, `NTH({数表},2)`, `EOMONTH(DATE(9999,12,31),1)`, `REPT("ab",9)`, `MAX({截止},{开始})-1`,
	} {
		f.Add(s)
	}
	names := slices.Sorted(maps.Keys(functions()))
	f.Add(strings.Join(names, "(1)+"))
	fields, ctx := testFields(), testContext(f)
	f.Fuzz(func(t *testing.T, source string) {
		p, err := Compile(source, fields)
		if err != nil {
			if code := codeOf(err); code[0] == '?' {
				t.Errorf("%q: an error of another type: %v", source, err)
			}
			var e *Error
			if errors.As(err, &e) && (e.Pos < 0 || e.End < e.Pos || e.End > len([]rune(source))) {
				t.Errorf("%q: %v lies outside", source, err)
			}
			return
		}
		v := p.Eval(ctx)
		listed := p.Type().IsList() && v.typ.IsList()
		if v.typ != failure && v.typ != Blank && v.typ != p.Type() && !listed {
			t.Errorf("%q is of type %s, but gives %s", source, p.Type(), v.typ)
		}
		if len(v.String()) > 4*MaxText*10 {
			t.Errorf("%q gives %d bytes", source, len(v.String()))
		}
		for _, form := range []string{p.Stored(), Shown(p.Stored(), func(id string) (string, bool) { return id, true })} {
			again, err := Compile(form, fields)
			if err != nil || again.Eval(ctx).String() != v.String() {
				t.Errorf("%q is stored as %q, which gives %v", source, form, err)
			}
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	fields := testFields()
	for b.Loop() {
		if _, err := Compile(`IF(AND({单价}>10,CONTAIN({标签},"急")),"加急 "&RMB({单价}*{数量}),"")`, fields); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for name, source := range map[string]string{
		"arithmetic": `ROUND({单价}*{数量}*(1+13%),2)`,
		"logic":      `IF(AND({单价}>10,CONTAIN({标签},"急")),"加急 "&RMB({单价}*{数量}),"")`,
		"dates":      `IF({截止}<TODAY(),"逾期 "&DAYS(TODAY(),{截止})&" 天",TEXT({截止},"yyyy-mm-dd"))`,
		"workdays":   `NETWORKDAYS(TODAY(),{截止})`,
	} {
		b.Run(name, func(b *testing.B) {
			p, err := Compile(source, testFields())
			if err != nil {
				b.Fatal(err)
			}
			ctx := testContext(b)
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(ctx)
			}
		})
	}
}
