package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// modules are those whose versions matter to the figures.
var modules = []string{"go.temporal.io/server", "go.temporal.io/sdk", "modernc.org/sqlite"}

// facts say where and with what was measured.
func facts(ctx context.Context) []string {
	cpu := strings.TrimSpace(found("/proc/cpuinfo", `(?m)^model name\s*:(.*)$`))
	memory := strings.TrimSpace(found("/proc/meminfo", `(?m)^MemTotal:\s*(\d+) kB$`))
	all := []string{fmt.Sprintf("%d cores, %s", runtime.NumCPU(), cmp.Or(cpu, runtime.GOARCH))}
	var kib int
	if _, err := fmt.Sscan(memory, &kib); err == nil {
		all = append(all, fmt.Sprintf("%d GiB of memory", kib>>20))
	}
	all = append(all, fmt.Sprintf("%s, %s", runtime.GOOS, runtime.Version()))
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if slices.Contains(modules, dependency.Path) {
				all = append(all, dependency.Path+" "+dependency.Version)
			}
		}
	}
	if version, err := exec.CommandContext(ctx, "psql", "--version").Output(); err == nil {
		all = append(all, strings.TrimSpace(string(version)))
	}
	return all
}

// found is the first group of a pattern in a file; empty where there is none.
func found(file, pattern string) string {
	text, err := os.ReadFile(file) // #nosec G304 -- of the system
	if err != nil {
		return ""
	}
	match := regexp.MustCompile(pattern).FindSubmatch(text)
	if match == nil {
		return ""
	}
	return string(match[1])
}
