// Package web carries the built web pages inside the binary.
package web

import "embed"

// Dist holds the output of the page build. The prefix "all:" is needed because the bundler names some files with a
// leading underscore, which embed leaves out otherwise; a checked-in placeholder lets Go build before the pages do.
//
//go:embed all:dist
var Dist embed.FS
