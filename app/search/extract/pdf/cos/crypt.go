package cos

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:depguard,gosec // PDF 1.x makes its keys so; nothing of ours is protected by it
	"crypto/rc4" //nolint:gosec // as MD5: it opens files, it seals none
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

type method uint8

const (
	plain method = iota
	rc4Method
	aesMethod    // AES-128 with a key for each object
	aes256Method // AES-256 with one key
)

// crypt opens what the standard security handler sealed.
type crypt struct {
	key               []byte
	forStrings, forIO method
}

// passwordPad fills passwords up, as the specification has it.
const passwordPad = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A" //nolint:gosec // public, in ISO 32000

// decrypt prepares to open a file whose user password is empty, as viewers do; it does nothing for one that is not encrypted.
func (f *File) decrypt() error {
	if f.crypt != nil || f.trailer["Encrypt"] == nil {
		return nil
	}
	d := f.Dict(f.trailer["Encrypt"])
	if d == nil {
		return nil // viewers go on as if it were not there
	}
	if handler := f.Name(d["Filter"]); handler != "Standard" {
		return fmt.Errorf("%w: by the handler %q", ErrEncrypted, handler)
	}
	c := &crypt{}
	version, revision := f.Int(d["V"], 0), f.Int(d["R"], 0)
	bits := f.Int(d["Length"], 40)
	switch version {
	case 1:
		c.forStrings, c.forIO, bits = rc4Method, rc4Method, 40
	case 2, 3:
		c.forStrings, c.forIO = rc4Method, rc4Method
	case 4, 5:
		var ok1, ok2 bool
		c.forStrings, ok1 = f.cryptFilter(d, "StrF")
		c.forIO, ok2 = f.cryptFilter(d, "StmF")
		if !ok1 || !ok2 {
			return fmt.Errorf("%w: by an unknown method", ErrEncrypted)
		}
		bits = 128
	default:
		return fmt.Errorf("%w: by an unknown method, version %d", ErrEncrypted, version)
	}
	if bits < 40 || bits > 128 || bits%8 != 0 {
		bits = 128
	}
	var ok bool
	if version == 5 {
		ok = c.openNew(revision, string(f.String(d["U"])), string(f.String(d["UE"])))
	} else {
		ok = c.openOld(f, d, revision, int(bits/8))
	}
	if !ok {
		return fmt.Errorf("%w: it opens only with a password", ErrEncrypted)
	}
	f.crypt = c
	clear(f.cache) // what was loaded until now has sealed strings
	clear(f.packs)
	f.weight, f.packed = 0, 0
	return nil
}

func (f *File) cryptFilter(d Dict, key Name) (method, bool) {
	name := f.Name(d[key])
	if name == "" || name == "Identity" {
		return plain, true
	}
	switch f.Name(f.Dict(f.Dict(d["CF"])[name])["CFM"]) {
	case "None":
		return plain, true
	case "V2":
		return rc4Method, true
	case "AESV2":
		return aesMethod, true
	case "AESV3":
		return aes256Method, true
	default:
		return plain, false
	}
}

// openOld makes the key of revisions 2 to 4 and tells whether the empty password is right.
func (c *crypt) openOld(f *File, d Dict, revision int64, size int) bool {
	if revision < 2 || revision > 4 {
		return false
	}
	id := ""
	if ids := f.Array(f.trailer["ID"]); len(ids) > 0 {
		id = string(f.String(ids[0]))
	}
	h := md5.New() //nolint:gosec // see the import
	write := func(s string) { h.Write([]byte(s)) }
	write(passwordPad)
	owner := string(f.String(d["O"]))
	write(owner[:min(len(owner), 32)])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(f.Int(d["P"], 0))))
	write(id)
	if meta, ok := f.Resolve(d["EncryptMetadata"]).(bool); ok && !meta && revision >= 4 {
		write("\xff\xff\xff\xff")
	}
	sum := h.Sum(nil)
	if revision == 2 {
		size = 5
	} else {
		for range 50 {
			next := md5.Sum(sum[:size]) //nolint:gosec // see the import
			copy(sum, next[:])
		}
	}
	c.key = sum[:size:size]
	user := []byte(f.String(d["U"]))
	if revision == 2 {
		return equal(user, rc4Over(c.key, []byte(passwordPad)), 32)
	}
	first := md5.Sum([]byte(passwordPad + id)) //nolint:gosec // see the import
	want := rc4Over(c.key, first[:])
	for i := byte(1); i < 20; i++ {
		key := bytes.Clone(c.key)
		for k := range key {
			key[k] ^= i
		}
		want = rc4Over(key, want)
	}
	return equal(user, want, 16)
}

func equal(a, b []byte, n int) bool {
	return len(a) >= n && len(b) >= n && subtle.ConstantTimeCompare(a[:n], b[:n]) == 1
}

