//go:build migrated_fynedo

package tray

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"strings"
	"syscall"
	"unicode/utf16"

	"github.com/getlantern/systray"

	"github.com/mapiscope/mapiscope/assets"
)

// display: there is always one.
func display() error { return nil }

func picture(name string) []byte { return assets.ICO(name) }

// label hides what Windows takes for the mark of an access key.
func label(text string) string { return strings.ReplaceAll(text, "&", "&&") }

func (b *bar) Title(text string) { systray.SetTooltip(text) }

// Place: the notification area of Windows always has one.
func (b *bar) Place() bool { return true }

// Copy uses the system's clip, which reads UTF-16 with a byte order mark.
func (b *bar) Copy(text string) error {
	var in bytes.Buffer
	units := utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")))
	if err := binary.Write(&in, binary.LittleEndian, units); err != nil {
		return err
	}
	cmd := exec.Command("clip.exe")
	cmd.Stdin = &in
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}
	return cmd.Run()
}
