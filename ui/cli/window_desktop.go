//go:build cgo && migrated_fynedo

package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/ui/localapi"
	"github.com/mapiscope/mapiscope/ui/window"
)

// windowBuilt says whether this build has a window.
const windowBuilt = true

func printProbe(s Streams) error {
	renderer, err := window.Probe()
	if err != nil {
		return usagef("%v", err)
	}
	_, err = fmt.Fprintln(s.Out, renderer)
	return err
}

// run opens the window and returns when it is closed.
func (f *windowFlags) run(ctx context.Context, cmd *cobra.Command, client *localapi.Client, agent agentStarter) error {
	return window.Run(ctx, window.Options{
		Agent:      client,
		Settings:   settingsStore{cmd},
		StartAgent: agent.start,
		OpenURL:    func(ctx context.Context, url string) error { return openBrowser(ctx, url) },
		House:      func() (*guide.File, error) { return houseGuide(cmd) },
		Raise:      f.raised,
		StateFile:  filepath.Join(stateFolder(), "window.json"),
		Tab:        f.tab,
		Language:   f.language,
		Theme:      f.theme,
	})
}

// houseGuide is the guide file that the configuration names, nil without one.
func houseGuide(cmd *cobra.Command) (*guide.File, error) {
	v, _, err := configValues(cmd, []string{"guide-file"})
	if err != nil || v["guide-file"] == "" {
		return nil, err
	}
	return readGuideFile(v["guide-file"])
}
