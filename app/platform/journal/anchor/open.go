package anchor

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/configs"
)

// Open makes the anchors that are configured.
func Open(ctx context.Context, c configs.Journal, k clock.Clock) ([]journal.Anchor, error) {
	var list []journal.Anchor
	if c.Anchor.File != "" {
		f, err := NewFile(c.Anchor.File)
		if err != nil {
			return nil, fmt.Errorf("journal.anchor.file: %w", err)
		}
		list = append(list, f)
	}
	if o := c.Anchor.S3; o.Endpoint != "" {
		access, err := secret(o.AccessKeyFile)
		if err != nil {
			return nil, fmt.Errorf("journal.anchor.s3.access_key_file: %w", err)
		}
		key, err := secret(o.SecretKeyFile)
		if err != nil {
			return nil, fmt.Errorf("journal.anchor.s3.secret_key_file: %w", err)
		}
		s3, err := blob.NewS3(ctx, blob.S3Options{
			Endpoint: o.Endpoint, Bucket: o.Bucket, Region: o.Region, TLS: o.TLS, CAFile: o.CAFile,
			AccessKey: access, SecretKey: key, ObjectLock: true,
		})
		if err != nil {
			return nil, fmt.Errorf("journal.anchor.s3: %w", err)
		}
		list = append(list, NewBucket(s3, time.Duration(c.RetentionDays)*24*time.Hour, k))
	}
	if o := c.Anchor.Syslog; o.Address != "" {
		s, err := NewSyslog(SyslogOptions(o))
		if err != nil {
			return nil, fmt.Errorf("journal.anchor.syslog: %w", err)
		}
		list = append(list, s)
	}
	return list, nil
}

func secret(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return "", fmt.Errorf("the secret file %s is empty", path)
	}
	return text, nil
}

// Newest gives what the anchors keep, for Verify.
func Newest(ctx context.Context, anchors []journal.Anchor) ([]proof.Checkpoint, error) {
	var list []proof.Checkpoint
	for _, a := range anchors {
		c, ok, err := a.Newest(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the anchor %s: %w", a.Name(), err)
		}
		if ok {
			list = append(list, c)
		}
	}
	return list, nil
}
