package bundle

import (
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	dockerimage "github.com/docker/docker/api/types/image"

	"dingban/compose/images/image"
)

// An engine either knows an image by the digest of its configuration, or by one it made up; what the second kind answers
// here was read off a Docker 28 that keeps its images in containerd.
func TestMatches(t *testing.T) {
	t.Parallel()
	i := image.Image{Config: image.Blob{Digest: "sha256:config"}, Identity: "me", Layers: []image.Blob{{Digest: "sha256:a"}, {Digest: "sha256:b"}}}
	answer := func(id, descriptor, identity string, layers ...string) dockerimage.InspectResponse {
		got := dockerimage.InspectResponse{ID: id, RootFS: dockerimage.RootFS{Layers: layers}, Config: &dockerspec.DockerOCIImageConfig{}}
		got.Config.Labels = map[string]string{image.IdentityLabel: identity}
		if descriptor != "" {
			got.Descriptor = &ocispec.Descriptor{}
			got.Descriptor.Digest = "sha256:made-up"
		}
		return got
	}
	cases := map[string]struct {
		got  dockerimage.InspectResponse
		want bool
	}{
		"same id":                         {answer("sha256:config", "", "me", "sha256:a", "sha256:b"), true},
		"other id":                        {answer("sha256:other", "", "me", "sha256:a", "sha256:b"), false},
		"containerd, same":                {answer("sha256:made-up", "sha256:made-up", "me", "sha256:a", "sha256:b"), true},
		"containerd, other layers":        {answer("sha256:made-up", "sha256:made-up", "me", "sha256:a", "sha256:c"), false},
		"containerd, other configuration": {answer("sha256:made-up", "sha256:made-up", "you", "sha256:a", "sha256:b"), false},
	}
	for name, c := range cases {
		if got := matches(c.got, i); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
