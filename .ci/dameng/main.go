// Command dameng runs the Dameng test server until it is told to stop, and prints
// its DSN: the service "dameng" of .ci/services.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"dingban/dialects/damengtest"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("want a directory for the data")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := damengtest.Start("127.0.0.1:0", damengtest.Options{Dir: os.Args[1], Password: rand.Text()})
	if err != nil {
		return err
	}
	fmt.Println(s.DSN())
	<-ctx.Done()
	return s.Close()
}
