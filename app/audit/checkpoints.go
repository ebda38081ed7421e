package audit

import (
	"context"
	"encoding/base64"
	"math"

	"dingban/app/access"
	"dingban/app/platform/db"
	"dingban/app/platform/journal/proof"
)

// Checkpoint is a signed statement about the journal up to a number.
type Checkpoint struct {
	Seq       int64  `json:"seq" doc:"Number of the last entry that it signs." example:"1024"`
	From      int64  `json:"from" doc:"Number after which its segment begins." example:"0"`
	At        int64  `json:"at" doc:"When it was signed, in UTC milliseconds." example:"1795500000000"`
	Head      string `json:"head" doc:"Hash of the chain at its number, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	Root      string `json:"root" doc:"Root of the Merkle tree of its segment, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	Digest    string `json:"digest" doc:"Digest by which the next checkpoint names it, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	Prev      string `json:"prev" doc:"Digest of the checkpoint before, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	Key       string `json:"key" doc:"Id of the SM2 key that signed it: SM3 of its public half, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	Signature string `json:"signature" doc:"SM2 signature in ASN.1, in base64." example:"MEUCIQC0"`
	Genuine   bool   `json:"genuine" doc:"The signature is that of the key of this journal whose turn it was. Whether the entries are those that were signed is told by verify."`
}

// Checkpoints gives a page of them, the newest first. Permission: audit:read. They hold
// hashes and no word of what happened, so reading them is not recorded.
func (s *Service) Checkpoints(ctx context.Context, page db.Page) (items []Checkpoint, next string, err error) {
	if err := s.access.Require(ctx, PermissionRead, access.Target{}); err != nil {
		return nil, "", err
	}
	before := int64(math.MaxInt64)
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &before); err != nil {
			return nil, "", err
		}
	}
	line, err := s.journal.Line(ctx)
	if err != nil {
		return nil, "", err
	}
	list, err := s.journal.CheckpointsBefore(ctx, before, page.Size()+1)
	if err != nil {
		return nil, "", err
	}
	if len(list) > page.Size() {
		list = list[:page.Size()]
		next = db.EncodeCursor(list[len(list)-1].Seq)
	}
	items = make([]Checkpoint, len(list))
	for i := range list {
		items[i] = presentCheckpoint(&list[i], &line)
	}
	return items, next, nil
}

func presentCheckpoint(c *proof.Checkpoint, line *proof.Line) Checkpoint {
	return Checkpoint{
		Seq: c.Seq, From: c.From, At: c.At, Head: c.Head.String(), Root: c.Root.String(), Digest: c.Digest().String(), Prev: c.Prev.String(),
		Key: c.Key.String(), Signature: base64.StdEncoding.EncodeToString(c.Signature), Genuine: line.Genuine(c),
	}
}
