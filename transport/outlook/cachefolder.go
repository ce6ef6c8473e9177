package outlook

import (
	"os"
	"path/filepath"
	"runtime"
)

// CacheFolders are where Outlook on this computer keeps answers of Autodiscover;
// none where there is no Outlook for Windows.
func CacheFolders() []string {
	local := os.Getenv("LOCALAPPDATA")
	if runtime.GOOS != "windows" || local == "" {
		return nil
	}
	outlook := filepath.Join(local, "Microsoft", "Outlook")
	return []string{filepath.Join(outlook, "16"), outlook}
}
