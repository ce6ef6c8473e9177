package mapihttp

import (
	"slices"
	"testing"
)

func TestServerProduct(t *testing.T) {
	for version, want := range map[string]string{
		"15.02.2562.045":          "Exchange Server SE Feb26SU or a later update",
		"Exchange/15.02.2562.017": "Exchange Server SE RTM",
		"15.2.2562.37":            "Exchange Server SE Feb26SU",
		"15.2.1544.4":             "Exchange Server 2019 CU14",
		"15.02.1544.011":          "Exchange Server 2019 CU14 or a later update",
		"15.2.2000.1":             "Exchange Server 2019 CU15 Feb26SU or a later update",
		"15.01.2507.066":          "Exchange Server 2016 CU23 Feb26SU",
		"15.0.847.32":             "Exchange Server 2013 SP1 (CU4)",
		"15.0.100.1":              "Exchange Server 2013",
		"15.20.7544.29":           "Exchange Online",
		"15.00.0847.4040":         "grommunio gromox",
		"14.3.123.4":              "",
		"15.9.1.1":                "",
		"15.2.2562":               "",
		"15.2.x.1":                "",
		"":                        "",
	} {
		if got := ServerProduct(version); got != want {
			t.Errorf("ServerProduct(%q) = %q, want %q", version, got, want)
		}
	}
}

func TestBuildTable(t *testing.T) {
	list := builds()
	if len(list) < 70 {
		t.Fatalf("builds.csv has %d rows", len(list))
	}
	if !slices.IsSortedFunc(list, func(a, b build) int { return slices.Compare(a.version[:], b.version[:]) }) {
		t.Error("builds.csv is not sorted by version")
	}
	for _, b := range list {
		if b.version == (Version{}) || b.name == "" || productLine(b.version) != b.product {
			t.Errorf("bad row %+v", b)
		}
		if got := ServerProduct(b.version.String()); got != b.product+" "+b.name {
			t.Errorf("%s: %q", b.version, got)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	f.Add("Exchange/15.02.2562.045")
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := ParseVersion(s)
		again, ok2 := ParseVersion(v.String())
		if ok && (!ok2 || again != v) {
			t.Fatalf("%q gave %v, which reads as %v", s, v, again)
		}
		ServerProduct(s)
	})
}
