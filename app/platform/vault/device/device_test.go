package device

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"

	"dingban/app/platform/vault/kek"
)

// helper builds the program as it is shipped, token the inside of the mock UKey, each once.
var (
	helper = built("dingban-device", "dingban/cmd/dingban-device")
	token  = built("token", "./testdata/token")
)

func built(name, source string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp("", "device")
		if err != nil {
			return "", err
		}
		path := filepath.Join(dir, name)
		cmd := exec.Command("go", "build", "-o", path, source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", errors.New(string(out))
		}
		return path, nil
	})
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, program := range []func() (string, error){helper, token} {
		if path, err := program(); err == nil {
			os.RemoveAll(filepath.Dir(path))
		}
	}
	os.Exit(code)
}

// library builds a mock device.
func library(t *testing.T, source string, defines ...string) string {
	t.Helper()
	inside, err := token()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lib.so")
	defines = append(defines, `-DTOKEN="`+inside+`"`, `-DSTATE="`+filepath.Join(t.TempDir(), "tries")+`"`)
	args := []string{"-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", path, filepath.Join("testdata", source)}
	if out, err := exec.Command("gcc", append(args, defines...)...).CombinedOutput(); err != nil {
		t.Fatalf("gcc %s: %v\n%s", source, err, out)
	}
	return path
}

func newDevice(t *testing.T, kind, lib string) *kek.Device {
	t.Helper()
	program, err := helper()
	if err != nil {
		t.Fatal(err)
	}
	d := &kek.Device{Path: filepath.Join(t.TempDir(), "kek"), Helper: program, MayCreate: true, Request: kek.DeviceRequest{Kind: kind, Library: lib}}
	if kind == kek.KindSDF {
		d.Request.KeyIndex = 1
		return d
	}
	d.Request.Application, d.Request.Container = "DINGBAN", "kek"
	d.PINFile = pin(t, "86420-Pin")
	return d
}

func pin(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sealedPart reads what the device made out of the key file.
func sealedPart(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Sealed []byte }
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f.Sealed
}

// TestDevices takes a key through both kinds of devices and opens what they made with other code.
func TestDevices(t *testing.T) {
	t.Parallel()
	for kind, source := range map[string]string{kek.KindSDF: "sdf.c", kek.KindSKF: "skf.c"} {
		d := newDevice(t, kind, library(t, source))
		if _, err := d.Key(t.Context()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: before: %v", kind, err)
		}
		if err := d.Create(t.Context()); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		key, err := d.Key(t.Context())
		if err != nil || len(key) != kek.Size {
			t.Fatalf("%s: %d bytes, %v", kind, len(key), err)
		}
		if again, err := d.Key(t.Context()); err != nil || !bytes.Equal(again, key) {
			t.Errorf("%s: another key the second time: %v", kind, err)
		}
		wrapped, iv, ciphertext, err := split(sealedPart(t, d.Path))
		if err != nil {
			t.Fatal(err)
		}
		session := make([]byte, 16)
		if kind == kek.KindSDF {
			block, err := sm4.NewCipher(bytes.Repeat([]byte{0x11}, 16))
			if err != nil {
				t.Fatal(err)
			}
			block.Decrypt(session, wrapped)
		} else {
			private, err := sm2.NewPrivateKey(bytes.Repeat([]byte{7}, 32))
			if err != nil {
				t.Fatal(err)
			}
			// ECCCIPHERBLOB: X and Y at the right end of 64 bytes each, hash, length, ciphertext.
			if n := binary.LittleEndian.Uint32(wrapped[160:]); n != 16 || len(wrapped) != eccCipherFixed+16 {
				t.Errorf("%d bytes with a ciphertext of %d", len(wrapped), n)
			}
			if session, err = sm2.Decrypt(private, slices.Concat([]byte{4}, wrapped[32:64], wrapped[96:128], wrapped[128:160], wrapped[164:])); err != nil {
				t.Fatal(err)
			}
		}
		block, err := sm4.NewCipher(session)
		if err != nil {
			t.Fatal(err)
		}
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(ciphertext, ciphertext)
		if !bytes.Equal(ciphertext, append(key, checksum(key)...)) {
			t.Errorf("%s: the file holds %x", kind, ciphertext)
		}
	}
}

