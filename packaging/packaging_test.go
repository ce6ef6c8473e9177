package packaging

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/ui/cli"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// settings reads lines of "key = value", as both FyneApp.toml and desktop entries
// have them, by "Section.key".
func settings(t *testing.T, name string) map[string]string {
	t.Helper()
	found, section := map[string]string{}, ""
	for line := range strings.Lines(read(t, name)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]") + "."
		} else if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			found[section+strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return found
}

// app is FyneApp.toml, where name and version are kept.
func app(t *testing.T) map[string]string { return settings(t, "../FyneApp.toml") }

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want || want == "" {
		t.Errorf("%s is %q, not %q", what, got, want)
	}
}

// one is what the only group of pattern finds in text.
func one(t *testing.T, pattern, text string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s", pattern)
	}
	return m[1]
}

type metainfo struct {
	ID         string   `xml:"id"`
	Name       string   `xml:"name"`
	Summary    []string `xml:"summary"`
	Launchable string   `xml:"launchable"`
	Icon       string   `xml:"icon"`
	URL        []string `xml:"url"`
	Categories []string `xml:"categories>category"`
	Releases   []struct {
		Version string `xml:"version,attr"`
	} `xml:"releases>release"`
}

func readMetainfo(t *testing.T) (m metainfo) {
	t.Helper()
	if err := xml.Unmarshal([]byte(read(t, "linux/io.github.mapiscope.mapiscope.metainfo.xml")), &m); err != nil || len(m.Releases) == 0 {
		t.Fatalf("%d releases, %v", len(m.Releases), err)
	}
	return m
}

func TestOneVersion(t *testing.T) {
	version := app(t)["Details.Version"]
	var out, said bytes.Buffer
	if code := cli.Main([]string{"version"}, cli.Streams{Out: &out, Err: &said}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &said)
	}
	want(t, "the version of a plain build", one(t, `^mapiscope (\S+)\n`, out.String()), version+"-dev")
	want(t, "the first release of the metainfo", readMetainfo(t).Releases[0].Version, version)
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
		t.Errorf("version %q is not three numbers, as Windows, macOS and Debian want them", version)
	}
}

func TestOneName(t *testing.T) {
	a := app(t)
	id, name := a["Details.ID"], a["Details.Name"]
	want(t, "the window's id", one(t, `const ID = "(.*)"`, read(t, "../ui/window/app.go")), id)
	want(t, "the LaunchAgent's label", one(t, `launchLabel += "(.*)"`, read(t, "../ui/tray/autostart/autostart.go")), id)
	m := readMetainfo(t)
	want(t, "the metainfo's id", m.ID, id)
	want(t, "the metainfo's name", m.Name, name)
	want(t, "the metainfo's summary", m.Summary[0], a["LinuxAndBSD.Comment"])
	want(t, "the metainfo's homepage", m.URL[0], a["Website"])
	want(t, "the metainfo's launchable", m.Launchable, id+".desktop")
	want(t, "the metainfo's categories", list(m.Categories...), list(words(a["LinuxAndBSD.Categories"])...))

	d := settings(t, "linux/"+id+".desktop")
	for key, field := range map[string]string{"Name": "Details.Name", "GenericName": "LinuxAndBSD.GenericName", "Comment": "LinuxAndBSD.Comment"} {
		want(t, key+" of the desktop entry", d["Desktop Entry."+key], a[field])
	}
	for _, key := range []string{"Categories", "Keywords"} {
		want(t, key+" of the desktop entry", d["Desktop Entry."+key], list(words(a["LinuxAndBSD."+key])...))
	}
	want(t, "the metainfo's icon", m.Icon, d["Desktop Entry.Icon"])
	want(t, "the title of X11 windows", d["Desktop Entry.StartupWMClass"], one(t, `NewWindow\("(.*)"\)`, read(t, "../ui/window/app.go")))
}

// words are those of a list in TOML.
func words(toml string) []string {
	return strings.Split(strings.NewReplacer("[", "", "]", "", `"`, "", ", ", ",").Replace(toml), ",")
}

// list is how desktop entries write one.
func list(words ...string) string { return strings.Join(words, ";") + ";" }

