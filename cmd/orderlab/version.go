package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(a *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Name the build",
		Long: `version prints the version of the build, the revision where it was built in a
checkout, the Go version and the platform. Shards of different builds are not merged.`,
		Example:           "  orderlab version",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, buildVersion())
			return err
		},
	}
}

// buildVersion names the build: the module's version where it was installed from
// one, the revision where it was built in a checkout, and the toolchain.
func buildVersion() string {
	return fmt.Sprintf("%s %s %s/%s", buildRevision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// buildRevision names the program without the toolchain and the machine, which
// change no result.
func buildRevision() string {
	version, revision, changed := "(devel)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = " " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " (changed)"
			}
		}
	}
	return "orderlab " + version + revision + changed
}
