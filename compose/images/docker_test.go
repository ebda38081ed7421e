//go:build docker

package images

import (
	"reflect"
	"testing"
)

// The same binary and the same downloads give the same images, whatever was built before. It uses the downloads of
// "make bundle", which "make test" runs first.
func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	o := Options{Binary: "../../bin/dingban", Version: "0.0.0-test", Root: "../..", Cache: "../../.cache/images", Log: t.Logf}
	o.Out = t.TempDir()
	one, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Out = t.TempDir()
	two, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, two) {
		t.Errorf("two builds differ:\n%+v\n%+v", one, two)
	}
	if len(one) != 3 || one[0].Layers[0] != one[1].Layers[0] || one[1].Layers[0] != one[2].Layers[0] {
		t.Errorf("the images do not share their first layer: %+v", one)
	}
}
