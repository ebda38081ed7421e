package kek

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"
)

// Device is the provider whose file opens with a key that never leaves a hardware module: an HSM spoken to by SDF (GM/T 0018)
// or a UKey by SKF (GM/T 0016). The vendor's library runs in a helper process: the server stays one static program, and a
// library that crashes takes nothing with it.
type Device struct {
	Path    string
	Helper  string
	Request DeviceRequest // Its kind is the kind of the provider.
	PINFile string
	// MayCreate says that a new key may be drawn and sealed by the device.
	MayCreate bool
}

// DeviceRequest is what the helper is told, as JSON on its standard input: neither arguments nor environment, where others
// could read the PIN.
type DeviceRequest struct {
	Do          string `json:"do"` // "seal" or "open".
	Kind        string `json:"kind"`
	Library     string `json:"library"`
	KeyIndex    int    `json:"key_index,omitempty"`
	Name        string `json:"name,omitempty"`
	Application string `json:"application,omitempty"`
	Container   string `json:"container,omitempty"`
	PIN         string `json:"pin,omitempty"`
	Data        []byte `json:"data"`
}

// DeviceAnswer is what the helper writes to its standard output.
type DeviceAnswer struct {
	Data  []byte `json:"data,omitempty"`
	Error string `json:"error,omitempty"`
	Code  string `json:"code,omitempty"` // Of the words for people.
	Left  int    `json:"left,omitempty"` // Tries of the PIN, where the code speaks of them.
}

// The codes of what may be wrong with a device; the words for them are the server's.
const (
	DeviceFailed     = "vault.device_failed"
	DeviceNoHelper   = "vault.device_no_helper"
	DeviceNoLibrary  = "vault.device_no_library"
	DeviceNotPlugged = "vault.device_not_plugged"
	DeviceRemoved    = "vault.device_removed"
	DeviceOther      = "vault.device_other"
	DevicePINWrong   = "vault.device_pin_wrong"
	DevicePINLocked  = "vault.device_pin_locked"
	DeviceFewTries   = "vault.device_pin_few_tries"
	DeviceFactoryPIN = "vault.device_pin_factory"
)

// DeviceCodes lists them.
func DeviceCodes() []string {
	return []string{
		DeviceFailed, DeviceNoHelper, DeviceNoLibrary, DeviceNotPlugged, DeviceRemoved, DeviceOther, DevicePINWrong, DevicePINLocked,
		DeviceFewTries, DeviceFactoryPIN,
	}
}

// What the helper does.
const (
	DeviceSeal = "seal"
	DeviceOpen = "open"
)

// deviceTimeout is longer than a module takes that has just been plugged in.
const deviceTimeout = 30 * time.Second

// Kind is that of the request.
func (d *Device) Kind() string { return d.Request.Kind }

// Where names file and library.
func (d *Device) Where() string {
	return fmt.Sprintf("key file %s, sealed by the device of %s", d.Path, d.Request.Library)
}

// Key has the device open the file.
func (d *Device) Key(ctx context.Context) ([]byte, error) {
	raw, err := readStrict(d.Path)
	if err != nil {
		return nil, err
	}
	f, err := parseSealedFile(d.Path, d.Request.Kind, raw)
	if err != nil {
		return nil, err
	}
	key, err := d.ask(ctx, DeviceOpen, f.Sealed)
	if err == nil && len(key) != Size {
		clear(key)
		err = fmt.Errorf("kek: the device gave %d bytes, want %d", len(key), Size)
	}
	return key, err
}

// Create draws a key and has the device seal it.
func (d *Device) Create(ctx context.Context) error {
	if !d.MayCreate {
		return ErrNoCreate
	}
	key, err := NewKey()
	if err != nil {
		return err
	}
	defer clear(key)
	sealed, err := d.ask(ctx, DeviceSeal, key)
	if err != nil {
		return err
	}
	return sealedFile{Kind: d.Request.Kind, Sealed: sealed}.write(d.Path)
}

func (d *Device) ask(ctx context.Context, do string, data []byte) ([]byte, error) {
	req := d.Request
	req.Do, req.Data = do, data
	if d.PINFile != "" {
		pin, err := ReadWords(d.PINFile)
		if err != nil {
			return nil, err
		}
		defer clear(pin)
		req.PIN = string(pin)
	}
	in, err := json.Marshal(req)
	if err != nil {
		return nil, fmt.Errorf("kek: %w", err)
	}
	defer clear(in)
	ctx, cancel := context.WithTimeout(ctx, deviceTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, d.Helper)
	cmd.Stdin = bytes.NewReader(in)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = cmd.Run()
	defer func() { clear(out.Bytes()) }()
	failed := func(code, why string, cause error) ([]byte, error) {
		return nil, &DeviceError{Helper: d.Helper, Library: req.Library, Code: code, Problem: why, Err: cause}
	}
	var answer DeviceAnswer
	switch parsed := json.Unmarshal(out.Bytes(), &answer); {
	case parsed == nil && answer.Error != "":
		return nil, &DeviceError{Helper: d.Helper, Library: req.Library, Code: answer.Code, Left: answer.Left, Problem: answer.Error}
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		return failed(DeviceNoHelper, "the helper program (vault.device.helper) is not there", err)
	case err != nil:
		return failed(DeviceFailed, "the helper program failed: "+firstLine(problems.String()), err)
	case parsed != nil || len(answer.Data) == 0:
		return failed(DeviceFailed, "the helper program gave no answer", nil)
	}
	return answer.Data, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line[:min(len(line), 200)]
}

// DeviceError says what is wrong with a device.
type DeviceError struct {
	Helper, Library, Problem string
	Code                     string // One of DeviceCodes.
	Left                     int    // Tries of the PIN, where the code speaks of them.
	Err                      error
}

func (e *DeviceError) Error() string {
	s := fmt.Sprintf("vault: device of %s (through %s): %s", e.Library, e.Helper, e.Problem)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *DeviceError) Unwrap() error { return e.Err }
