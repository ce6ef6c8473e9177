package outlook

import (
	"encoding/binary"
	"strings"
	"testing"
)

func parse(t *testing.T, data string) *Registry {
	t.Helper()
	r, err := ParseRegFile([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseRegFile(t *testing.T) {
	const discover = `HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover`
	for name, data := range map[string][]byte{
		"UTF-8":                 []byte(exported),
		"UTF-8 with a mark":     []byte("\xEF\xBB\xBF" + exported),
		"UTF-16 little endian":  utf16File(exported, binary.LittleEndian),
		"UTF-16 big endian":     utf16File(exported, binary.BigEndian),
		"line ends of one byte": []byte(strings.ReplaceAll(exported, "\r\n", "\n")),
	} {
		r, err := ParseRegFile(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range []struct{ path, name, text string }{
			{`HKEY_CURRENT_USER\Software\Microsoft\Exchange`, "mapihttpdisabled", "1"},
			{`hkcu\software\microsoft\exchange\`, "", `default "quoted" C:\Users`},
			{discover, "ExcludeHttpsRootDomain", "1"},
			{discover, "contoso.com", `C:\autodiscover.xml`},
			{discover, "Expand", "%A%"},
			{discover, "Multi", "a, b"},
			{discover, "Big", "2"},
			{discover, `Ends\`, `with \`},
			{discover, "Lines", "first\nsecond; not a comment\n[not a key]"},
		} {
			if v, ok := r.Value(want.path, want.name); !ok || v.Text() != want.text {
				t.Errorf("%s: %s %s is %q (%v), want %q", name, want.path, want.name, v.Text(), ok, want.text)
			}
		}
		if _, ok := r.Value(discover, "Gone"); ok || r.Has(`HKCU\Software\Deleted`) || r.Len() != 3 {
			t.Errorf("%s: deleted things are there, %d keys", name, r.Len())
		}
	}
}

func TestParseRegFileOld(t *testing.T) {
	r := parse(t, "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\n\"LmCompatibilityLevel\"=dword:00000002 ; old\n\"E\"=hex(2):25,41,25,00\n")
	if v, _ := r.Value(`HKLM\SYSTEM\CurrentControlSet\Control\Lsa`, "LmCompatibilityLevel"); v.Text() != "2" {
		t.Errorf("level %s", v.Text())
	}
	if v, _ := r.Value(`HKLM\SYSTEM\CurrentControlSet\Control\Lsa`, "E"); v.Text() != "%A%" {
		t.Errorf("text %q", v.Text())
	}
}

func TestParseRegFileErrors(t *testing.T) {
	const head = "Windows Registry Editor Version 5.00\n[HKEY_CURRENT_USER\\A]\n"
	for name, test := range map[string]struct{ data, want string }{
		"empty":         {"", "no registration file"},
		"something":     {"<html>", "no registration file"},
		"half a letter": {"\xFF\xFEW", "middle of a character"},
		"no key":        {head + "[", "line 3"},
		"no value":      {head + "\"a\"", "line 3: \"\\\"a\\\"\" has no value"},
		"open quotes":   {head + "\"a\"=\"b", "not closed"},
		"no number":     {head + "\"a\"=dword:xyz", "no number"},
		"big number":    {head + "\"a\"=dword:100000000", "no number"},
		"half a byte":   {head + "\"a\"=hex:0", "no list of bytes"},
		"bad type":      {head + "\"a\"=hex(z:00", "no type"},
		"what":          {head + "\"a\"=qword:1", "no value"},
		"words":         {head + "hello", "neither a key nor a value"},
		"behind a text": {head + "\"a\"=\"b\"c", "follows"},
	} {
		if _, err := ParseRegFile([]byte(test.data)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestParseRegFileIsLinear reads a long value in many lines.
func TestParseRegFileIsLinear(t *testing.T) {
	data := "Windows Registry Editor Version 5.00\n[HKEY_CURRENT_USER\\A]\n\"a\"=hex:" + strings.Repeat("00,\\\n  ", 300_000) + "01\n"
	r := parse(t, data)
	if v, _ := r.Value(`HKCU\A`, "a"); len(v.Data) != 300_001 {
		t.Errorf("%d bytes", len(v.Data))
	}
}

func FuzzParseRegFile(f *testing.F) {
	f.Add([]byte(exported))
	f.Add(utf16File(exported, binary.LittleEndian))
	f.Add([]byte("REGEDIT4\n[HKLM\\A]\n\"E\"=hex(2):25,41,\\\n 25,00"))
	f.Add([]byte("Windows Registry Editor Version 5.00\n[HKCU\\A]\n\"a\"=\"b\nc\"\n@=-"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRegFile(data)
		if (r == nil) != (err != nil) {
			t.Fatal("a registry and an error, or neither")
		}
		c := Inspect(r)
		if r == nil && len(c.Installed)+len(c.Settings) > 0 {
			t.Fatal("something out of nothing")
		}
		for _, s := range c.Settings {
			if v, ok := r.Value(s.Key, s.Name); !ok || v.Text() != s.Value.Text() {
				t.Fatalf("%s is not what the registry says", s.Path())
			}
		}
	})
}
