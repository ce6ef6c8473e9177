//go:build cgo && migrated_fynedo

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/ui/tray/autostart"
	"github.com/mapiscope/mapiscope/ui/window"
)

// settingsStore is the configuration as the window shows and changes it.
type settingsStore struct{ cmd *cobra.Command }

var windowKeys = []string{"address", "user", "auth", "proxy", "redact", "language", "theme"}

func (s settingsStore) Load() (window.Settings, error) {
	v, _, err := configValues(s.cmd, windowKeys)
	return window.Settings{Address: v["address"], User: v["user"], Auth: v["auth"], Proxy: v["proxy"],
		Redact: v["redact"], Language: v["language"], Theme: v["theme"]}, err
}

func (s settingsStore) Save(c window.Settings) error {
	return saveConfig(s.cmd, map[string]string{"address": c.Address, "user": c.User, "auth": c.Auth, "proxy": c.Proxy,
		"redact": c.Redact, "language": c.Language, "theme": c.Theme})
}

func (settingsStore) SavePassword(ctx context.Context, user, password string) error {
	return keepPassword(ctx, user, password)
}

func (settingsStore) Autostart() (on, ok bool)   { return autostart.Enabled() }
func (settingsStore) SetAutostart(on bool) error { return autostart.Set(on, "") }

func (s settingsStore) File() string { return configFile(s.cmd) }

// Schemes are the words of --auth, the default first, without those that need more
// than a name and a password.
func (s settingsStore) Schemes() []string {
	var out []string
	if c, ok := findFlag(s.cmd.Root(), "auth").Value.(*choiceValue); ok {
		for _, word := range c.allowed {
			if word != "bearer" && word != "none" {
				out = append(out, word)
			}
		}
	}
	return out
}

// CurrentUser says that the person has Kerberos tickets, which take the place of a
// password.
func (settingsStore) CurrentUser() bool { return kerberos.HasTickets(kerberos.DefaultCache()) }
