package main

import (
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version, the commit and the Go release.
func (versionCommand) Run(p *program) error {
	p.printf("chattigo %s %s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// buildVersion is the version that the Go tool wrote into the binary: the module's version and, if
// it was built in a checkout, the commit.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return info.Main.Version + " " + setting.Value[:min(len(setting.Value), 12)]
		}
	}
	return info.Main.Version
}