func rc4Over(key, data []byte) []byte {
	out := make([]byte, len(data))
	if c, err := rc4.NewCipher(key); err == nil { //nolint:gosec // see the import
		c.XORKeyStream(out, data)
	}
	return out
}

// openNew makes the key of revisions 5 and 6 and tells whether the empty password is right.
func (c *crypt) openNew(revision int64, user, sealed string) bool {
	if len(user) < 48 || len(sealed) < 32 {
		return false
	}
	check, salt := []byte(user[32:40]), []byte(user[40:48])
	var hash func(salt []byte) []byte
	switch revision {
	case 5:
		hash = func(salt []byte) []byte {
			sum := sha256.Sum256(salt)
			return sum[:]
		}
	case 6:
		hash = hardHash
	default:
		return false
	}
	if !equal([]byte(user), hash(check), 32) {
		return false
	}
	block, err := aes.NewCipher(hash(salt))
	if err != nil {
		return false
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(c.key, []byte(sealed[:32]))
	return true
}

// hardHash is algorithm 2.B of ISO 32000-2 for an empty user password.
func hardHash(salt []byte) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	for round := 0; ; round++ {
		data := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(data, data)
		rest := 0
		for _, b := range data[:16] {
			rest += int(b)
		}
		switch rest % 3 {
		case 0:
			s := sha256.Sum256(data)
			k = s[:]
		case 1:
			s := sha512.Sum384(data)
			k = s[:]
		default:
			s := sha512.Sum512(data)
			k = s[:]
		}
		if round >= 63 && int(data[len(data)-1]) <= round-31 {
			return k[:32]
		}
	}
}

// objectKey is the key for the strings or the stream of one object.
func (c *crypt) objectKey(m method, ref Ref) []byte {
	if m == aes256Method {
		return c.key
	}
	key := append(bytes.Clone(c.key), byte(ref.Num), byte(ref.Num>>8), byte(ref.Num>>16), byte(ref.Gen), byte(ref.Gen>>8))
	if m == aesMethod {
		key = append(key, "sAlT"...)
	}
	sum := md5.Sum(key) //nolint:gosec // see the import
	return sum[:min(len(c.key)+5, 16)]
}

// strings opens all strings of an object.
func (c *crypt) strings(o Object, ref Ref) Object {
	if c.forStrings == plain {
		return o
	}
	key := c.objectKey(c.forStrings, ref)
	var open func(o Object) Object
	open = func(o Object) Object {
		switch o := o.(type) {
		case String:
			// In memory nothing fails; what is damaged comes out as far as it is whole.
			raw, err := io.ReadAll(c.reader(bytes.NewReader([]byte(o)), c.forStrings, key))
			if err != nil && len(raw) == 0 {
				return String("")
			}
			return String(raw)
		case Array:
			for i := range o {
				o[i] = open(o[i])
			}
		case Dict:
			for k, v := range o {
				o[k] = open(v)
			}
		case *Stream:
			open(o.Dict)
		}
		return o
	}
	return open(o)
}

// stream opens the bytes of a stream.
func (c *crypt) stream(r io.Reader, ref Ref) io.Reader {
	if c.forIO == plain {
		return r
	}
	return c.reader(r, c.forIO, c.objectKey(c.forIO, ref))
}

func (c *crypt) reader(r io.Reader, m method, key []byte) io.Reader {
	if m == rc4Method {
		rc, err := rc4.NewCipher(key) //nolint:gosec // see the import
		if err != nil {
			return eofReader{}
		}
		return cipher.StreamReader{S: rc, R: r}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return eofReader{}
	}
	return cbcReader(r, block)
}

// cbcReader opens AES-CBC whose first block is the vector; the padding at the end is taken off.
func cbcReader(r io.Reader, block cipher.Block) io.Reader {
	var mode cipher.BlockMode
	buf := make([]byte, piece)
	var held []byte // the last block, which may be padding
	return &pump{next: func(p []byte) ([]byte, error) {
		if mode == nil {
			iv := buf[:aes.BlockSize]
			if _, err := io.ReadFull(r, iv); err != nil {
				return p, ended(err)
			}
			mode = cipher.NewCBCDecrypter(block, iv)
		}
		n, err := io.ReadFull(r, buf)
		whole := buf[:n-n%aes.BlockSize]
		mode.CryptBlocks(whole, whole)
		p = append(append(p, held...), whole...)
		held = held[:0]
		if err == nil {
			cut := len(p) - aes.BlockSize
			held = append(held, p[cut:]...)
			return p[:cut], nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if pad := len(p); pad > 0 && 1 <= p[pad-1] && p[pad-1] <= aes.BlockSize {
				p = p[:pad-int(p[pad-1])]
			}
		}
		return p, ended(err)
	}}
}
