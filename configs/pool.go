package configs

import "time"

// The tiers of the product: basic is meant for about 50 people at once, enterprise for about 200.
const (
	TierBasic      = "basic"
	TierEnterprise = "enterprise"
)

// Replicas is how many servers a tier is meant to run on one database.
func Replicas(tier string) int {
	if tier == TierEnterprise {
		return 2
	}
	return 1
}

// Pool is how many connections to the database one server holds, and for how long.
type Pool struct {
	MaxOpen  int           // connections at once
	MaxIdle  int           // of these, how many are kept when nobody needs them
	IdleTime time.Duration // an idle one is closed after this time; 0: never
	LifeTime time.Duration // any one is closed after this time, so that a failover or a new certificate is noticed; 0: never
	Wait     time.Duration // a request that has waited so long for a connection gets an answer instead
}

// Reserve is how many connections one server may hold for moments beside its pool: to migrate, and to end statements
// that were given up.
const Reserve = 6

// PoolFor gives the pool of a server of a tier. As many stay idle as were open, until their time is over: connecting costs
// more than keeping, and at the lunch break they go. On SQLite a connection is a cache of pages, not a place at a server:
// there is nothing to give back, and more of them than processors that read gain nothing, since one writer writes. The
// wait is that of the writers for each other there, and longer, because one may be busy with a long list.
func PoolFor(dialect, tier string) Pool {
	if dialect == "sqlite" {
		p := Pool{MaxOpen: 8, MaxIdle: 8, Wait: 20 * time.Second}
		if tier == TierEnterprise {
			p.MaxOpen, p.MaxIdle = 16, 16
		}
		return p
	}
	p := Pool{MaxOpen: 60, MaxIdle: 60, IdleTime: 5 * time.Minute, LifeTime: time.Hour, Wait: 5 * time.Second}
	if tier == TierEnterprise {
		p.MaxOpen, p.MaxIdle = 150, 150
	}
	if dialect == "dameng" {
		// A session costs its server a thread and megabytes, and MAX_SESSIONS of an instance may be as low as 100.
		p.MaxOpen, p.MaxIdle = 30, 30
		if tier == TierEnterprise {
			p.MaxOpen, p.MaxIdle = 44, 44
		}
	}
	return p
}

// Pool is the pool of the configured database: that of the tier, with what is set by hand instead.
func (c Config) Pool() Pool {
	p := PoolFor(dialectOf(c.DSN()), c.Server.Tier)
	d := c.Database
	if d.MaxOpen > 0 {
		p.MaxOpen = d.MaxOpen
		p.MaxIdle = min(p.MaxIdle, p.MaxOpen)
	}
	if d.MaxIdle > 0 {
		p.MaxIdle = min(d.MaxIdle, p.MaxOpen)
	}
	for _, set := range []struct{ to, from *time.Duration }{{&p.IdleTime, &d.IdleTime}, {&p.LifeTime, &d.LifeTime}, {&p.Wait, &d.Wait}} {
		if *set.from > 0 {
			*set.to = *set.from
		}
	}
	return p
}
