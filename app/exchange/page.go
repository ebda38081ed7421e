package exchange

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"

	"dingban/app/exchange/sheet"
)

// pageStyle is all that the page looks like: it is made to be printed.
const pageStyle = `body{margin:24px;font:14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1f2329}
h1{margin:0 0 4px;font-size:20px}p{margin:0 0 16px;color:#646a73}
table{width:100%;border-collapse:collapse;font-size:12px}
th,td{padding:5px 7px;border:1px solid #c9cdd4;text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}
th{background:#f2f3f5;white-space:nowrap}thead{display:table-header-group}tr{break-inside:avoid}
@page{size:A4 landscape;margin:12mm}@media print{body{margin:0}table{font-size:9px}}`

// pagePolicy lets a browser use the style of the page and nothing else, whatever a title tries.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; sandbox"
}

// page writes a table as a web page for printing. bufio keeps the first error, which Close gives.
type page struct {
	out     *bufio.Writer
	columns int
}

func newPage(w io.Writer, language, title, note string, headers []sheet.Column) *page {
	p := &page{out: bufio.NewWriterSize(w, 16<<10), columns: len(headers)}
	p.print("<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>", language, title)
	_, _ = p.out.WriteString("<style>" + pageStyle + "</style></head><body>")
	p.print("<h1>%s</h1><p>%s</p><table><thead><tr>", title, note)
	for _, h := range headers {
		p.print("<th scope=\"col\">%s</th>", h.Header)
	}
	_, _ = p.out.WriteString("</tr></thead><tbody>\n")
	return p
}

// print escapes all its values.
func (p *page) print(format string, values ...string) {
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	_, _ = fmt.Fprintf(p.out, format, escaped...)
}

// Write writes one row.
func (p *page) Write(cells []sheet.Cell) error {
	_, _ = p.out.WriteString("<tr>")
	for i := range p.columns {
		text := ""
		if i < len(cells) {
			text = cells[i].Text
		}
		p.print("<td>%s</td>", text)
	}
	_, err := p.out.WriteString("</tr>\n")
	return err
}

// Close writes the end of the page.
func (p *page) Close() error {
	_, err := p.out.WriteString("</tbody></table></body></html>\n")
	return errors.Join(err, p.out.Flush())
}
