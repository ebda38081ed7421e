// Command token is the inside of the mock UKey: it does the SM2 of its key pair, so that the library in front of it is as free
// of secrets as a real one. It reads and writes hexadecimal digits.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/emmansun/gmsm/sm2"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "token:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("want what to do and the number of the key")
	}
	number, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	key, err := sm2.NewPrivateKey(bytes.Repeat([]byte{byte(number)}, 32))
	if err != nil {
		return err
	}
	digits, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	data, err := hex.DecodeString(string(bytes.TrimSpace(digits)))
	if err != nil {
		return err
	}
	var answer []byte
	switch args[0] {
	case "public":
		answer = append(key.X.FillBytes(make([]byte, 32)), key.Y.FillBytes(make([]byte, 32))...)
	case "encrypt": // X, Y of somebody, and what to encrypt for them.
		public, err := sm2.NewPublicKey(append([]byte{4}, data[:64]...))
		if err != nil {
			return err
		}
		answer, err = sm2.Encrypt(rand.Reader, public, data[64:], sm2.NewPlainEncrypterOpts(sm2.MarshalUncompressed, sm2.C1C3C2))
		if err != nil {
			return err
		}
		answer = answer[1:] // X, Y, hash, ciphertext.
	case "decrypt":
		if answer, err = sm2.Decrypt(key, append([]byte{4}, data...)); err != nil {
			return err
		}
	default:
		return fmt.Errorf("cannot do %q", args[0])
	}
	_, err = fmt.Fprintf(out, "%x", answer)
	return err
}
