package compose

import (
	"errors"
	"fmt"

	"dingban/configs"
)

// Tier names a size of the product.
type Tier string

// The tiers. Basic is meant for about 50 people at once, enterprise for about 200.
const (
	Basic      Tier = configs.TierBasic
	Enterprise Tier = configs.TierEnterprise
)

// Need is what a host must have for a tier.
type Need struct {
	CPUs   int
	Memory int64 // bytes
	Disk   int64 // bytes free where the data will lie
}

const (
	mib = int64(1) << 20
	gib = int64(1) << 30
)

// Tiers lists the tiers, the small one first.
func Tiers() []Tier { return []Tier{Basic, Enterprise} }

// ParseTier reads the name of a tier.
func ParseTier(name string) (Tier, error) {
	for _, t := range Tiers() {
		if string(t) == name {
			return t, nil
		}
	}
	return "", fmt.Errorf("unknown tier %q: basic or enterprise", name)
}

// Need tells what a host must have.
func (t Tier) Need() Need {
	if t == Enterprise {
		return Need{CPUs: 8, Memory: 32 * gib, Disk: 100 * gib}
	}
	return Need{CPUs: 4, Memory: 16 * gib, Disk: 40 * gib}
}

// Sizes are the limits that follow from a tier. Memory is in bytes.
type Sizes struct {
	Tier Tier

	AppMemory   int64
	AppGoMemory int64 // where the garbage collector starts to work hard: below the limit, or the kernel kills first
	AppPIDs     int

	MySQLMemory         int64
	MySQLBufferPool     int64
	MySQLMaxConnections int
	MySQLRedoCapacity   int64
	MySQLPIDs           int

	MinIOMemory   int64
	MinIOGoMemory int64
	MinIOPIDs     int

	LogSize  string // of one file of a container's log
	LogFiles int
}

// SizesFor gives the sizes of a tier on a host with so much memory. On a host smaller than its tier (allowed for trials
// only) everything shrinks alike, down to a floor below which the services do not start.
func SizesFor(t Tier, hostMemory int64) Sizes {
	s := Sizes{
		Tier:      t,
		AppMemory: 2 * gib, AppPIDs: 512,
		MySQLMemory: 5 * gib, MySQLBufferPool: 3 * gib, MySQLMaxConnections: 200, MySQLRedoCapacity: 512 * mib, MySQLPIDs: 1024,
		MinIOMemory: 2 * gib, MinIOPIDs: 1024,
		LogSize: "10m", LogFiles: 5,
	}
	if t == Enterprise {
		s.AppMemory, s.AppPIDs = 6*gib, 1024
		s.MySQLMemory, s.MySQLBufferPool, s.MySQLMaxConnections, s.MySQLRedoCapacity, s.MySQLPIDs = 14*gib, 10*gib, 500, 2*gib, 2048
		s.MinIOMemory, s.MinIOPIDs = 4*gib, 2048
		s.LogSize, s.LogFiles = "20m", 10
	}
	if need := t.Need().Memory; hostMemory > 0 && hostMemory < need {
		// In sixteenths, so that a few pages more or less after a kernel update do not change the stack.
		sixteenths := max(1, hostMemory*16/need)
		shrink := func(v *int64, floor int64) { *v = max(floor, *v/16*sixteenths/mib*mib) }
		shrink(&s.AppMemory, 512*mib)
		shrink(&s.MySQLMemory, gib)
		shrink(&s.MySQLBufferPool, 128*mib)
		shrink(&s.MySQLRedoCapacity, 100*mib)
		shrink(&s.MinIOMemory, 512*mib)
	}
	s.AppGoMemory = s.AppMemory / 10 * 8 / mib * mib
	s.MinIOGoMemory = s.MinIOMemory / 10 * 8 / mib * mib
	return s
}

// operators is how many connections stay free for people: the backup, the doctor and a console.
const operators = 10

// Connections is how many connections MySQL must allow: those of every server of the tier, and some for people.
func (s Sizes) Connections() int {
	tier := string(s.Tier)
	return configs.Replicas(tier)*(configs.PoolFor("mysql", tier).MaxOpen+configs.Reserve) + operators
}

func (s Sizes) check() error {
	if _, err := ParseTier(string(s.Tier)); err != nil {
		return err
	}
	if s.AppMemory < 64*mib || s.MySQLMemory < 256*mib || s.MinIOMemory < 64*mib ||
		s.MySQLBufferPool >= s.MySQLMemory || s.Connections() > s.MySQLMaxConnections {
		return errors.New("sizes do not fit each other: use SizesFor")
	}
	return nil
}

// MiB writes bytes the way the Compose file and the MySQL configuration both read them.
func MiB(bytes int64) string { return fmt.Sprintf("%dm", bytes/mib) }

// GoMiB writes bytes the way GOMEMLIMIT reads them.
func GoMiB(bytes int64) string { return fmt.Sprintf("%dMiB", bytes/mib) }
