// Package device seals and opens KEK0 with a key inside a hardware module: an HSM by SDF (GM/T 0018) or a UKey by SKF
// (GM/T 0016). It loads the vendor's library without cgo, which makes the program that imports it need the system's C library;
// so only the helper cmd/dingban-device imports it, and the server speaks to that (see kek.Device).
//
// A session key that the module makes, and gives out only wrapped by its own key, enciphers KEK0 and a checksum with SM4-CBC
// inside the module. What is kept is: version (1), length (2) and bytes of the wrapped session key, initial vector (16),
// ciphertext (48).
package device

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ebitengine/purego"
	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/vault/kek"
)

const (
	version    = 1
	blockSize  = 16
	checkSize  = 16
	bodySize   = kek.Size + checkSize
	maxWrapped = 1024
	maxRequest = 64 << 10

	algECB = 0x401 // SGD_SM4_ECB
	algCBC = 0x402 // SGD_SM4_CBC
)

// module is a device that is ready: SM4-CBC under session keys of its own making.
type module interface {
	// newKey makes a session key and gives it wrapped.
	newKey() (key handle, wrapped []byte, err error)
	// importKey takes one back.
	importKey(wrapped []byte) (handle, error)
	encrypt(key handle, iv, data []byte) ([]byte, error)
	decrypt(key handle, iv, data []byte) ([]byte, error)
	random(n int) ([]byte, error)
	dropKey(key handle)
	close()
}

// handle is a pointer that only the vendor's library looks behind.
type handle uintptr

// Serve answers one request.
func Serve(in io.Reader, out io.Writer) error {
	var req kek.DeviceRequest
	raw, err := io.ReadAll(io.LimitReader(in, maxRequest))
	if err != nil {
		return fmt.Errorf("device: read the request: %w", err)
	}
	defer clear(raw)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&req) != nil {
		return errors.New("device: the request cannot be read; this program is started by dingban, not by people") // Not quoted: it holds a PIN.
	}
	var answer kek.DeviceAnswer
	if answer.Data, err = do(req); err != nil {
		answer.Error, answer.Code = err.Error(), kek.DeviceFailed
		var c *codedError
		if errors.As(err, &c) {
			answer.Code, answer.Left = c.code, c.left
		}
	}
	defer clear(answer.Data)
	if err := json.NewEncoder(out).Encode(answer); err != nil {
		return fmt.Errorf("device: write the answer: %w", err)
	}
	return nil
}

func do(req kek.DeviceRequest) ([]byte, error) {
	var m module
	var err error
	switch req.Kind {
	case kek.KindSDF:
		m, err = openSDF(req)
	case kek.KindSKF:
		m, err = openSKF(req)
	default:
		return nil, fmt.Errorf("kind %q is not sdf or skf", req.Kind)
	}
	if err != nil {
		return nil, err
	}
	defer m.close()
	switch req.Do {
	case kek.DeviceSeal:
		return seal(m, req.Data)
	case kek.DeviceOpen:
		return open(m, req.Data)
	}
	return nil, fmt.Errorf("cannot do %q", req.Do)
}

func checksum(key []byte) []byte {
	sum := sm3.Sum(append([]byte("dingban.device.v1"), key...))
	return sum[:checkSize]
}

func seal(m module, key []byte) ([]byte, error) {
	if len(key) != kek.Size {
		return nil, fmt.Errorf("a key of %d bytes, want %d", len(key), kek.Size)
	}
	session, wrapped, err := m.newKey()
	if err != nil {
		return nil, err
	}
	defer m.dropKey(session)
	iv, err := m.random(blockSize)
	if err != nil {
		return nil, err
	}
	body := append(bytes.Clone(key), checksum(key)...)
	defer clear(body)
	ciphertext, err := m.encrypt(session, iv, body)
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint16([]byte{version}, uint16(len(wrapped)))
	out = append(out, wrapped...)
	out = append(out, iv...)
	return append(out, ciphertext...), nil
}

var errBadData = errors.New("what is to be opened was not sealed by this program, or is damaged")

// split takes apart what seal put together.
func split(data []byte) (wrapped, iv, ciphertext []byte, err error) {
	if len(data) < 3 || data[0] != version {
		return nil, nil, nil, errBadData
	}
	n := int(binary.BigEndian.Uint16(data[1:]))
	if n == 0 || n > maxWrapped || len(data) != 3+n+blockSize+bodySize {
		return nil, nil, nil, errBadData
	}
	return data[3 : 3+n], data[3+n : 3+n+blockSize], data[3+n+blockSize:], nil
}

func open(m module, data []byte) ([]byte, error) {
	wrapped, iv, ciphertext, err := split(data)
	if err != nil {
		return nil, err
	}
	session, err := m.importKey(wrapped)
	if err != nil {
		return nil, err
	}
	defer m.dropKey(session)
	body, err := m.decrypt(session, iv, ciphertext)
	if err != nil {
		return nil, err
	}
	defer clear(body)
	if len(body) != bodySize || subtle.ConstantTimeCompare(body[kek.Size:], checksum(body[:kek.Size])) != 1 {
		return nil, coded(kek.DeviceOther, 0, errors.New("the device opens it to something else: it is another device or key, or what was kept is damaged"))
	}
	return bytes.Clone(body[:kek.Size]), nil
}

// load finds functions of a library by name; each target is a pointer to a function variable.
func load(path string, functions map[string]any) error {
	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return coded(kek.DeviceNoLibrary, 0, fmt.Errorf("the library cannot be loaded: %w", err))
	}
	for name, target := range functions {
		at, err := purego.Dlsym(lib, name)
		if err != nil {
			return coded(kek.DeviceNoLibrary, 0, fmt.Errorf("the library has no %s: is it the right one?", name))
		}
		purego.RegisterFunc(target, at)
	}
	return nil
}

// codedError is one that people are told in their language.
type codedError struct {
	code string
	left int // Tries of the PIN.
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

func coded(code string, left uint32, err error) error {
	return &codedError{code: code, left: int(left), err: err}
}

// failed gives the code of a library's function with what is known of it.
func failed(function string, code uint32, known map[uint32]string) error {
	err := fmt.Errorf("%s: 0x%08X", function, code)
	if word, ok := known[code]; ok {
		err = fmt.Errorf("%s: 0x%08X (%s)", function, code, word)
	}
	if code == skfRemoved {
		return coded(kek.DeviceRemoved, 0, err)
	}
	return err
}
