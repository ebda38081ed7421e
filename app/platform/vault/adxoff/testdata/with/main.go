// Command with verifies the signature of gmsm issue 560 with the package adxoff and prints the answer.
package main

import (
	"encoding/hex"
	"fmt"
	"os"

	"github.com/emmansun/gmsm/sm2"

	_ "dingban/app/platform/vault/adxoff"
)

var (
	// The public vector of gmsm issue 560: OpenSSL accepts it, gmsm with ADX refuses it.
	point = "04ef4de57af00ae424c00c4caadff7193f804a19dd73a7e2954db9d0d15ab4cbba67728c3f4572878b7a674735da9fde1682fe2d9e0799c4a5cde57e3d473039a2"
	sig   = "3046022100be0ea64e1ec06f0d247093f3ccbbadcfb6260224272f86ddb78326e7cd6c7560022100e9f6ab2fcc48a2cef94838e66b5c7e21fd8e4de25990dd98ca5243f4966f2853"
)

func main() {
	p, err := hex.DecodeString(point)
	if err != nil {
		fail(err)
	}
	s, err := hex.DecodeString(sig)
	if err != nil {
		fail(err)
	}
	key, err := sm2.NewPublicKey(p)
	if err != nil {
		fail(err)
	}
	fmt.Println(sm2.VerifyASN1(key, make([]byte, 32), s))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
