package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/chattigo/api-isv/devserver/bench"
)

// limit bounds the whole run.
const limit = 30 * time.Minute

const about = `bench measures the service against the plain way and the floor, on the same server in one run.

`

// run measures, writes the page and returns the exit status.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() {
		fmt.Fprint(errOut, about)
		flags.PrintDefaults()
	}
	short := flags.Bool("short", false, "a run of a minute that shows that everything works; its figures mean nothing")
	binary := flags.String("chattigo", "", "the service's binary; without it, only the place where everything is one process is measured")
	page := flags.String("page", "", "the file to write the page to; without it, it is printed")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return 2
	}
	plan := bench.Full()
	if *short {
		plan = bench.Short()
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	text, err := measure(ctx, plan, *binary, errOut)
	if err == nil {
		err = write(text, *page, out)
	}
	if err != nil {
		fmt.Fprintf(errOut, "bench: %v\n", err)
		return 1
	}
	return 0
}

func measure(ctx context.Context, plan bench.Plan, binary string, progress io.Writer) (string, error) {
	began := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(progress, "%5s  %s\n", time.Since(began).Round(time.Second), fmt.Sprintf(format, args...))
	}
	places := []bench.Opener{bench.Embedded}
	if binary != "" {
		places = append(places, bench.Fleet(binary))
	}
	var results []*bench.Result
	for _, place := range places {
		result, err := bench.Run(ctx, place, plan, say)
		if err != nil {
			return "", err
		}
		results = append(results, result)
	}
	var scaling *bench.Scaling
	if binary != "" {
		var err error
		if scaling, err = bench.Scale(ctx, binary, []int{1, 2, 4}, plan, say); err != nil {
			return "", err
		}
	}
	machine := bench.Machine{When: began, Facts: facts(ctx)}
	return bench.Report(machine, results, scaling, time.Since(began)), nil
}

func write(text, page string, out io.Writer) error {
	if page == "" {
		_, err := io.WriteString(out, text)
		return err
	}
	return os.WriteFile(page, []byte(text), 0o644) // #nosec G306 -- a page of the repository
}
