// Command gotest runs `go test -json` with the arguments it is given, prints a
// line a package and the whole output of whatever failed, and appends
// "passed failed skipped" to the file named by -counts, so that `make test`
// can end with one honest number.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

func main() {
	counts := flag.String("counts", "", "file to append the counts to")
	flag.Parse()
	os.Exit(run(*counts, flag.Args()))
}

func run(counts string, args []string) int {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	output := map[string][]string{} // package + test -> lines
	passed, failed, skipped := 0, 0, 0
	var names []string
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 1<<20), 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] = append(output[key], e.Output)
		case "build-output":
			fmt.Print(e.Output)
		case "pass", "fail", "skip":
			if e.Test == "" {
				if e.Action != "skip" { // "no test files" is nobody's news
					fmt.Printf("  %-4s %-50s %6.1fs\n", e.Action, e.Package, e.Elapsed)
				}
				if e.Action == "fail" {
					fmt.Print(strings.Join(output[key], ""))
				}
				continue
			}
			switch e.Action {
			case "pass":
				passed++
			case "skip":
				skipped++
			case "fail":
				failed++
				names = append(names, key)
				fmt.Print(strings.Join(output[key], ""))
			}
			delete(output, key)
		}
	}
	code := 0
	if err := cmd.Wait(); err != nil || lines.Err() != nil {
		code = 1
		if failed == 0 {
			failed = 1 // a package that does not build or that panics has failed too
			names = append(names, fmt.Sprint("go test: ", err, " ", lines.Err()))
		}
	}
	if passed == 0 && failed == 0 {
		fmt.Println("no test ran")
		failed, code = 1, 1
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Println("  FAILED", n)
	}
	if counts != "" {
		f, err := os.OpenFile(counts, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Fprintln(f, passed, failed, skipped)
		if err := f.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}
