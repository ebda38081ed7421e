package message

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"dingban/app/mailin/message/header"
)

// SafeName makes a file name fit to be stored and shown: no folders, nothing invisible or that changes direction, none of the
// letters and names Windows refuses, no more than MaxName bytes, its extension kept. It is the fallback if nothing is left.
func SafeName(name, fallback string) string {
	name = header.Clean(strings.ToValidUTF8(name, "_"))
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		if rest := strings.Trim(name[at+1:], ". "); rest != "" {
			name = rest
		}
	}
	name = strings.Map(func(r rune) rune {
		switch r {
		case '/', '\\', '<', '>', ':', '"', '|', '?', '*':
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimLeft(name, " "), ". ")
	if strings.Trim(name, "._ ") == "" {
		return fallback
	}
	name = shorten(name)
	if reserved(name) {
		name = "_" + name
	}
	return name
}

// shorten cuts a name, but not its extension.
func shorten(name string) string {
	const most = MaxName - 1 // room for an underscore
	if len(name) <= most {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	cut := most - len(ext)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimRight(name[:cut], ". ") + ext
}

// reserved says that Windows takes a name for a device.
func reserved(name string) bool {
	base, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch base = strings.TrimSpace(base); base {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) && base[3] >= '0' && base[3] <= '9'
}

// fallbackName is the name of a file that has none.
func fallbackName(p Part) string {
	switch p.Kind {
	case Calendar:
		return "invite.ics"
	case Enclosed:
		return "message.eml"
	case Report:
		return "report.txt"
	}
	switch p.Type {
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "smime.p7s"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return "smime.p7m"
	case "application/pgp-signature":
		return "signature.asc"
	case "application/ms-tnef":
		return "winmail.dat"
	}
	return fmt.Sprintf("file%s", extension(p.Type))
}

// extension is that of common types without a name.
func extension(t string) string {
	switch t {
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "text/csv":
		return ".csv"
	case "text/rtf", "application/rtf":
		return ".rtf"
	case "text/vcard", "text/x-vcard":
		return ".vcf"
	case "image/jpeg", "image/jpg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	case "image/bmp":
		return ".bmp"
	case "image/tiff":
		return ".tif"
	case "image/heic":
		return ".heic"
	case "application/pdf":
		return ".pdf"
	case "application/zip", "application/x-zip-compressed":
		return ".zip"
	case "application/msword":
		return ".doc"
	case "application/vnd.ms-excel":
		return ".xls"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	case "application/vnd.openxmlformats-officedocument.presentationml.presentation":
		return ".pptx"
	case "audio/mpeg":
		return ".mp3"
	case "audio/amr":
		return ".amr"
	case "video/mp4":
		return ".mp4"
	case "application/json":
		return ".json"
	case "application/xml", "text/xml":
		return ".xml"
	default:
		return ".bin"
	}
}
