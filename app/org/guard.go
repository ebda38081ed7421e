package org

import (
	"context"
	"errors"

	"dingban/app/org/password"
	"dingban/app/platform/fault"
)

func (s *Service) accountKey(account string) int64 { return s.vault.Blind("log-in account", account) }

func (s *Service) addressKey(address string) int64 { return s.vault.Blind("log-in address", address) }

// guarded compares a password. The attempt is counted against the account before it is made, so that no guess too many
// gets through, and against the address once it has failed: an office shares an address, and everybody in it signs in at
// nine. A comparison that did not take place is not counted.
func (s *Service) guarded(ctx context.Context, account, address string, hash password.Hash, plain string) (bool, error) {
	accountKey, addressKey := s.accountKey(account), s.addressKey(address)
	if err := s.attempts.Check(ctx, addressKey); err != nil {
		return false, err
	}
	if err := s.attempts.Reserve(ctx, accountKey, s.o.MaxFailures); err != nil {
		return false, err
	}
	matched, err := s.credentials.Matches(ctx, hash, plain)
	if err != nil {
		return false, errors.Join(err, s.attempts.Return(context.WithoutCancel(ctx), accountKey))
	}
	if !matched {
		err = s.attempts.Reserve(context.WithoutCancel(ctx), addressKey, s.o.MaxAddressFailures)
		if err != nil && !fault.Is(err, fault.KindTooMany) { // locked by now, for the next one
			return false, err
		}
	}
	return matched, nil
}
