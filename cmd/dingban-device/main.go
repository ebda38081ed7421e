// Command dingban-device loads a vendor's SDF or SKF library for the vault. It is a program of its own because such a library
// needs the C library of the system, which the server does without.
package main

import (
	"os"

	"dingban/app/platform/vault/device"
)

func main() {
	if err := device.Serve(os.Stdin, os.Stdout); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n") // there is nowhere else to say it
		os.Exit(1)
	}
}
