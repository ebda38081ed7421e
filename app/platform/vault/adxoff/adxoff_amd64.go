package adxoff

import "os"

// init is the one init function of this project; see the package comment for why it cannot be an ordinary call: by the time
// any ordinary code runs, gmsm has long made its choice.
func init() {
	setting := "cpu.adx=off"
	// Behind whatever is there, because the last setting of a feature wins, also over cpu.all=on.
	if before := os.Getenv("GODEBUG"); before != "" {
		setting = before + "," + setting
	}
	// Setenv fails only on names and values this one is not; should it, the self test of the vault tells.
	_ = os.Setenv("GODEBUG", setting)
}
