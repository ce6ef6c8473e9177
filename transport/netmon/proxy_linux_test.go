package netmon

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSystemSetting plays a desktop whose setting a program tells; the environment
// goes before it.
func TestSystemSetting(t *testing.T) {
	dir := t.TempDir()
	told := strings.Replace(gsettings, "MODE", "manual", 1)
	script := "#!/bin/sh\ncat <<'E'\n" + told + "E\n"
	if err := os.WriteFile(filepath.Join(dir, "gsettings"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		t.Setenv(name, "")
		t.Setenv(strings.ToUpper(name), "")
	}
	target := &url.URL{Scheme: "https", Host: "mail.contoso.test"}
	if got, err := SystemSetting()().For(target); err != nil || got == nil || got.Host != "proxy.corp.test:3129" {
		t.Errorf("the desktop's: %v, %v", got, err)
	}
	t.Setenv("https_proxy", "http://env.test:8080")
	if got, err := SystemSetting()().For(target); err != nil || got == nil || got.Host != "env.test:8080" {
		t.Errorf("the environment's: %v, %v", got, err)
	}
}
