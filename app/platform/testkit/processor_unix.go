package testkit

import (
	"syscall"
	"testing"
)

// ProcessorTime is what this process has used so far, in milliseconds. On a machine that does other work as well it
// says more than the clock on the wall.
func ProcessorTime(b testing.TB) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}
