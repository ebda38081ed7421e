package reseal_test

import (
	"testing"

	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
)

// BenchmarkReseal moves rows as fast as it goes: two sealed columns of a table, in batches of 100, each under its lock.
func BenchmarkReseal(b *testing.B) {
	const rows = 2000
	w := newWorld(b, rows)
	worker := w.worker(w.Vault, func(o *reseal.Options) { o.Batch = 100 })
	moved := int64(0)
	for b.Loop() {
		if err := w.Vault.Rotate(b.Context(), vault.LayerData); err != nil {
			b.Fatal(err)
		}
		if err := worker.Run(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		progress, err := worker.Status(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range progress {
			moved += p.Moved
		}
	}
	b.ReportMetric(float64(moved)/b.Elapsed().Seconds(), "rows/s")
}
