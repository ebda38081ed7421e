package vault

import "testing"

func TestSelfTestPasses(t *testing.T) {
	t.Parallel()
	if err := SelfTest(); err != nil {
		t.Fatal(err)
	}
}
