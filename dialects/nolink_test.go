//go:build nodameng

package dialects

import (
	"errors"
	"testing"
)

func TestWithoutTheDriverOpenSaysSo(t *testing.T) {
	t.Parallel()
	if _, _, err := Open("dameng://SYSDBA:x@127.0.0.1:5236/", Options{}); !errors.Is(err, ErrNoDriver) {
		t.Errorf("got %v, want ErrNoDriver", err)
	}
}
