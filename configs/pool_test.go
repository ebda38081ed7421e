package configs_test

import (
	"testing"
	"time"

	"dingban/configs"
)

func TestThePoolFollowsTheTierUnlessSetByHand(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"sqlite", "mysql", "dameng"} {
		small, big := configs.PoolFor(dialect, configs.TierBasic), configs.PoolFor(dialect, configs.TierEnterprise)
		if small.MaxOpen >= big.MaxOpen {
			t.Errorf("%s: enterprise holds %d connections, basic %d", dialect, big.MaxOpen, small.MaxOpen)
		}
		for _, p := range []configs.Pool{small, big} {
			if p.MaxIdle < 1 || p.MaxIdle > p.MaxOpen || p.Wait <= 0 {
				t.Errorf("%s: %+v", dialect, p)
			}
			// A file has no server that might go away; a server's connections must end some time.
			if server := dialect != "sqlite"; server != (p.LifeTime > 0) || server != (p.IdleTime > 0) {
				t.Errorf("%s: %+v", dialect, p)
			}
		}
	}
	load := func(environ ...string) configs.Pool {
		t.Helper()
		l, err := configs.Load(configs.Options{Environ: environ})
		if err != nil {
			t.Fatal(err)
		}
		return l.Pool()
	}
	if got := load(); got != configs.PoolFor("sqlite", configs.TierBasic) {
		t.Errorf("nothing set: %+v", got)
	}
	dsn := "DINGBAN_DATABASE_DSN=mysql://u@h/x"
	if got := load(dsn, "DINGBAN_SERVER_TIER=enterprise"); got != configs.PoolFor("mysql", configs.TierEnterprise) {
		t.Errorf("enterprise: %+v", got)
	}
	if got := load(dsn, "DINGBAN_DATABASE_MAX_OPEN=7"); got.MaxOpen != 7 || got.MaxIdle != 7 {
		t.Errorf("7 connections: %+v", got)
	}
	got := load(dsn, "DINGBAN_DATABASE_MAX_IDLE=3", "DINGBAN_DATABASE_IDLE_TIME=1m", "DINGBAN_DATABASE_LIFE_TIME=2m", "DINGBAN_DATABASE_WAIT=3s")
	want := configs.Pool{MaxOpen: configs.PoolFor("mysql", configs.TierBasic).MaxOpen, MaxIdle: 3, IdleTime: time.Minute, LifeTime: 2 * time.Minute, Wait: 3 * time.Second}
	if got != want {
		t.Errorf("by hand: %+v, want %+v", got, want)
	}
}
