package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version and commit are set by the build (-ldflags -X); see the Makefile.
var (
	version = "0.1.0-dev"
	commit  = ""
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "print version, commit and Go",
		Example: "  mapiscope version",
		Args:    atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "mapiscope %s\ncommit    %s\ngo        %s %s/%s\nfyne      %s\n",
				version, orUnknown(builtCommit()), runtime.Version(), runtime.GOOS, runtime.GOARCH, fyneVersion())
			return err
		},
	}
}

// builtCommit is the commit of this build: as the Makefile gave it or, failing
// that, as Go recorded it; "" when neither did.
func builtCommit() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return ""
}

// fyneVersion is the version of the window library in this binary.
func fyneVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "fyne.io/fyne/v2" {
				return dep.Version
			}
		}
	}
	return "not in this build (command line alone)"
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
