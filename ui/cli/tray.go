package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/ui/tray"
	"github.com/mapiscope/mapiscope/ui/tray/autostart"
)

const trayLong = `Shows an icon in the bar of the desktop that says whether mail can flow, with a menu
for what people need most. It starts the agent when none runs; Quit ends window,
agent and icon. There is one icon per user: a second start opens the window.

"mapiscope" alone does the same. Where the desktop has no place for icons (a plain
GNOME has none without its AppIndicator extension), the window is opened instead.`

// trayFlags are those of the tray; agent and window get what was typed too.
type trayFlags struct {
	socket   socketFlag
	language string
}

func newTray(s Streams) *cobra.Command {
	var f trayFlags
	cmd := &cobra.Command{
		Use:   "tray",
		Short: "show the icon in the bar of the desktop",
		Long:  trayLong,
		Example: `  mapiscope tray
  mapiscope autostart on`,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd, s) },
	}
	f.socket.register(cmd)
	choice(cmd, &f.language, "language", "language of icon and menu: auto (the system's), en or de", "auto", "en", "de")
	return cmd
}

// runBare is "mapiscope" alone: the tray command where there can be a tray, else
// the help.
func runBare(root *cobra.Command) error {
	if !tray.Built {
		return root.Help()
	}
	cmd, _, err := root.Find([]string{"tray"})
	if err == nil {
		err = cmd.ParseFlags(nil) // brings the flags of the root along
	}
	if err == nil {
		err = applyConfig(cmd)
	}
	if err != nil {
		return err
	}
	cmd.SetContext(root.Context())
	err = cmd.RunE(cmd, nil)
	if !errors.Is(err, tray.ErrNoDisplay) {
		return err
	}
	if err := root.Help(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(root.OutOrStdout(), "\nThere is no display here, so neither icon nor window is shown.")
	return err
}

func (f *trayFlags) run(cmd *cobra.Command, s Streams) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("this program's own file is not known: %w", err)
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM) // how sessions end, and GLib when the bus has gone
	defer stop()
	byHand := cmd.CalledAs() == "" // "mapiscope" alone; sign-in starts "mapiscope tray"
	o := tray.Options{Program: program, Socket: f.socket.path, Language: f.language, Greet: byHand, OpenURL: openBrowser, Log: s.Err,
		Args: passedOn(cmd, "config", "socket")}
	err = tray.Run(ctx, o)
	switch {
	case errors.Is(err, tray.ErrRunning): // whoever starts the program again wants to see it
		return tray.OpenWindow(o)
	case errors.Is(err, tray.ErrNotBuilt), errors.Is(err, tray.ErrNoDisplay):
		return noTray{err, usagef("%v", err).hint("watch without an icon: mapiscope agent").hint("then ask it: mapiscope status")}
	}
	return err
}

// noTray is why there can be no tray, with the next steps.
type noTray struct {
	why  error
	said *usageError
}

func (e noTray) Error() string   { return e.said.Error() }
func (e noTray) Unwrap() []error { return []error{e.why, e.said} }

// passedOn are the flags with these names that were typed, for another process.
func passedOn(cmd *cobra.Command, names ...string) []string {
	var args []string
	for _, name := range names {
		if f := cmd.Flag(name); f != nil && f.Value.String() != "" {
			args = append(args, "--"+name, f.Value.String())
		}
	}
	return args
}

func newAutostart(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "autostart [on|off]",
		Short: "start the icon with the desktop, or not",
		Long: `Without an argument it says whether the icon starts with the desktop. It is this
user's own setting: a file of the desktop's autostart folder, a LaunchAgent on
macOS, the Run key on Windows.`,
		Example: `  mapiscope autostart
  mapiscope autostart on
  mapiscope autostart off`,
		ValidArgs: []string{"on", "off"},
		Args:      atMost(1, "on or off"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				if args[0] != "on" && args[0] != "off" {
					return usagef("%q is neither on nor off", args[0]).hint("mapiscope autostart on")
				}
				if err := autostart.Set(args[0] == "on", ""); err != nil {
					return usagef("the autostart cannot be changed: %v", err)
				}
			}
			on, ok := autostart.Enabled()
			switch {
			case !ok:
				return usagef("whether the icon starts with the desktop cannot be read")
			case on:
				fmt.Fprintln(s.Out, "on: the icon starts with the desktop")
			default:
				fmt.Fprintln(s.Out, "off: the icon does not start with the desktop")
			}
			return nil
		},
	}
	return cmd
}
