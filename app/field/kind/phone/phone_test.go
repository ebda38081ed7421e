package phone

import "testing"

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, canonical, national string
		sort                    Sort
	}{
		{"13800138000", "+8613800138000", "13800138000", Mobile},
		{"138 0013 8000", "+8613800138000", "13800138000", Mobile},
		{"+86 138-0013-8000", "+8613800138000", "13800138000", Mobile},
		{"8613800138000", "+8613800138000", "13800138000", Mobile},
		{"008613800138000", "+8613800138000", "13800138000", Mobile},
		{"１３８００１３８０００", "+8613800138000", "13800138000", Mobile},
		{"19912345678", "+8619912345678", "19912345678", Mobile},
		{"010-82345678", "+861082345678", "010-82345678", Landline},
		{"（0755）26789012", "+8675526789012", "0755-26789012", Landline},
		{"0311-8612345", "+863118612345", "0311-8612345", Landline},
		{"010-82345678-8012", "+861082345678;ext=8012", "010-82345678-8012", Landline},
		{"010-82345678转8012", "+861082345678;ext=8012", "010-82345678-8012", Landline},
		{"+861082345678;ext=8012", "+861082345678;ext=8012", "010-82345678-8012", Landline},
		{"+86 (0)10 8234 5678", "+861082345678", "010-82345678", Landline},
		{"400-812-3123", "4008123123", "400-812-3123", Service},
		{"4008123123转6", "4008123123;ext=6", "400-812-3123x6", Service},
		{"95588", "95588", "95588", Service},
		{"110", "110", "110", Service},
		{"12345", "12345", "12345", Service},
		{"+1 (415) 555-0123", "+14155550123", "+14155550123", Foreign},
		{"0085223456789", "+85223456789", "+85223456789", Foreign},
	} {
		n, err := Parse(c.in)
		if err != nil || n.Sort != c.sort || n.Canonical() != c.canonical || n.National() != c.national {
			t.Errorf("%q: %+v %s %s, %v", c.in, n, n.Canonical(), n.National(), err)
			continue
		}
		if again, err := Parse(n.Canonical()); err != nil || again != n {
			t.Errorf("%q does not read back from %q: %+v, %v", c.in, n.Canonical(), again, err)
		}
	}
	for _, in := range []string{
		"", "12800138000", "1380013800", "138001380001", "010-1234567", "000-82345678", "0100-82345678", "13800138000转5", "+0123456789", "+12345",
		"138001380OO", "电话", "82345678", "+1234567890123456", "010-82345678转", "010-82345678转1234567", "++8613800138000", "1+3800138000", "0200", "110转1",
	} {
		if n, err := Parse(in); err == nil {
			t.Errorf("%q was taken for %+v", in, n)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"13800138000": "138****8000", "010-82345678": "010-****5678", "95588": "**588", "+14155550123": "+141****0123", "110": "110", "0311-8612345": "0311-****345",
	} {
		n, err := Parse(in)
		if err != nil {
			t.Fatal(in, err)
		}
		if got := n.Masked(); got != want {
			t.Errorf("%s is masked %s, want %s", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"13800138000", "010-82345678转8012", "+1 415", "95588", "0755", "İ转x", "100X0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(n.Canonical()); err != nil || again != n {
			t.Errorf("%q is %+v, and %q reads back as %+v, %v", s, n, n.Canonical(), again, err)
		}
		if again, err := Parse(n.National()); err != nil || again != n {
			t.Errorf("%q is %+v, and %q reads back as %+v, %v", s, n, n.National(), again, err)
		}
		_ = n.Masked()
	})
}
