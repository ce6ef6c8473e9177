//go:build real && linux

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need leaves the test out where a tool is missing, but not where continuous
// integration runs.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// run runs a command at the top of the tree; what it says is returned.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = ".."
	for _, e := range os.Environ() { // a make above must not hand its flags to ours
		if !strings.HasPrefix(e, "MAKE") && !strings.HasPrefix(e, "MFLAGS") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// built is the only file of dist that fits.
func built(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "dist", pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return filepath.Join("dist", filepath.Base(found[0]))
}

// TestRealDebianPackage builds the .deb, lets Debian's tools judge it, and installs,
// tries and removes it in a copy of this system.
func TestRealDebianPackage(t *testing.T) {
	need(t, "lintian", "desktop-file-validate", "appstreamcli", "man")
	if os.Geteuid() != 0 {
		t.Skip("it takes root to install a package")
	}
	run(t, "make", "deb")
	deb := built(t, "mapiscope_*.deb")
	id := app(t)["Details.ID"]
	share := "dist/linux/usr/share/"
	for _, entry := range []string{share + "applications/" + id + ".desktop", "dist/linux/etc/xdg/autostart/mapiscope.desktop"} {
		if said := run(t, "desktop-file-validate", entry); said != "" {
			t.Error(said)
		}
	}
	run(t, "appstreamcli", "validate", "--no-net", share+"metainfo/"+id+".metainfo.xml")
	if said := run(t, "lintian", "--allow-root", "--fail-on", "error,warning", deb); said != "" {
		t.Error(said)
	}
	t.Log("\n" + run(t, "packaging/linux/try", deb, version(t)))
}

// version is that of this build: FyneApp.toml's, with -dev where no tag is.
func version(t *testing.T) string {
	t.Helper()
	version := app(t)["Details.Version"]
	if exec.Command("git", "describe", "--exact-match", "--match", "v"+version).Run() != nil {
		version += "-dev"
	}
	return version
}

// TestRealTarball: the static command line runs from where it was unpacked.
func TestRealTarball(t *testing.T) {
	run(t, "make", "tarball")
	dir := t.TempDir()
	run(t, "tar", "-C", dir, "-xzf", built(t, "mapiscope-*-linux-amd64.tar.gz"), "--strip-components=1")
	said := run(t, filepath.Join(dir, "mapiscope"), "version")
	want(t, "the version", one(t, `^mapiscope (\S+)\n`, said), version(t))
	for _, name := range []string{"LICENSE", "THIRD-PARTY", "man/mapiscope.1", "completions/mapiscope.bash"} {
		if text := read(t, filepath.Join(dir, name)); !strings.Contains(text, "mapiscope") && name != "LICENSE" {
			t.Errorf("%s does not speak of mapiscope", name)
		}
	}
}
