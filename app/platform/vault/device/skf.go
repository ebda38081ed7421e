package device

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"dingban/app/platform/vault/kek"
)

// skf is a UKey. The encryption key pair of its container never leaves it.
type skf struct {
	device, app, container handle
	publicKey              [eccPublicSize]byte

	exportSession func(container handle, alg uint32, public, blob *byte, key *handle) uint32
	importSession func(container handle, alg uint32, blob *byte, n uint32, key *handle) uint32
	encryptInit   func(key handle, param blockCipherParam) uint32
	encipher      func(key handle, data *byte, n uint32, out *byte, outN *uint32) uint32
	decryptInit   func(key handle, param blockCipherParam) uint32
	decipher      func(key handle, data *byte, n uint32, out *byte, outN *uint32) uint32
	randomBytes   func(device handle, out *byte, n uint32) uint32
	closeHandle   func(h handle) uint32
	clearSecure   func(app handle) uint32
	closeCon      func(container handle) uint32
	closeApp      func(app handle) uint32
	disconnect    func(device handle) uint32
}

// blockCipherParam is BLOCKCIPHERPARAM: 44 bytes, handed over by value.
type blockCipherParam struct {
	IV      [32]byte
	IVLen   uint32
	Padding uint32
	Feed    uint32
}

const (
	eccPublicSize = 4 + 64 + 64
	// eccCipherFixed is what comes before the ciphertext in ECCCIPHERBLOB: X, Y, hash, and the ciphertext's length.
	eccCipherFixed = 64 + 64 + 32 + 4
	sessionKeySize = 16
	userPIN        = 1
	// leastTries are left on the UKey for people: a server that is started again and again with a wrong PIN would lock it.
	leastTries = 3
)

// What has to be told apart.
const (
	skfDecrypt = 0x0A00001B
	skfRemoved = 0x0A000023
	skfWrong   = 0x0A000024
	skfLocked  = 0x0A000025
)

var skfCodes = map[uint32]string{
	0x0A000003: "not supported", skfDecrypt: "it cannot be decrypted with the key of this UKey", 0x0A000020: "the buffer is too small",
	skfRemoved: "the UKey was pulled out", skfWrong: "the PIN is wrong", skfLocked: "the PIN is locked",
	0x0A00002D: "nobody is logged in to the UKey", 0x0A00002E: "there is no such application", 0x0B000035: "there is no such container",
}

