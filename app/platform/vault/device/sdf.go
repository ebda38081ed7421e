package device

import (
	"fmt"

	"dingban/app/platform/vault/kek"
)

// sdf is an HSM. Its key-encryption key number keyIndex never leaves it.
type sdf struct {
	device, session handle
	keyIndex        uint32

	closeDevice  func(device handle) uint32
	closeSession func(session handle) uint32
	generate     func(session handle, bits, alg, index uint32, wrapped *byte, n *uint32, key *handle) uint32
	importWith   func(session handle, alg, index uint32, wrapped *byte, n uint32, key *handle) uint32
	encipher     func(session, key handle, alg uint32, iv, data *byte, n uint32, out *byte, outN *uint32) uint32
	decipher     func(session, key handle, alg uint32, iv, data *byte, n uint32, out *byte, outN *uint32) uint32
	destroy      func(session, key handle) uint32
	randomBytes  func(session handle, n uint32, out *byte) uint32
}

var sdfCodes = map[uint32]string{
	0x01000002: "not supported", 0x01000003: "no connection to the device", 0x01000004: "the device does not answer",
	0x01000005: "the device cannot be opened", 0x01000006: "no session can be made", 0x01000007: "no right to use the key",
	0x01000008: "there is no key of this index", 0x01000009: "the algorithm is not supported",
}

func openSDF(req kek.DeviceRequest) (*sdf, error) {
	d := &sdf{keyIndex: uint32(req.KeyIndex)}
	var openDevice func(device *handle) uint32
	var openSession func(device handle, session *handle) uint32
	err := load(req.Library, map[string]any{
		"SDF_OpenDevice": &openDevice, "SDF_CloseDevice": &d.closeDevice, "SDF_OpenSession": &openSession, "SDF_CloseSession": &d.closeSession,
		"SDF_GenerateKeyWithKEK": &d.generate, "SDF_ImportKeyWithKEK": &d.importWith, "SDF_Encrypt": &d.encipher, "SDF_Decrypt": &d.decipher,
		"SDF_DestroyKey": &d.destroy, "SDF_GenerateRandom": &d.randomBytes,
	})
	if err != nil {
		return nil, err
	}
	if code := openDevice(&d.device); code != 0 {
		return nil, failed("SDF_OpenDevice", code, sdfCodes)
	}
	if code := openSession(d.device, &d.session); code != 0 {
		d.closeDevice(d.device)
		return nil, failed("SDF_OpenSession", code, sdfCodes)
	}
	return d, nil
}

func (d *sdf) newKey() (handle, []byte, error) {
	wrapped, n, key := make([]byte, maxWrapped), uint32(maxWrapped), handle(0)
	if code := d.generate(d.session, 128, algECB, d.keyIndex, &wrapped[0], &n, &key); code != 0 {
		return 0, nil, failed(fmt.Sprintf("SDF_GenerateKeyWithKEK of vault.device.key_index %d", d.keyIndex), code, sdfCodes)
	}
	if n == 0 || n > maxWrapped {
		d.dropKey(key)
		return 0, nil, fmt.Errorf("SDF_GenerateKeyWithKEK: a wrapped key of %d bytes", n)
	}
	return key, wrapped[:n], nil
}

func (d *sdf) importKey(wrapped []byte) (handle, error) {
	key := handle(0)
	if code := d.importWith(d.session, algECB, d.keyIndex, &wrapped[0], uint32(len(wrapped)), &key); code != 0 {
		return 0, failed(fmt.Sprintf("SDF_ImportKeyWithKEK of vault.device.key_index %d", d.keyIndex), code, sdfCodes)
	}
	return key, nil
}

func (d *sdf) encrypt(key handle, iv, data []byte) ([]byte, error) {
	return sdfCipher("SDF_Encrypt", d.encipher, d.session, key, iv, data)
}

func (d *sdf) decrypt(key handle, iv, data []byte) ([]byte, error) {
	return sdfCipher("SDF_Decrypt", d.decipher, d.session, key, iv, data)
}

func sdfCipher(name string, f func(session, key handle, alg uint32, iv, data *byte, n uint32, out *byte, outN *uint32) uint32,
	session, key handle, iv, data []byte,
) ([]byte, error) {
	chain := append([]byte(nil), iv...) // The device leaves the last block in it.
	out := make([]byte, len(data)+blockSize)
	n := uint32(len(out))
	if code := f(session, key, algCBC, &chain[0], &data[0], uint32(len(data)), &out[0], &n); code != 0 {
		return nil, failed(name, code, sdfCodes)
	}
	if int(n) != len(data) {
		return nil, fmt.Errorf("%s: %d bytes became %d", name, len(data), n)
	}
	return out[:n], nil
}

func (d *sdf) random(n int) ([]byte, error) {
	out := make([]byte, n)
	if code := d.randomBytes(d.session, uint32(n), &out[0]); code != 0 {
		return nil, failed("SDF_GenerateRandom", code, sdfCodes)
	}
	return out, nil
}

func (d *sdf) dropKey(key handle) { d.destroy(d.session, key) }

func (d *sdf) close() {
	d.closeSession(d.session)
	d.closeDevice(d.device)
}
