package access

import "embed"

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS
