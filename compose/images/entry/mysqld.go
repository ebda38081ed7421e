package entry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// Server starts a MySQL server. The environment is that of MySQL's official image (MYSQL_DATABASE, MYSQL_USER,
// MYSQL_PASSWORD_FILE, MYSQL_ROOT_PASSWORD_FILE), so that one Compose service fits both.
type Server struct {
	Program  []string // mysqld, with what must stand before its options
	Defaults string   // its option file
	DataDir  string
	RunDir   string // socket; private to the container and never on a disk
	Getenv   func(string) string
	Log      io.Writer
}

// incomplete marks a data directory whose initialisation has begun and not ended. No server has ever listened on such a
// directory, so nothing in it can be anybody's data, and the next start begins again.
const incomplete = ".init-incomplete"

// noRootWarning keeps the initialisation from saying that root has no password: our statements give it one before any
// server listens.
const noRootWarning = "--log-error-suppression-list=MY-010453"

// Socket is where the server listens inside of its container.
func (s Server) Socket() string { return filepath.Join(s.RunDir, "mysqld.sock") }

// Run prepares the data directory and becomes the server: it returns only with an error.
func (s Server) Run(ctx context.Context, options []string) error {
	argv, err := s.Prepare(ctx, options)
	if err != nil {
		return err
	}
	if err := syscall.Exec(argv[0], argv, os.Environ()); err != nil {
		return fmt.Errorf("start %s: %w", argv[0], err)
	}
	return nil
}

// Prepare makes sure that the data directory is initialised and gives the command line of the server.
func (s Server) Prepare(ctx context.Context, options []string) ([]string, error) {
	if len(options) > 0 && options[0] == "mysqld" { // the way the official image is told what to run
		options = options[1:]
	}
	if os.Geteuid() == 0 && !slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "--user=") }) {
		return nil, errors.New("the database must not run as root: start the container with a user, or give --user=NAME")
	}
	if err := s.writable(); err != nil {
		return nil, err
	}
	needed, err := s.needsInit()
	if err != nil {
		return nil, err
	}
	if needed {
		if err := s.initialise(ctx, options); err != nil {
			return nil, err
		}
	}
	return append(s.argv("--socket="+s.Socket()), options...), nil
}

// argv is the beginning of every call: the option file has to come first of all options.
func (s Server) argv(more ...string) []string {
	argv := append(slices.Clone(s.Program), "--defaults-file="+s.Defaults, "--datadir="+s.DataDir)
	return append(argv, more...)
}

func (s Server) writable() error {
	for _, dir := range []string{s.DataDir, s.RunDir} {
		probe, err := os.CreateTemp(dir, ".writable-*")
		if err != nil {
			return fmt.Errorf("directory %s cannot be written by user %d: %w; give it to that user (chown) or check the mount", dir, os.Geteuid(), err)
		}
		if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
			return fmt.Errorf("directory %s: %w", dir, err)
		}
	}
	return nil
}

// needsInit tells a new or half-made data directory from a whole one, and refuses one that belongs to something else.
func (s Server) needsInit() (bool, error) {
	entries, err := os.ReadDir(s.DataDir)
	if err != nil {
		return false, fmt.Errorf("data directory: %w", err)
	}
	var names []string
	for _, e := range entries {
		switch name := e.Name(); {
		case name == incomplete:
			s.say("an earlier initialisation of %s was interrupted: starting it over", s.DataDir)
			return true, nil
		case name == "lost+found" || strings.HasPrefix(name, "."):
			// a file system of its own has the first; the server itself ignores both
		default:
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return true, nil
	}
	if _, err := os.Stat(filepath.Join(s.DataDir, "mysql.ibd")); err == nil {
		return false, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("data directory: %w", err)
	}
	return false, fmt.Errorf("data directory %s holds files (%s …) that are not a MySQL 8 or later database: mount the right directory, or an empty one", s.DataDir, strings.Join(names[:min(3, len(names))], ", "))
}

func (s Server) initialise(ctx context.Context, options []string) (err error) {
	statements, err := s.statements()
	if err != nil {
		return err
	}
	unlock, err := s.mark()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := s.clear(); err != nil {
		return err
	}
	script := filepath.Join(s.RunDir, "init.sql")
	if err := os.WriteFile(script, []byte(strings.Join(statements, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("initialisation: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(script)) }()
	s.say("initialising %s", s.DataDir)
	if err := s.runInit(ctx, append(s.argv("--initialize-insecure", "--init-file="+script, noRootWarning), options...)); err != nil {
		return fmt.Errorf("initialisation of %s failed, its reason is above; the next start begins again: %w", s.DataDir, err)
	}
	if err := os.Remove(filepath.Join(s.DataDir, incomplete)); err != nil {
		return fmt.Errorf("initialisation: %w", err)
	}
	s.say("initialised")
	return syncDir(s.DataDir)
}

// runInit runs mysqld until it has initialised the directory. It dies with us: a left-over one would go on writing into
// the directory the next start clears.
func (s Server) runInit(ctx context.Context, argv []string) error {
	runtime.LockOSThread() // the death signal is tied to the thread that started the child
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Stdout, c.Stderr = s.Log, s.Log
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c.Run()
}

// mark puts the marker down and holds it locked, against a second container on the same directory.
func (s Server) mark() (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(s.DataDir, incomplete), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("initialisation: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("data directory %s is being initialised by another process: %w", s.DataDir, err), f.Close())
	}
	if err := errors.Join(f.Sync(), syncDir(s.DataDir)); err != nil {
		return nil, errors.Join(fmt.Errorf("initialisation: %w", err), f.Close())
	}
	return f.Close, nil
}

// clear removes what an interrupted initialisation left. It is only called below the lock on its marker.
func (s Server) clear() error {
	entries, err := os.ReadDir(s.DataDir)
	if err != nil {
		return fmt.Errorf("initialisation: %w", err)
	}
	for _, e := range entries {
		if e.Name() == incomplete || e.Name() == "lost+found" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.DataDir, e.Name())); err != nil {
			return fmt.Errorf("initialisation: %w", err)
		}
	}
	return nil
}

var sqlName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,31}$`)

// statements are run by the initialisation itself, one a line, so that no server with an open root account ever listens.
func (s Server) statements() ([]string, error) {
	root, err := s.secret("MYSQL_ROOT_PASSWORD_FILE")
	if err != nil {
		return nil, err
	}
	statements := []string{"ALTER USER 'root'@'localhost' IDENTIFIED BY " + sqlText(root) + ";"}
	database, user := s.Getenv("MYSQL_DATABASE"), s.Getenv("MYSQL_USER")
	for variable, name := range map[string]string{"MYSQL_DATABASE": database, "MYSQL_USER": user} {
		if name != "" && !sqlName.MatchString(name) {
			return nil, fmt.Errorf("%s: %q is not a name of letters, digits and _ that begins with a letter", variable, name)
		}
	}
	if user == "root" {
		return nil, errors.New("MYSQL_USER: root is there already; name another account")
	}
	if database != "" {
		statements = append(statements, "CREATE DATABASE `"+database+"`;")
	}
	if user == "" {
		return statements, nil
	}
	password, err := s.secret("MYSQL_PASSWORD_FILE")
	if err != nil {
		return nil, err
	}
	statements = append(statements, "CREATE USER '"+user+"'@'%' IDENTIFIED BY "+sqlText(password)+";")
	if database != "" {
		// A _ in the name would be a wildcard in this one place.
		statements = append(statements, "GRANT ALL PRIVILEGES ON `"+strings.ReplaceAll(database, "_", `\_`)+"`.* TO '"+user+"'@'%';")
	}
	return statements, nil
}

// secret reads the file that a variable names. Its content never gets into an error.
func (s Server) secret(variable string) (string, error) {
	name := s.Getenv(variable)
	if name == "" {
		return "", fmt.Errorf("%s is not set: it has to name the file with the password", variable)
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w; check the secret of this name and its mount", variable, err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: %s is not a regular file; an engine makes a directory when the file to mount is missing on the host", variable, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w; the file has to be readable by user %d", variable, err, os.Geteuid())
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case secret == "":
		return "", fmt.Errorf("%s: %s is empty", variable, name)
	case strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
		return "", fmt.Errorf("%s: %s is not one line of plain text", variable, name)
	}
	return secret, nil
}

func sqlText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + "'"
}

func (s Server) say(format string, args ...any) {
	fmt.Fprintf(s.Log, "dingban mysqld: "+format+"\n", args...)
}

func syncDir(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