func openSKF(req kek.DeviceRequest) (_ *skf, err error) {
	d := &skf{}
	var enum func(present uint32, names *byte, n *uint32) uint32
	var connect func(name *byte, device *handle) uint32
	var openApp func(device handle, name *byte, app *handle) uint32
	var pinInfo func(app handle, kind uint32, most, left, factory *uint32) uint32
	var verify func(app handle, kind uint32, pin *byte, left *uint32) uint32
	var openCon func(app handle, name *byte, container *handle) uint32
	var exportPublic func(container handle, sign uint32, blob *byte, n *uint32) uint32
	err = load(req.Library, map[string]any{
		"SKF_EnumDev": &enum, "SKF_ConnectDev": &connect, "SKF_DisConnectDev": &d.disconnect, "SKF_OpenApplication": &openApp,
		"SKF_CloseApplication": &d.closeApp, "SKF_GetPINInfo": &pinInfo, "SKF_VerifyPIN": &verify, "SKF_ClearSecureState": &d.clearSecure,
		"SKF_OpenContainer": &openCon, "SKF_CloseContainer": &d.closeCon, "SKF_ExportPublicKey": &exportPublic,
		"SKF_ECCExportSessionKey": &d.exportSession, "SKF_ImportSessionKey": &d.importSession, "SKF_EncryptInit": &d.encryptInit,
		"SKF_Encrypt": &d.encipher, "SKF_DecryptInit": &d.decryptInit, "SKF_Decrypt": &d.decipher, "SKF_GenRandom": &d.randomBytes,
		"SKF_CloseHandle": &d.closeHandle,
	})
	if err != nil {
		return nil, err
	}
	name, err := deviceName(enum, req.Name)
	if err != nil {
		return nil, err
	}
	if code := connect(cString(name), &d.device); code != 0 {
		return nil, failed("SKF_ConnectDev", code, skfCodes)
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if code := openApp(d.device, cString(req.Application), &d.app); code != 0 {
		return nil, failed(fmt.Sprintf("SKF_OpenApplication of vault.device.application %q", req.Application), code, skfCodes)
	}
	var most, left, factory uint32
	if code := pinInfo(d.app, userPIN, &most, &left, &factory); code != 0 {
		return nil, failed("SKF_GetPINInfo", code, skfCodes)
	}
	if factory != 0 {
		return nil, coded(kek.DeviceFactoryPIN, 0, errors.New("the UKey still has the PIN it left the factory with; change it first"))
	}
	if left == 0 {
		return nil, coded(kek.DevicePINLocked, 0, errors.New("the PIN is locked; have it unlocked with the vendor's tool and the administrator's PIN"))
	}
	if left < leastTries {
		return nil, coded(kek.DeviceFewTries, left, fmt.Errorf("only %d tries are left for the PIN; log in by hand with the vendor's tool first, so that the UKey is not locked", left))
	}
	switch code := verify(d.app, userPIN, cString(req.PIN), &left); code {
	case 0:
	case skfLocked:
		return nil, coded(kek.DevicePINLocked, 0, failed("SKF_VerifyPIN", code, skfCodes))
	case skfWrong:
		return nil, coded(kek.DevicePINWrong, left, fmt.Errorf("%w; %d tries are left", failed("SKF_VerifyPIN", code, skfCodes), left))
	default:
		return nil, failed("SKF_VerifyPIN", code, skfCodes)
	}
	if code := openCon(d.app, cString(req.Container), &d.container); code != 0 {
		return nil, failed(fmt.Sprintf("SKF_OpenContainer of vault.device.container %q", req.Container), code, skfCodes)
	}
	n := uint32(eccPublicSize)
	if code := exportPublic(d.container, 0, &d.publicKey[0], &n); code != 0 { // 0: of the encryption key pair
		return nil, failed("SKF_ExportPublicKey", code, skfCodes)
	}
	if n != eccPublicSize {
		return nil, fmt.Errorf("SKF_ExportPublicKey: a public key of %d bytes; the container needs an SM2 encryption key pair", n)
	}
	return d, nil
}

// deviceName finds the UKey that is meant among those that are plugged in.
func deviceName(enum func(present uint32, names *byte, n *uint32) uint32, want string) (string, error) {
	n := uint32(0)
	if code := enum(1, nil, &n); code != 0 {
		return "", failed("SKF_EnumDev", code, skfCodes)
	}
	if n > maxRequest {
		return "", fmt.Errorf("SKF_EnumDev: %d bytes of names", n)
	}
	list := make([]byte, n+1)
	if code := enum(1, &list[0], &n); code != 0 {
		return "", failed("SKF_EnumDev", code, skfCodes)
	}
	var names []string
	for part := range bytes.SplitSeq(list[:min(int(n), len(list))], []byte{0}) {
		if len(part) > 0 {
			names = append(names, string(part))
		}
	}
	switch {
	case len(names) == 0:
		return "", coded(kek.DeviceNotPlugged, 0, errors.New("no UKey is plugged in"))
	case want == "" && len(names) == 1:
		return names[0], nil
	case want == "":
		return "", fmt.Errorf("several UKeys are plugged in; name one of %q in vault.device.name", names)
	case !slices.Contains(names, want):
		return "", coded(kek.DeviceNotPlugged, 0, fmt.Errorf("vault.device.name: %q is not plugged in, only %q", want, names))
	}
	return want, nil
}

func cString(s string) *byte {
	b := append([]byte(s), 0)
	return &b[0]
}

func (d *skf) newKey() (handle, []byte, error) {
	blob, key := make([]byte, maxWrapped), handle(0)
	if code := d.exportSession(d.container, algCBC, &d.publicKey[0], &blob[0], &key); code != 0 {
		return 0, nil, failed("SKF_ECCExportSessionKey", code, skfCodes)
	}
	if n := binary.LittleEndian.Uint32(blob[eccCipherFixed-4:]); n != sessionKeySize {
		d.dropKey(key)
		return 0, nil, fmt.Errorf("SKF_ECCExportSessionKey: a session key of %d bytes", n)
	}
	return key, blob[:eccCipherFixed+sessionKeySize], nil
}

func (d *skf) importKey(wrapped []byte) (handle, error) {
	key := handle(0)
	if code := d.importSession(d.container, algCBC, &wrapped[0], uint32(len(wrapped)), &key); code == skfDecrypt {
		return 0, coded(kek.DeviceOther, 0, failed("SKF_ImportSessionKey", code, skfCodes))
	} else if code != 0 {
		return 0, failed("SKF_ImportSessionKey", code, skfCodes)
	}
	return key, nil
}

func param(iv []byte) blockCipherParam {
	p := blockCipherParam{IVLen: uint32(len(iv))} // No padding: whole blocks.
	copy(p.IV[:], iv)
	return p
}

func (d *skf) encrypt(key handle, iv, data []byte) ([]byte, error) {
	if code := d.encryptInit(key, param(iv)); code != 0 {
		return nil, failed("SKF_EncryptInit", code, skfCodes)
	}
	return skfCipher("SKF_Encrypt", d.encipher, key, data)
}

func (d *skf) decrypt(key handle, iv, data []byte) ([]byte, error) {
	if code := d.decryptInit(key, param(iv)); code != 0 {
		return nil, failed("SKF_DecryptInit", code, skfCodes)
	}
	return skfCipher("SKF_Decrypt", d.decipher, key, data)
}

func skfCipher(name string, f func(key handle, data *byte, n uint32, out *byte, outN *uint32) uint32, key handle, data []byte) ([]byte, error) {
	out := make([]byte, len(data)+blockSize)
	n := uint32(len(out))
	if code := f(key, &data[0], uint32(len(data)), &out[0], &n); code != 0 {
		return nil, failed(name, code, skfCodes)
	}
	if int(n) != len(data) {
		return nil, fmt.Errorf("%s: %d bytes became %d", name, len(data), n)
	}
	return out[:n], nil
}

func (d *skf) random(n int) ([]byte, error) {
	out := make([]byte, n)
	if code := d.randomBytes(d.device, &out[0], uint32(n)); code != 0 {
		return nil, failed("SKF_GenRandom", code, skfCodes)
	}
	return out, nil
}

func (d *skf) dropKey(key handle) { d.closeHandle(key) }

// close logs out first: the state of the PIN belongs to the application, and others on this host could use it.
func (d *skf) close() {
	if d.app != 0 {
		d.clearSecure(d.app)
	}
	if d.container != 0 {
		d.closeCon(d.container)
	}
	if d.app != 0 {
		d.closeApp(d.app)
	}
	d.disconnect(d.device)
}
