package clean

import "strings"

// Flowed joins the lines of format=flowed (RFC 3676) into paragraphs. Space-stuffing goes, quote marks stay with one space behind
// them, and the mark of a signature is never joined. delSp says that the space at which a line was broken was put there to break it.
func Flowed(text string, delSp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	var paragraph strings.Builder
	depth, open := 0, false
	flush := func() {
		if !open {
			return
		}
		writeFlowed(&out, depth, paragraph.String())
		paragraph.Reset()
		open = false
	}
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		quoted := 0
		for quoted < len(line) && line[quoted] == '>' {
			quoted++
		}
		content := strings.TrimPrefix(line[quoted:], " ")
		signature := content == "-- "
		if open && (quoted != depth || signature) {
			flush()
		}
		depth = quoted
		flowed := strings.HasSuffix(content, " ") && !signature
		if flowed && delSp {
			content = content[:len(content)-1]
		}
		paragraph.WriteString(content)
		open = true
		if !flowed {
			flush()
		}
	}
	flush()
	return out.String()
}

func writeFlowed(out *strings.Builder, depth int, line string) {
	if depth > 0 {
		out.WriteString(strings.Repeat(">", depth))
		if line != "" {
			out.WriteByte(' ')
		}
	}
	out.WriteString(line)
	out.WriteByte('\n')
}