func TestIconIsThere(t *testing.T) {
	name := app(t)["Details.Icon"]
	picture, err := png.DecodeConfig(strings.NewReader(read(t, filepath.Join("..", name))))
	if err != nil || picture.Width != 256 || picture.Height != 256 {
		t.Errorf("%s is %d by %d, %v; want 256 by 256", name, picture.Width, picture.Height, err)
	}
	for _, other := range []string{".svg", ".ico"} {
		read(t, filepath.Join("..", strings.TrimSuffix(name, ".png")+other))
	}
}

// TestBuiltAsFyneAppSays: fyne's own tools read the migration there, go build takes a
// tag for it.
func TestBuiltAsFyneAppSays(t *testing.T) {
	want(t, "the migration to fyne.Do", app(t)["Migrations.fyneDo"], "true")
	if tags := one(t, `(?m)^TAGS +:= (.*)$`, read(t, "../Makefile")); !strings.Contains(tags, "migrated_fynedo") {
		t.Errorf("packages are built with the tags %s, without migrated_fynedo", tags)
	}
}

// TestOneAutostart: packages and "mapiscope autostart" must mean the same entries.
func TestOneAutostart(t *testing.T) {
	code, windows := read(t, "../ui/tray/autostart/autostart.go"), read(t, "../ui/tray/autostart/autostart_windows.go")
	file := "/etc/xdg/autostart/" + one(t, `desktopFile += "(.*)"`, code)
	if !strings.Contains(read(t, "linux/nfpm.yaml"), "dst: "+file+", type: config|noreplace}") {
		t.Errorf("the packages do not have %s as configuration of the computer", file)
	}
	d := settings(t, "linux/autostart.desktop")
	want(t, "Exec", d["Desktop Entry.Exec"], "/usr/bin/mapiscope tray")
	want(t, "Hidden, for nothing starts before someone says so,", d["Desktop Entry.Hidden"], "true")
	for _, key := range []string{"Name", "Comment", "Comment[de]", "Icon"} {
		want(t, key, d["Desktop Entry."+key], one(t, `(?m)^`+regexp.QuoteMeta(key)+`=(.*)$`, code))
	}

	setup := read(t, "windows/installer.nsi")
	want(t, "the Run key of the setup program", one(t, `!define RUN "(.*)"`, setup), one(t, "runKey += `(.*)`", windows))
	value := `HKCU "${RUN}" "` + one(t, `runName += "(.*)"`, windows) + `"`
	for _, line := range []string{`WriteRegStr ` + value + ` '"$INSTDIR\mapiscopew.exe" tray'`, `DeleteRegValue ` + value} {
		if !strings.Contains(setup, "\n  "+line+"\n") {
			t.Errorf("the setup program has no line %s", line)
		}
	}
}

func TestWindowsResources(t *testing.T) {
	var r struct {
		Icon     map[string]map[string]string `json:"RT_GROUP_ICON"`
		Manifest map[string]map[string]struct {
			Identity  struct{ Name string }
			Level     string `json:"execution-level"`
			DPI       string `json:"dpi-awareness"`
			LongPaths bool   `json:"long-path-aware"`
		} `json:"RT_MANIFEST"`
		Version map[string]map[string]struct {
			Info map[string]map[string]string
		} `json:"RT_VERSION"`
	}
	if err := json.Unmarshal([]byte(read(t, "windows/winres.json")), &r); err != nil {
		t.Fatal(err)
	}
	a, m := app(t), r.Manifest["#1"]["0409"]
	want(t, "the manifest's name", m.Identity.Name, a["Details.ID"])
	want(t, "the rights asked for", m.Level, "as invoker")
	want(t, "the DPI awareness", m.DPI, "per monitor v2")
	if !m.LongPaths {
		t.Error("long paths are not announced")
	}
	want(t, "the product's name", r.Version["#1"]["0000"].Info["0409"]["ProductName"], a["Details.Name"])
	want(t, "the icon", filepath.Join("windows", r.Icon["APP"]["0000"]), filepath.Join("..", strings.TrimSuffix(a["Details.Icon"], ".png")+".ico"))
}
