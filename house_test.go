package main

import (
	"bytes"
	"encoding/json"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The rules of the house, as tests: who may import whom, and how the tree
// looks. docs/architecture.md says why.

const module = "github.com/mapiscope/mapiscope"

// importRule forbids packages under tree to have any of the forbidden ones
// among everything they bring in; "direct" looks at their own imports alone.
type importRule struct {
	tree      string   // folder, "" for the whole module
	except    []string // folders inside tree that the rule spares
	forbidden []string // import path, or folder of this module when it starts with "./"; also everything below
	direct    bool
	why       string
}

var importRules = []importRule{
	{tree: "transport", forbidden: []string{"./diag", "./ui"}, why: "the engine knows nothing of checks or screens"},
	{tree: "diag", forbidden: []string{"./ui"}, why: "what judges does not know who shows it"},
	{tree: "assets", forbidden: []string{"./transport", "./diag", "./ui"}, why: "assets are data"},
	{except: []string{"ui/cli", "."}, forbidden: []string{"github.com/spf13"}, why: "commands and configuration are the command line's alone"},
	{except: []string{"ui/window"}, forbidden: []string{"fyne.io/fyne"}, direct: true, why: "the window library stays in ui/window"},
	{except: []string{"ui/tray"}, forbidden: []string{"github.com/getlantern/systray", "fyne.io/systray"}, direct: true, why: "the tray libraries stay in ui/tray"},
	// auth knows slog so that a secret hides itself from it; the test server hands net/http a logger that is silent.
	{tree: "transport", except: []string{"transport/auth", "transport/exchangetest"}, forbidden: []string{"log"}, direct: true, why: "the engine calls hooks and never logs"},
	{tree: "transport", except: []string{"transport/exchangetest"}, forbidden: []string{"./transport/exchangetest"}, why: "the engine does not contain its test server"},
	{tree: "diag", except: []string{"diag/lab", "diag/embedded"}, forbidden: []string{"./transport/exchangetest"}, why: "a diagnosis does not contain the test server"},
	{except: []string{"diag/lab"}, forbidden: []string{"./diag/lab"}, why: "the lab is for tests: the product does not contain it"},
	{tree: "transport/wire", forbidden: []string{"./transport/props", "./transport/mapierr", "net/http"}, why: "wire is the bottom"},
	{tree: "transport/rop", forbidden: []string{"./transport/emsmdb", "./transport/nspi", "./transport/mapihttp", "net/http"}, why: "codecs do no I/O"},
	{tree: "transport/emsmdb", forbidden: []string{"./transport/mapihttp", "net/http"}, why: "codecs do no I/O"},
	{tree: "transport/nspi", forbidden: []string{"./transport/mapihttp", "net/http"}, why: "codecs do no I/O"},
	{tree: "transport/netpath", forbidden: []string{"./transport/httpc", "./transport/auth", "./transport/mapihttp", "./transport/autodiscover"}, why: "a path to a server does not know what travels on it"},
	{tree: "transport/httpc", forbidden: []string{"./transport/mapihttp", "./transport/autodiscover"}, why: "HTTP does not know the protocols above it"},
	{tree: "transport/certs", forbidden: []string{"./transport/httpc", "./transport/auth", "./transport/mapihttp", "./transport/autodiscover"}, why: "a connection that is not verified can carry no request and no credential"},
	{tree: "transport/dcerpc", forbidden: []string{"./transport/httpc", "./transport/auth"}, why: "plain RPC never sends a credential"},
	{tree: "transport/rpchttp", forbidden: []string{"./transport/mapihttp", "./transport/autodiscover"}, why: "the older protocol is a neighbour of the newer, not a part"},
	{tree: "diag/protocol", forbidden: []string{"./transport", "./diag/suite", "net"}, why: "the choice of protocol is a table and a rule, without I/O"},
	// A guide shows commands; some of them come out of a file.
	{tree: "diag/guide", forbidden: []string{"os/exec", "plugin"}, why: "a guide never runs a command"},
	{tree: "diag/guide", forbidden: []string{"os", "syscall", "net", "unsafe"}, direct: true, why: "a guide reads no file and asks no server: it is a walk through what others saw"},
	{tree: "transport/autodiscover", forbidden: []string{"./transport/mapihttp"}, why: "discovery and session are neighbours, not layers"},
}

// builds are the systems whose file sets the import rules are checked on.
var builds = []string{"linux", "windows", "darwin"}

type goPackage struct {
	ImportPath, Dir, Doc string
	Imports, Deps        []string
	GoFiles              []string
}

func TestImportRules(t *testing.T) {
	for _, goos := range builds {
		t.Run(goos, func(t *testing.T) {
			t.Parallel()
			packages := listPackages(t, goos)
			if len(packages) < 3 {
				t.Fatalf("go list found %d packages: the rules would hold of nothing", len(packages))
			}
			for _, p := range packages {
				for _, rule := range importRules {
					for _, dep := range rule.broken(p) {
						t.Errorf("%s brings in %s: %s", folderOf(p.ImportPath), dep, rule.why)
					}
				}
			}
		})
	}
}

// broken returns what p imports against the rule.
func (rule importRule) broken(p goPackage) []string {
	folder := folderOf(p.ImportPath)
	if rule.tree != "" && !under(folder, rule.tree) {
		return nil
	}
	for _, spared := range rule.except {
		if spared == folder || under(folder, spared) {
			return nil
		}
	}
	imported := p.Deps
	if rule.direct {
		imported = p.Imports
	}
	var found []string
	for _, dep := range imported {
		for _, f := range rule.forbidden {
			if under(dep, strings.Replace(f, "./", module+"/", 1)) {
				found = append(found, dep)
			}
		}
	}
	return found
}

// TestImportRulesCanFail holds every rule against a package that breaks it.
func TestImportRulesCanFail(t *testing.T) {
	for _, rule := range importRules {
		dep := strings.Replace(rule.forbidden[0], "./", module+"/", 1)
		p := goPackage{ImportPath: module + "/" + path.Join(rule.tree, "example"), Imports: []string{dep}, Deps: []string{dep}}
		if len(rule.broken(p)) == 0 {
			t.Errorf("%s may import %s, though %s", p.ImportPath, dep, rule.why)
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	for _, p := range listPackages(t, "linux") {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestPackageNamesSaySomething(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "base"}
	for _, p := range listPackages(t, "linux") {
		for _, name := range empty {
			if path.Base(p.ImportPath) == name {
				t.Errorf("%s: name it after what it does", p.ImportPath)
			}
		}
	}
}

const (
	maxFileLines = 500
	maxMainLines = 60
)

func TestFilesAreShort(t *testing.T) {
	for name, content := range goFiles(t) {
		limit := maxFileLines
		if name == "main.go" {
			limit = maxMainLines
		}
		if n := bytes.Count(content, []byte("\n")); n > limit {
			t.Errorf("%s has %d lines, more than %d: two rooms in one", name, n, limit)
		}
	}
}

func TestFormatted(t *testing.T) {
	for name, content := range goFiles(t) {
		want, err := format.Source(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(content, want) {
			t.Errorf("%s is not as gofmt writes it", name)
		}
	}
}

func TestNoSleepInTests(t *testing.T) {
	sleep, fakeClock := []byte("time."+"Sleep("), []byte("synctest."+"Test(")
	for name, content := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") && bytes.Contains(content, sleep) && !bytes.Contains(content, fakeClock) {
			t.Errorf("%s sleeps: wait for a signal, or use testing/synctest", name)
		}
	}
}

// decodes finds functions that read bytes from outside.
var (
	decodes = regexp.MustCompile(`(?m)^func (Decode|Parse|Read)[A-Z]\w*\(`)
	fuzzes  = regexp.MustCompile(`(?m)^func Fuzz\w+\(`)
)

// TestDecodersAreFuzzed wants a fuzz target beside every decoder of the engine.
func TestDecodersAreFuzzed(t *testing.T) {
	decoder, fuzzed := map[string]string{}, map[string]bool{}
	for name, content := range goFiles(t) {
		folder := path.Dir(name)
		switch {
		case !under(folder, "transport"):
		case strings.HasSuffix(name, "_test.go"):
			fuzzed[folder] = fuzzed[folder] || fuzzes.Match(content)
		case decodes.Match(content):
			decoder[folder] = name
		}
	}
	for folder, name := range decoder {
		if !fuzzed[folder] {
			t.Errorf("%s decodes, and %s has no fuzz target", name, folder)
		}
	}
}

// Words of the places where the product happens to be built; they are split
// here so that this file does not contain them.
var forbiddenWords = []*regexp.Regexp{
	regexp.MustCompile(`(^|[^\w.-])/wo` + `rk/`),
	regexp.MustCompile(`/ro` + `ot/`),
	regexp.MustCompile(`proxy\.golang` + `\.org`),
	regexp.MustCompile(`registry\.npm` + `js`),
	regexp.MustCompile(`deb\.deb` + `ian\.org`),
}

func TestTreeSpeaksOfTheProductAlone(t *testing.T) {
	for name, content := range treeFiles(t) {
		for _, word := range forbiddenWords {
			if at := word.FindIndex(content); at != nil {
				t.Errorf("%s names a place of the workplace: %q", name, content[at[0]:at[1]])
			}
		}
	}
}

func TestModuleStandsAlone(t *testing.T) {
	content, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(content, []byte("module "+module+"\n")) {
		t.Errorf("go.mod does not start with the module %s", module)
	}
	if regexp.MustCompile(`(?m)^replace\b`).Match(content) {
		t.Error("go.mod has a replace line: others could not use the module")
	}
}

// listPackages asks go list about every package as the static build sees it.
func listPackages(t *testing.T, goos string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Doc,Imports,Deps,GoFiles", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p goPackage
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	return packages
}

// folderOf is the folder of a package of this module, "." for main.
func folderOf(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// under says whether p is tree or lies below it.
func under(p, tree string) bool { return p == tree || strings.HasPrefix(p, tree+"/") }

func goFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := treeFiles(t)
	for name := range files {
		if path.Ext(name) != ".go" {
			delete(files, name)
		}
	}
	if len(files) == 0 {
		t.Fatal("no Go files found")
	}
	return files
}

// treeFiles reads every file of the repository by its slash-separated name,
// except what version control or a build put there.
func treeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name {
			case ".git", "bin", "dist":
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(name); !d.Type().IsRegular() || name == "mapiscope" || name == ".git" || ext == ".test" || ext == ".prof" {
			return nil
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
