package packaging

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// plist is one value of a property list, read as plutil would: a dictionary is a
// row of keys and values, and nothing else may be in it.
type plist struct {
	XMLName xml.Name
	Text    string  `xml:",chardata"`
	Rows    []plist `xml:",any"`
}

// value is a string, a bool, a []any or a map[string]any.
func (p plist) value() (any, error) {
	switch p.XMLName.Local {
	case "string", "integer":
		return p.Text, nil
	case "true", "false":
		return p.XMLName.Local == "true", nil
	case "array":
		var all []any
		for _, row := range p.Rows {
			v, err := row.value()
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	case "dict":
		return p.dict()
	}
	return nil, fmt.Errorf("<%s> is no value", p.XMLName.Local)
}

func (p plist) dict() (map[string]any, error) {
	all := map[string]any{}
	for i := 0; i < len(p.Rows); i += 2 {
		key := p.Rows[i]
		if key.XMLName.Local != "key" || i+1 == len(p.Rows) {
			return nil, fmt.Errorf("<%s>%s stands where a key and its value should", key.XMLName.Local, key.Text)
		}
		if _, twice := all[key.Text]; twice {
			return nil, fmt.Errorf("%s is there twice", key.Text)
		}
		v, err := p.Rows[i+1].value()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key.Text, err)
		}
		all[key.Text] = v
	}
	return all, nil
}

func readPlist(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc struct {
		XMLName xml.Name `xml:"plist"`
		Version string   `xml:"version,attr"`
		Dict    plist    `xml:"dict"`
	}
	if err := xml.Unmarshal([]byte(text), &doc); err != nil || doc.Version != "1.0" {
		t.Fatalf("version %q, %v", doc.Version, err)
	}
	all, err := doc.Dict.dict()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPlistRefuses(t *testing.T) {
	for _, rows := range []string{"<key>a</key>", "<string>a</string><true/>", "<key>a</key><real>1</real>", "<key>a</key><true/><key>a</key><true/>"} {
		var p plist
		if err := xml.Unmarshal([]byte("<dict>"+rows+"</dict>"), &p); err != nil {
			t.Fatal(err)
		}
		if all, err := p.dict(); err == nil {
			t.Errorf("%s was read as %v", rows, all)
		}
	}
}

// TestInfoPlist fills it in as packaging/macos/bundle does.
func TestInfoPlist(t *testing.T) {
	a, text := app(t), read(t, "macos/Info.plist")
	for mark, key := range map[string]string{"ID": "ID", "NAME": "Name", "RELEASE": "Version", "BUILD": "Build"} {
		if !strings.Contains(read(t, "macos/bundle"), "s/@"+mark+"@/$"+mark+"/") {
			t.Errorf("the script does not fill in @%s@", mark)
		}
		text = strings.ReplaceAll(text, "@"+mark+"@", a["Details."+key])
	}
	if mark := regexp.MustCompile(`@\w+@`).FindString(text); mark != "" {
		t.Fatalf("%s is filled in by nobody", mark)
	}
	info := readPlist(t, text)
	for key, value := range map[string]any{
		"CFBundleIdentifier": a["Details.ID"], "CFBundleName": a["Details.Name"], "CFBundleShortVersionString": a["Details.Version"],
		"CFBundleVersion": a["Details.Build"], "CFBundleExecutable": "mapiscope", "CFBundleIconFile": "mapiscope.icns",
		"CFBundlePackageType": "APPL", "LSUIElement": true, "NSHighResolutionCapable": true,
	} {
		if info[key] != value || value == "" {
			t.Errorf("%s is %v, not %v", key, info[key], value)
		}
	}
}

func TestLaunchAgent(t *testing.T) {
	a := app(t)
	agent := readPlist(t, read(t, "macos/"+a["Details.ID"]+".agent.plist"))
	want(t, "its label, which must not be that of the icon,", fmt.Sprint(agent["Label"]), a["Details.ID"]+".agent")
	want(t, "what it starts", fmt.Sprint(agent["ProgramArguments"]), "[/Applications/"+a["Details.Name"]+".app/Contents/MacOS/mapiscope agent]")
	want(t, "when it is started again", fmt.Sprint(agent["KeepAlive"]), "map[SuccessfulExit:false]")
}
