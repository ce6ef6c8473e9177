//go:build !cgo || !migrated_fynedo

package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/ui/localapi"
)

// windowBuilt says whether this build has a window.
const windowBuilt = false

var errNoWindow = errors.New("this build has no window")

func printProbe(Streams) error { return usagef("%v", errNoWindow) }

func (f *windowFlags) run(context.Context, *cobra.Command, *localapi.Client, agentStarter) error {
	return usagef("%v", errNoWindow)
}
