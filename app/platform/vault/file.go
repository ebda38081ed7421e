package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm3"
)

// A file is a stream whose key is kept in the database and not with the object: without its row every copy of the object, in
// versions of a bucket or on old disks, is noise. That is what purging a file means here. And because nothing in the object
// names a key of the vault, a file moves to another epoch by sealing its row anew; the object is never written again.
//
// The header of the object (see stream.go) names the row and brings a salt, so that a key never seals two contents. The row holds
// the file's key and name, sealed as a cell of its own. The chunks' key is derived from salt and key.
const (
	fileMagic  = "DBF1"
	oldMagic   = "DBS1"
	fileDomain = "dingban.file.v1"
	fileSalt   = 48
	fileSum    = 8
	fileFixed  = 4 + 1 + 1 + 8 // Of the header, what comes before the salt.
)

// FileRecord is the key of a file as it is kept: sealed together with the file's name.
type FileRecord struct {
	ID       int64
	Place    string // Of the file's name; tells nothing of it.
	PlaceKey uint32 // That the place was made with.
	Body     []byte
}

// FileStore keeps them; in the product a table. A KeyStore that is none cannot seal files.
type FileStore interface {
	NewFileID() int64
	AddFile(ctx context.Context, r FileRecord) error
	// File returns ErrShredded when the record is gone.
	File(ctx context.Context, id int64) (FileRecord, error)
	// HasFiles says whether any of the places has a record.
	HasFiles(ctx context.Context, places []string) (bool, error)
	DropFile(ctx context.Context, id int64) error
	// DropFiles forgets all records of the places.
	DropFiles(ctx context.Context, places []string) error
}

// ErrShredded says that the key of a file was destroyed: it was purged.
var ErrShredded = errors.New("the key of this file was destroyed when the file was purged")

// FileKey is that of one file that is being written.
type FileKey struct {
	id     int64
	name   string
	secret [rootSize]byte
}

var errNoFiles = errors.New("vault: this key store keeps no keys of files")

func fileError(name string, err error) error {
	return fmt.Errorf("vault: key of file %q: %w", name, err)
}

func fileCell(id int64) Cell { return Cell{Table: objectTable, Column: objectBody, Row: id} }

// FileColumns are the sealed columns of this package.
func FileColumns() []Column {
	return []Column{{Table: objectTable, Column: objectBody, Purpose: PurposeFile}}
}

// FileNumbers are the numbers by which the keys of files are found.
func FileNumbers() []Numbered {
	return []Numbered{{From: FileColumns()[0], By: "place_key", Number: func(v *Vault, body []byte) (string, any, uint32) {
		place, key := v.place(string(body[min(rootSize, len(body)):]))
		return "place", place, key
	}}}
}

// NewFile makes the key of a file and keeps it in the database, as a part of the transaction in ctx.
func (v *Vault) NewFile(ctx context.Context, name string) (*FileKey, error) {
	if v.files == nil {
		return nil, errNoFiles
	}
	f := &FileKey{id: v.files.NewFileID(), name: name}
	if _, err := rand.Read(f.secret[:]); err != nil {
		return nil, fmt.Errorf("vault: random numbers: %w", err)
	}
	body := append(append(make([]byte, 0, rootSize+len(name)), f.secret[:]...), name...)
	defer clear(body)
	r := FileRecord{ID: f.id}
	r.Place, r.PlaceKey = v.place(name)
	var err error
	if r.Body, err = v.sealWith(v.ring.Load().stream, fileCell(f.id), body); err != nil {
		return nil, fileError(name, err)
	}
	if err := v.files.AddFile(ctx, r); err != nil {
		return nil, fileError(name, err)
	}
	return f, nil
}

// fileHeader is that of an object. Its sum is no secret: it tells a damaged header from one whose row is gone. What somebody
// makes up opens nothing, because the row is bound to the name and the chunks to the salt and the suite.
func fileHeader(suite byte, id int64, salt []byte, name string) []byte {
	h := append(make([]byte, 0, streamHeader), fileMagic...)
	h = append(h, suite, chunkBits)
	h = binary.BigEndian.AppendUint64(h, uint64(id))
	h = append(h, salt...)
	return append(h, headerSum(h, name)...)
}

func headerSum(fixed []byte, name string) []byte {
	sum := sm3.Sum(packString(packString(packString(nil, fileDomain), string(fixed)), name))
	return sum[:fileSum]
}

// parseHeader gives what a header says. Another version of it, or a damaged one, gives ErrDamaged.
func parseHeader(header []byte, name string) (suite byte, id int64, salt []byte, err error) {
	end := fileFixed + fileSalt
	if len(header) != streamHeader || string(header[:4]) != fileMagic || header[5] != chunkBits || !bytes.Equal(header[end:], headerSum(header[:end], name)) {
		return 0, 0, nil, ErrDamaged
	}
	switch header[4] {
	case suiteSM4GCM, suiteAESGCM, suiteSM4CTR:
	default:
		return 0, 0, nil, ErrDamaged
	}
	return header[4], int64(binary.BigEndian.Uint64(header[6:])), header[fileFixed:end], nil
}

