package markdown_test
import ("testing";"fmt";"dingban/app/platform/markdown")
func TestX(t *testing.T){
 for _, s := range []string{"- a\n\n\n- b","1. a\n   - b\n     > c\n2. d","* a\n\n  ```\n  x\n\n  y\n  ```\n\n* b","> - a\n> - b\n\nc","- a\n- \n- c","-\n  foo","a\n\n- b\n\n\n  c","**a\nb** c","| a |\n| - |\n> q","- [ ] x\n  more\n\n  para","1) a\n\n   b\n2) c\n","> ```\n> a\nb","- a\n---\nb","# a\n- b\n# c","*a **b*** `c`","\t- a","- a\n\t- b\n\t\t- c","  - a\n - b","10. a\n    b","***","`a\nb`","[a\nb](/c \"d\ne\")","a|b\n-|-\nc|d\n\ne|f","| `a\\|b` | c |\n|---|---|","中文**加粗**中文__下划__中文","**加粗：**内容","a\\\n\nb","&amp;lt;script&gt;","![a](/b)![c](/d)", "> a\n- b", "- > a\n  > b\n- c"} {
  fmt.Printf("%q\n   %q\n   %q\n", s, markdown.Parse(s).HTML(markdown.HTMLOptions{}), markdown.Parse(s).Plain(markdown.PlainOptions{Signs:true}).Text)
 }
}
