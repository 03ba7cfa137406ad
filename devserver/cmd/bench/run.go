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

// limit bounds a comparison, and soakLimit a soak beyond its own time.
const (
	limit     = 30 * time.Minute
	soakLimit = 15 * time.Minute
)

const about = `bench measures the service against the plain way and the floor, on the same server in one run.
With -soak it loads the service for so long with half of what it can do, and fails if a message is not
answered, or if a process uses more and more.

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
	soak := flags.Duration("soak", 0, "how long to load the service, such as 30m, instead of comparing; needs -chattigo")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *soak > 0 && *binary == "" {
		return 2
	}
	if *soak > 0 {
		return report(errOut, soakFor(ctx, *soak, *binary, out, errOut))
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
	return report(errOut, err)
}

// report prints an error and returns the exit status.
func report(errOut io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(errOut, "bench: %v\n", err)
	return 1
}

// progress says how it goes, with the time since it was made.
func progress(out io.Writer) func(format string, args ...any) {
	began := time.Now()
	return func(format string, args ...any) {
		fmt.Fprintf(out, "%6s  %s\n", time.Since(began).Round(time.Second), fmt.Sprintf(format, args...))
	}
}

func soakFor(ctx context.Context, long time.Duration, binary string, out, errOut io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, long+soakLimit)
	defer cancel()
	plan := bench.LongSoak()
	plan.Duration = long
	plan.Every = min(plan.Every, long/20)
	text, err := plan.Run(ctx, bench.Fleet(binary), progress(errOut))
	fmt.Fprint(out, text)
	return err
}

func measure(ctx context.Context, plan bench.Plan, binary string, errOut io.Writer) (string, error) {
	began, say := time.Now(), progress(errOut)
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
