// Package kat holds the algorithms that package vault builds on against known answers, so that a server whose ciphers are wrong
// refuses to serve.
package kat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	_ "dingban/app/platform/vault/adxoff" // Before any use of SM2; see there.
)

// Test is one known-answer test.
type Test struct {
	Name string
	Run  func() error
}

// Tests are those of the algorithms themselves.
func Tests() []Test {
	return []Test{
		{"SM3 (GB/T 32905)", katSM3},
		{"SM4 block (GB/T 32907)", katSM4},
		{"SM4-GCM (RFC 8998 A.1)", katGCM},
		{"SM4-CBC (GB/T 17964)", katCBC},
		{"AES-256-GCM (NIST)", katAES},
		{"SM2 sign", sm2.SelfTest},
		{"SM2 verify (GB/T 32918.2 A.2)", katSM2},
		{"SM2 verify (gmsm issue 560)", katSM2Defect},
	}
}

// Run runs tests. The error names those that failed.
func Run(all []Test) error {
	var failed []error
	for _, k := range all {
		if err := k.Run(); err != nil {
			failed = append(failed, fmt.Errorf("vault: self test %s: %w", k.Name, err))
		}
	}
	return errors.Join(failed...)
}

// ErrWrong says that an algorithm gave another answer.
var ErrWrong = errors.New("wrong answer")

func katSM3() error {
	// The two examples of the standard: one block and, through the padding, two.
	abc := sm3.Sum([]byte("abc"))
	long := sm3.Sum(bytes.Repeat([]byte("abcd"), 16))
	if !bytes.Equal(abc[:], Unhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")) ||
		!bytes.Equal(long[:], Unhex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")) {
		return ErrWrong
	}
	return nil
}

// katHMAC holds the keyed hash of this package, which keeps its two states between calls, against the one of the standard
// library, which does not.
func katSM4() error {
	key := Unhex("0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		return err
	}
	var out, back [sm4.BlockSize]byte
	block.Encrypt(out[:], key)
	block.Decrypt(back[:], out[:])
	if !bytes.Equal(out[:], Unhex("681edf34d206965e86b3e94f536e4246")) || !bytes.Equal(back[:], key) {
		return ErrWrong
	}
	return nil
}

func katCBC() error {
	block, err := sm4.NewCipher(Unhex("0123456789abcdeffedcba9876543210"))
	if err != nil {
		return err
	}
	plain, iv := Unhex("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb"), Unhex("000102030405060708090a0b0c0d0e0f")
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	if !bytes.Equal(out, Unhex("78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d")) {
		return ErrWrong
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
	if !bytes.Equal(out, plain) {
		return ErrWrong
	}
	return nil
}

// katAES is test case 16 of the proposal of GCM.
func katAES() error {
	block, err := aes.NewCipher(Unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
	if err != nil {
		return err
	}
	return answersGCM(block, "cafebabefacedbaddecaf888",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"+
			"76fc6ece0f4e1768cddf8853bb2d551b")
}

// katSealMAC holds the suite this package puts together against an answer computed once with other code (see the tests).
func katGCM() error {
	block, err := sm4.NewCipher(Unhex("0123456789abcdeffedcba9876543210"))
	if err != nil {
		return err
	}
	return answersGCM(block, "00001234567800000000abcd",
		"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"+
			"eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
		"17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"+
			"d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+"83de3541e4c2b58177e065a9bf7b62ec")
}

// answersGCM holds GCM over a cipher against an answer; the associated data of both known answers is the same.
func answersGCM(block cipher.Block, nonceHex, plainHex, wantHex string) error {
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	nonce, plain, want := Unhex(nonceHex), Unhex(plainHex), Unhex(wantHex)
	aad := Unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
	sealed := aead.Seal(nil, nonce, plain, aad)
	if !bytes.Equal(sealed, want) {
		return ErrWrong
	}
	if back, err := aead.Open(nil, nonce, sealed, aad); err != nil || !bytes.Equal(back, plain) {
		return ErrWrong
	}
	sealed[0] ^= 1
	if _, err := aead.Open(nil, nonce, sealed, aad); err == nil {
		return errors.New("a changed ciphertext was accepted")
	}
	return nil
}

// katSM2 takes the example of the standard for the recommended curve: message digest, default identity.
func katSM2() error {
	key, err := sm2.NewPublicKey(Unhex("04" +
		"09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" +
		"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"))
	if err != nil {
		return err
	}
	sig := Unhex("3046" +
		"022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3" +
		"022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
	if !sm2.VerifyASN1WithSM2(key, nil, []byte("message digest"), sig) {
		return errors.New("a valid signature was refused")
	}
	if sm2.VerifyASN1WithSM2(key, nil, []byte("message digesT"), sig) {
		return errors.New("a signature of another message was accepted")
	}
	return nil
}

// katSM2Defect is the public vector of the defect that package adxoff describes: OpenSSL accepts the signature.
func katSM2Defect() error {
	key, err := sm2.NewPublicKey(Unhex("04" +
		"ef4de57af00ae424c00c4caadff7193f804a19dd73a7e2954db9d0d15ab4cbba" +
		"67728c3f4572878b7a674735da9fde1682fe2d9e0799c4a5cde57e3d473039a2"))
	if err != nil {
		return err
	}
	sig := Unhex("3046" +
		"022100be0ea64e1ec06f0d247093f3ccbbadcfb6260224272f86ddb78326e7cd6c7560" +
		"022100e9f6ab2fcc48a2cef94838e66b5c7e21fd8e4de25990dd98ca5243f4966f2853")
	if !sm2.VerifyASN1(key, make([]byte, sm3.Size), sig) {
		return errors.New("a valid signature was refused: the processor feature ADX is in use, start with GODEBUG=cpu.adx=off")
	}
	return nil
}

// unhex decodes the constants above; a slip in one of them shows as a wrong answer.
// Unhex reads hexadecimal digits of a program text.
func Unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