func TestAnotherDeviceDoesNotOpen(t *testing.T) {
	t.Parallel()
	for kind, other := range map[string][2]string{kek.KindSDF: {"sdf.c", "-DKEY_BYTE=0x12"}, kek.KindSKF: {"skf.c", "-DKEY=8"}} {
		d := newDevice(t, kind, library(t, other[0]))
		if err := d.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.Request.Library = library(t, other[0], other[1])
		var de *kek.DeviceError
		if key, err := d.Key(t.Context()); !errors.As(err, &de) || key != nil || de.Code != kek.DeviceOther {
			t.Errorf("%s: %x, %v", kind, key, err)
		}
	}
}

// TestWhatIsWrongIsNamed goes through what an operator may have to mend.
func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	sdfLib, skfLib := library(t, "sdf.c"), library(t, "skf.c")
	for name, c := range map[string]struct {
		kind, lib string
		change    func(*kek.Device)
		says      string
	}{
		"no library":         {kek.KindSDF, "/nowhere/lib.so", nil, "cannot be loaded"},
		"the other library":  {kek.KindSDF, skfLib, nil, "the library has no SDF_"},
		"no device":          {kek.KindSDF, library(t, "sdf.c", "-DNO_DEVICE"), nil, "0x01000005 (the device cannot be opened)"},
		"no such key":        {kek.KindSDF, sdfLib, func(d *kek.Device) { d.Request.KeyIndex = 2 }, "key_index 2: 0x01000008"},
		"no helper":          {kek.KindSDF, sdfLib, func(d *kek.Device) { d.Helper = "dingban-device-that-is-not-there" }, "vault.device.helper"},
		"helper that fails":  {kek.KindSDF, sdfLib, func(d *kek.Device) { d.Helper = "false" }, "failed"},
		"helper that is mad": {kek.KindSDF, sdfLib, func(d *kek.Device) { d.Helper = "true" }, "no answer"},
		"wrong PIN":          {kek.KindSKF, skfLib, func(d *kek.Device) { d.PINFile = pin(t, "11111111") }, "the PIN is wrong); 7 tries are left"},
		"few tries left":     {kek.KindSKF, library(t, "skf.c", "-DTRIES=2"), nil, "only 2 tries are left"},
		"one try too many":   {kek.KindSKF, library(t, "skf.c", "-DTRIES=0"), nil, "the PIN is locked"},
		"pulled at the PIN":  {kek.KindSKF, library(t, "skf.c", `-DPULL_IN="VerifyPIN"`), nil, "the UKey was pulled out"},
		"pulled when opened": {kek.KindSKF, library(t, "skf.c", `-DPULL_IN="OpenContainer"`), nil, "the UKey was pulled out"},
		"pulled in between":  {kek.KindSKF, library(t, "skf.c", `-DPULL_IN="ECCExportSessionKey"`), nil, "the UKey was pulled out"},
		"pulled at the end":  {kek.KindSKF, library(t, "skf.c", `-DPULL_IN="EncryptInit"`), nil, "the UKey was pulled out"},
		"factory PIN":        {kek.KindSKF, library(t, "skf.c", "-DFACTORY=1"), nil, "left the factory with"},
		"no application":     {kek.KindSKF, skfLib, func(d *kek.Device) { d.Request.Application = "x" }, "vault.device.application"},
		"no container":       {kek.KindSKF, skfLib, func(d *kek.Device) { d.Request.Container = "x" }, "vault.device.container"},
		"not plugged in":     {kek.KindSKF, library(t, "skf.c", `-DDEVICES=""`), nil, "no UKey is plugged in"},
		"several":            {kek.KindSKF, library(t, "skf.c", `-DDEVICES="Mock Key 1\0Mock Key 2\0"`), nil, "vault.device.name"},
		"another is meant":   {kek.KindSKF, skfLib, func(d *kek.Device) { d.Request.Name = "x" }, "vault.device.name"},
	} {
		d := newDevice(t, c.kind, c.lib)
		if c.change != nil {
			c.change(d)
		}
		err := d.Create(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "11111111") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(d.Path); err == nil {
			t.Errorf("%s: a key file was made", name)
		}
	}
	// Named, one of several is found.
	d := newDevice(t, kek.KindSKF, library(t, "skf.c", `-DDEVICES="Mock Key 2\0Mock Key 1\0"`))
	d.Request.Name = "Mock Key 1"
	if err := d.Create(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestThePINIsNeverLocked: however often a server is started with a wrong PIN, people keep their last tries; the right PIN gives all
// tries back; and each state has its code.
func TestThePINIsNeverLocked(t *testing.T) {
	t.Parallel()
	d := newDevice(t, kek.KindSKF, library(t, "skf.c"))
	right, wrong := d.PINFile, pin(t, "11111111")
	fails := func(code string, left int) {
		t.Helper()
		var de *kek.DeviceError
		if err := d.Create(t.Context()); !errors.As(err, &de) || de.Code != code || de.Left != left {
			t.Errorf("got %v, want %s with %d left", err, code, left)
		}
	}
	d.PINFile = wrong
	fails(kek.DevicePINWrong, 7)
	fails(kek.DevicePINWrong, 6)
	d.PINFile = right
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.PINFile = wrong
	d.Path += "-2"
	for left := 7; left >= 2; left-- {
		fails(kek.DevicePINWrong, left)
	}
	for range 5 {
		fails(kek.DeviceFewTries, 2)
	}
	d.PINFile = right
	fails(kek.DeviceFewTries, 2) // Who knows the PIN logs in by hand first.
}

func TestPulledWhileOpening(t *testing.T) {
	t.Parallel()
	d := newDevice(t, kek.KindSKF, library(t, "skf.c"))
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Request.Library = library(t, "skf.c", `-DPULL_IN="ImportSessionKey"`)
	var de *kek.DeviceError
	if key, err := d.Key(t.Context()); !errors.As(err, &de) || de.Code != kek.DeviceRemoved || key != nil {
		t.Errorf("%x, %v", key, err)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	d := newDevice(t, kek.KindSDF, library(t, "sdf.c"))
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	sealed := sealedPart(t, d.Path)
	for _, at := range []int{0, 1, 2, 3, 18, 19, 34, 35, len(sealed) - 1} {
		bad := bytes.Clone(sealed)
		bad[at] ^= 1
		raw, err := json.Marshal(map[string]any{"format": "dingban-kek-1", "kind": "sdf", "sealed": bad})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(d.Path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if key, err := d.Key(t.Context()); err == nil {
			t.Errorf("byte %d changed: opened to %x", at, key)
		}
	}
}

// TestServerStaysStatic holds why the helper is a program of its own: what loads libraries needs the C library.
func TestServerStaysStatic(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "dingban/cmd/dingban").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 100 || slices.Contains(deps, "github.com/ebitengine/purego") || slices.Contains(deps, "dingban/app/platform/vault/device") {
		t.Error("dingban loads libraries: it would not start in an image without a C library")
	}
}

func TestRequestsAreNotQuoted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := Serve(strings.NewReader(`{"pin":"86420-Pin","unknown":1}`), &out)
	if err == nil || strings.Contains(err.Error(), "86420") || out.Len() > 0 {
		t.Errorf("%v, %s", err, out.Bytes())
	}
	if err := Serve(strings.NewReader(`{"kind":"tpm","pin":"86420-Pin"}`), &out); err != nil || !strings.Contains(out.String(), "not sdf or skf") || strings.Contains(out.String(), "86420") {
		t.Errorf("%v, %s", err, out.Bytes())
	}
}

func TestSlowDevicesAreGivenUp(t *testing.T) {
	t.Parallel()
	d := newDevice(t, kek.KindSDF, library(t, "sdf.c"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Create(ctx); err == nil {
		t.Error("worked without time")
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte{1, 0, 16})
	f.Add(append([]byte{1, 0, 1}, make([]byte, 1+blockSize+bodySize)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		wrapped, iv, ciphertext, err := split(data)
		if err == nil && (len(wrapped) == 0 || len(iv) != blockSize || len(ciphertext) != bodySize) {
			t.Errorf("%x: %d, %d, %d", data, len(wrapped), len(iv), len(ciphertext))
		}
	})
}
