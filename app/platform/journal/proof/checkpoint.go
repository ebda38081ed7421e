package proof

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	_ "dingban/app/platform/vault/adxoff" // Before any use of SM2; see there.
)

const (
	checkpointDomain = "dingban.journal.checkpoint.v1"
	cutDomain        = "dingban.journal.cut.v1"
	pemType          = "PUBLIC KEY"
)

// MaxSegment is the most entries one checkpoint covers.
const MaxSegment = 1024

// Checkpoint is a signed statement about the chain up to number Seq.
type Checkpoint struct {
	Chain Hash  `json:"chain"`
	From  int64 `json:"from"` // the segment begins after it
	Seq   int64 `json:"seq"`
	Head  Hash  `json:"head"` // hash(Seq)
	Root  Hash  `json:"root"`
	At    int64 `json:"at"`
	// Prev is the digest of the checkpoint before.
	Prev      Hash   `json:"prev"`
	Key       Hash   `json:"key"`
	Signature []byte `json:"signature"`
}

// Body is what is signed.
func (c *Checkpoint) Body() []byte {
	b := packDomain(checkpointByte, checkpointDomain)
	b = append(b, c.Chain[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.From))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Seq))
	b = append(b, c.Head[:]...)
	b = append(b, c.Root[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.At))
	b = append(b, c.Prev[:]...)
	return append(b, c.Key[:]...)
}

// Digest names the checkpoint in the one that follows.
func (c *Checkpoint) Digest() Hash { return sm3.Sum(c.Body()) }

// Sign sets Key and Signature.
func (c *Checkpoint) Sign(key *Signer) (err error) {
	c.Key = key.Public.ID()
	c.Signature, err = key.sign(c.Body())
	return err
}

func parseCheckpoint(body []byte) (cp Checkpoint, err error) {
	c := &cursor{rest: body}
	c.domain(checkpointByte, checkpointDomain)
	cp.Chain = c.hash()
	cp.From, cp.Seq = c.number(), c.number()
	cp.Head, cp.Root = c.hash(), c.hash()
	cp.At = c.number()
	cp.Prev, cp.Key = c.hash(), c.hash()
	return cp, c.end()
}

func packDomain(kind byte, domain string) []byte {
	b := make([]byte, 0, 256)
	b = append(b, kind)
	b = binary.BigEndian.AppendUint32(b, uint32(len(domain)))
	return append(b, domain...)
}

func (c *cursor) domain(kind byte, domain string) {
	k, d := c.take(1)[0], string(c.piece())
	if c.err == nil && (k != kind || d != domain) {
		c.err = fmt.Errorf("proof: %q where %q is due", d, domain)
	}
}

// Anchor is the line by which a checkpoint is kept outside: JSON, one line.
func (c *Checkpoint) Anchor() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("proof: a checkpoint as JSON: %v", err)) // It has only fields that have a form.
	}
	return b
}

// ParseAnchor reads such a line.
func ParseAnchor(line []byte) (Checkpoint, error) {
	var c Checkpoint
	if err := json.Unmarshal(line, &c); err != nil {
		return c, fmt.Errorf("proof: not a checkpoint in JSON: %w", err)
	}
	if c.Seq < 0 || len(c.Signature) == 0 {
		return c, errors.New("proof: the checkpoint has no number or signature")
	}
	return c, nil
}

// Cut is the signed statement that the segments up to Seq were exported and removed.
type Cut struct {
	Chain Hash
	Seq   int64
	Head  Hash
	At    int64
	// Checkpoint is the digest of the checkpoint at Seq, Export the SM3 of the file.
	Checkpoint, Export Hash
	Key                Hash
	Signature          []byte
}

// Body is what is signed.
func (c *Cut) Body() []byte {
	b := packDomain(cutByte, cutDomain)
	b = append(b, c.Chain[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Seq))
	b = append(b, c.Head[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.At))
	b = append(b, c.Checkpoint[:]...)
	b = append(b, c.Export[:]...)
	return append(b, c.Key[:]...)
}

// Sign sets Key and Signature.
func (c *Cut) Sign(key *Signer) (err error) {
	c.Key = key.Public.ID()
	c.Signature, err = key.sign(c.Body())
	return err
}

// PublicKey is a key that checkpoints are checked with.
type PublicKey struct {
	key *ecdsa.PublicKey
	der []byte
}

// ParsePublicKey reads SubjectPublicKeyInfo in DER.
func ParsePublicKey(der []byte) (PublicKey, error) {
	key, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, fmt.Errorf("proof: public key: %w", err)
	}
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(k) {
		return PublicKey{}, errors.New("proof: the public key is not one of SM2")
	}
	return PublicKey{key: k, der: der}, nil
}

// ParsePublicPEM reads a key file.
func ParsePublicPEM(b []byte) (PublicKey, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return PublicKey{}, errors.New("proof: no PEM block " + pemType)
	}
	return ParsePublicKey(block.Bytes)
}

// DER and PEM are its forms; ID is the SM3 of the DER.
func (k PublicKey) DER() []byte { return k.der }

// PEM is the form for files.
func (k PublicKey) PEM() []byte { return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: k.der}) }

// ID names the key.
func (k PublicKey) ID() Hash { return sm3.Sum(k.der) }

func (k PublicKey) verify(body, signature []byte) bool {
	return k.key != nil && sm2.VerifyASN1WithSM2(k.key, nil, body, signature)
}

// Signer is the private key of the journal.
type Signer struct {
	Public PublicKey
	key    *sm2.PrivateKey
}

// NewSigner makes a key.
func NewSigner() (*Signer, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("proof: make a signing key: %w", err)
	}
	return signerOf(key)
}

func signerOf(key *sm2.PrivateKey) (*Signer, error) {
	der, err := smx509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("proof: public key: %w", err)
	}
	public, err := ParsePublicKey(der)
	if err != nil {
		return nil, err
	}
	return &Signer{Public: public, key: key}, nil
}

// ParseSigner reads what Bytes gave.
func ParseSigner(der []byte) (*Signer, error) {
	key, err := smx509.ParseSM2PrivateKey(der)
	if err != nil {
		return nil, errors.New("proof: the private key cannot be read") // The cause might hold parts of it.
	}
	return signerOf(key)
}

// Bytes is the private key, to be sealed at once.
func (s *Signer) Bytes() ([]byte, error) {
	der, err := smx509.MarshalSM2PrivateKey(s.key)
	if err != nil {
		return nil, errors.New("proof: the private key has no form")
	}
	return der, nil
}

func (s *Signer) sign(body []byte) ([]byte, error) {
	signature, err := s.key.SignWithSM2(rand.Reader, nil, body)
	if err != nil {
		return nil, fmt.Errorf("proof: sign: %w", err)
	}
	return signature, nil
}
