package vault

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm4"
)

var benchSizes = []int{32, 256, 4096, 65536}

// rawGCM is gmsm alone: what sealing could cost at best.
func rawGCM(b *testing.B) cipher.AEAD {
	b.Helper()
	block, err := sm4.NewCipher(make([]byte, sm4.BlockSize))
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	return aead
}

// ratio alternates between two ways of doing the same and reports how much of the speed of the first the second keeps. Taking
// turns in short runs keeps a busy machine from favouring either.
func ratio(b *testing.B, raw, ours func()) {
	b.Helper()
	var spent [2]time.Duration
	const turn = 64
	for b.Loop() {
		for i, f := range []func(){raw, ours} {
			start := time.Now()
			for range turn {
				f()
			}
			spent[i] += time.Since(start)
		}
	}
	n := float64(b.N * turn)
	b.ReportMetric(float64(spent[0].Nanoseconds())/n, "raw-ns")
	b.ReportMetric(float64(spent[1].Nanoseconds())/n, "ours-ns")
	b.ReportMetric(100*float64(spent[0])/float64(spent[1]), "%of-raw")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkSealRatio(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			v, aead, plain := newVault(b), rawGCM(b), make([]byte, size)
			nonce, aad := make([]byte, nonceSize), make([]byte, 60)
			ratio(b, func() { _ = aead.Seal(nil, nonce, plain, aad) }, func() { _, _ = v.Seal(title, plain) })
		})
	}
}

func BenchmarkOpenRatio(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			v, aead, plain := newVault(b), rawGCM(b), make([]byte, size)
			nonce, aad := make([]byte, nonceSize), make([]byte, 60)
			raw, sealed := aead.Seal(nil, nonce, plain, aad), seal(b, v, title, string(plain))
			ratio(b, func() { _, _ = aead.Open(nil, nonce, raw, aad) }, func() { _, _ = v.Open(title, sealed) })
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	v, plain := newVault(b), make([]byte, 256)
	b.ReportAllocs()
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := v.Seal(title, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealParallel(b *testing.B) {
	v, plain := newVault(b), make([]byte, 256)
	b.SetBytes(int64(len(plain)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := v.Seal(title, plain); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkOpenText(b *testing.B) {
	v := newVault(b)
	sealed := seal(b, v, title, string(make([]byte, 256)))
	b.ReportAllocs()
	b.SetBytes(256)
	for b.Loop() {
		if _, err := v.OpenText(title, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlind(b *testing.B) {
	v := newVault(b)
	b.ReportAllocs()
	for b.Loop() {
		v.Blind("search", "周报")
	}
}

func BenchmarkStreamWrite(b *testing.B) {
	v, block := newVault(b), make([]byte, 1<<20)
	b.SetBytes(int64(len(block)))
	w, err := v.NewStream(io.Discard, "bench")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := w.Write(block); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStreamRead(b *testing.B) {
	v, plain := newVault(b), make([]byte, 4<<20)
	sealed := sealStream(b, v, "bench", plain)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		r, err := v.OpenStream(bytes.NewReader(sealed), int64(len(sealed)), "bench")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSealAllocatesOnce(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget at random")
	}
	v, plain := newVault(t), make([]byte, 256)
	sealed := seal(t, v, title, string(plain))
	for name, f := range map[string]func(){
		"Seal":     func() { _, _ = v.Seal(title, plain) },
		"Open":     func() { _, _ = v.Open(title, sealed) },
		"OpenText": func() { _, _ = v.OpenText(title, sealed) },
	} {
		if n := testing.AllocsPerRun(1000, f); n > 1 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	v.Blind("search", "x")
	if n := testing.AllocsPerRun(1000, func() { v.Blind("search", "周报") }); n > 0 {
		t.Errorf("Blind allocates %v times", n)
	}
}
