package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The version that is built, the version that is stamped in and the version the source offer names are one.
func TestPinsAgreeWithMinIOsModule(t *testing.T) {
	t.Parallel()
	pins, err := ReadPins()
	if err != nil {
		t.Fatal(err)
	}
	args, err := minioArgs("minio", pins.MinIO)
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.Join(args, " "); !strings.Contains(line, "-X github.com/minio/minio/cmd.ReleaseTag=RELEASE.2026-02-12T20-18-48Z") || !strings.Contains(line, "cmd.Version=2026-02-12T20:18:48Z") {
		t.Errorf("build flags: %s", line)
	}
	if !strings.HasSuffix(pins.MinIO.Version, pins.MinIO.Commit) || !strings.HasSuffix(pins.MinIO.Source, pins.MinIO.Commit) {
		t.Errorf("version %s, commit %s, source %s", pins.MinIO.Version, pins.MinIO.Commit, pins.MinIO.Source)
	}
	for what, text := range map[string]string{"MinIO": pins.MinIO.Offer + pins.MinIO.Licence, "MySQL": pins.MySQL.Offer + pins.MySQL.Licence} {
		if !strings.Contains(text, "source") || !strings.Contains(text, "GPL") {
			t.Errorf("%s without its licence and source offer", what)
		}
	}
	pins.MinIO.Version = "v0.0.0-other"
	if _, err := minioArgs("minio", pins.MinIO); err == nil {
		t.Error("a version that the module does not require was taken")
	}
}

func TestBinaryHasToRunInAnEmptyImage(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "dingban")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{script: "not a linux/amd64 program", "/bin/sh": "CGO_ENABLED=0", "/nowhere": "no such file"} {
		if err := checkBinary(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPluginsThatStay(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	dir := filepath.Join(tree, "usr/lib/mysql/plugin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"group_replication.so", "mysql_clone.so", "authentication_oci_client.so", "test_udf.so", "daemon_example.ini"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := mysqlPlugins(tree)
	if err != nil || strings.Join(got, " ") != "usr/lib/mysql/plugin/group_replication.so usr/lib/mysql/plugin/mysql_clone.so" {
		t.Errorf("plugins: %v, %v", got, err)
	}
}