// NewFileStream seals what is written to it into w. Close writes the last chunk and must be called; a file without it is refused
// when read, so a write that failed half-way leaves nothing that looks whole. Close does not close w.
func (v *Vault) NewFileStream(w io.Writer, f *FileKey) (io.WriteCloser, error) {
	var salt [fileSalt]byte
	_, err := rand.Read(salt[:])
	if err == nil {
		root := fileRoot(salt[:], f.secret[:])
		defer clear(root)
		var s *streamWriter
		if s, err = newStreamWriter(w, v.streamSuite, root); err == nil {
			if _, err = w.Write(fileHeader(v.streamSuite, f.id, salt[:], f.name)); err == nil {
				return s, nil
			}
		}
	}
	return nil, fmt.Errorf("vault: seal file %q: %w", f.name, err)
}

// fileRoot is what the chunks' key is derived from.
func fileRoot(salt, secret []byte) []byte {
	return append(append(make([]byte, 0, fileSalt+rootSize), salt...), secret...)
}

// FileAt returns the number of the file that a store holds under a name, 0 when there is none. It asks the store, through open,
// only when the name ever held a file.
func (v *Vault) FileAt(ctx context.Context, name string, open func() (io.ReadCloser, error)) (int64, error) {
	if v.files == nil {
		return 0, errNoFiles
	}
	has, err := v.files.HasFiles(ctx, v.places(name))
	if err != nil {
		return 0, fileError(name, err)
	}
	if !has {
		return 0, nil
	}
	r, err := open()
	if err != nil {
		return 0, nil // Nothing there, or nothing that can be read: its key stays until the name is purged.
	}
	defer r.Close()
	header := make([]byte, streamHeader)
	if _, err := io.ReadFull(r, header); err != nil {
		return 0, nil
	}
	_, id, _, err := parseHeader(header, name)
	if err != nil {
		return 0, nil
	}
	// A header can be made up, and must not have the key of another file destroyed.
	if _, err := v.fileSecret(ctx, id, name); err != nil {
		return 0, nil
	}
	return id, nil
}

// DropFile destroys the key of a file that another one has replaced. It must have been in its place before that one was: of
// writers at the same time nobody can tell whose file is the last, so none of them may destroy the key of another.
func (v *Vault) DropFile(ctx context.Context, id int64) error {
	if id == 0 {
		return nil
	}
	if err := v.files.DropFile(ctx, id); err != nil {
		return fmt.Errorf("vault: destroy the key of a replaced file: %w", err)
	}
	return nil
}

// Shred destroys the keys of all that was ever sealed as a file under a name. No copy of it can be read any longer.
func (v *Vault) Shred(ctx context.Context, name string) error {
	if v.files == nil {
		return errNoFiles
	}
	if err := v.files.DropFiles(ctx, v.places(name)); err != nil {
		return fmt.Errorf("vault: destroy the key of file %q: %w", name, err)
	}
	return nil
}

// fileSecret reads the key of a file, which the caller clears. A row of another name gives ErrDamaged.
func (v *Vault) fileSecret(ctx context.Context, id int64, name string) ([]byte, error) {
	if v.files == nil {
		return nil, errNoFiles
	}
	r, err := v.files.File(ctx, id)
	if err != nil {
		return nil, err
	}
	body, err := v.open(purposeStream, fileCell(id), r.Body)
	if err != nil {
		return nil, err
	}
	if len(body) < rootSize || string(body[rootSize:]) != name {
		clear(body)
		return nil, ErrDamaged
	}
	return body[:rootSize], nil
}

// OpenFile opens a sealed file of size bytes under the name it was sealed with. Header and last chunk are checked at once, so that
// a file that was cut or lengthened is refused before a byte of it is shown; every other chunk is when it is read. That its key
// was destroyed gives ErrShredded.
func (v *Vault) OpenFile(ctx context.Context, r io.ReaderAt, size int64, name string) (*StreamReader, error) {
	s := &StreamReader{r: r, name: name, have: -1, alarm: v.alarm}
	err := s.openHeader(size, func(header []byte) (byte, []byte, error) {
		if string(header[:len(oldMagic)]) == oldMagic {
			return v.oldStream(header, name)
		}
		suite, id, salt, err := parseHeader(header, name)
		if err != nil {
			return 0, nil, err
		}
		secret, err := v.fileSecret(ctx, id, name)
		if err != nil {
			return 0, nil, err
		}
		defer clear(secret)
		return suite, fileRoot(salt, secret), nil
	})
	if err != nil {
		return nil, s.fail(err)
	}
	return s, nil
}

// oldStream opens the header of a stream as they were before the keys of files were in the database:
//
//	magic "DBS1" · suite (1) · log2 of the chunk size (1) · key id (4) · nonce (12) · the stream's own key, wrapped (32 + 16)
func (v *Vault) oldStream(header []byte, name string) (suite byte, root []byte, err error) {
	const fixed = 4 + 1 + 1 + 4 // What comes before the nonce.
	if header[4] >= suites || header[5] != chunkBits {
		return 0, nil, ErrDamaged
	}
	k, err := v.keyFor(binary.BigEndian.Uint32(header[6:]), purposeStream)
	if err != nil {
		return 0, nil, err
	}
	aead := k.aead.get(header[4])
	if aead == nil {
		return 0, nil, ErrDamaged
	}
	aad := packString(bytes.Clone(k.bound[header[4]]), string(header[:fixed]))
	raw, err := aead.Open(nil, header[fixed:fixed+nonceSize], header[fixed+nonceSize:], packString(aad, name))
	if err != nil {
		return 0, nil, ErrDamaged
	}
	return header[4], raw, nil
}
