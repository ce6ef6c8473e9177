package mapihttp

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// gromoxRevision is the last number of the version that gromox gives itself
// (Exchange/15.00.0847.4040); no Exchange build has a revision that high.
const gromoxRevision = 4040

// firstSE is the build of line 15.2 with which Exchange Server 2019 became
// Exchange Server Subscription Edition.
const firstSE = 2562

//go:embed builds.csv
var buildsCSV string

// build is one row of builds.csv.
type build struct {
	version       Version
	product, name string
}

var builds = sync.OnceValue(func() []build {
	r := csv.NewReader(strings.NewReader(buildsCSV))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil // the file is part of the program; a test reads it
	}
	list := make([]build, 0, len(rows))
	for _, row := range rows {
		v, _ := ParseVersion(row[0])
		list = append(list, build{version: v, product: row[1], name: row[2]})
	}
	return list
})

// Version is a server or client version: major, minor, build, revision.
type Version [4]int

// ParseVersion reads the short form (15.2.2562.17), the long form
// (15.02.2562.017) and the header form (Exchange/15.02.2562.017, as in
// X-ServerApplication, MS-OXCMAPIHTTP 2.2.3.3.7).
func ParseVersion(s string) (v Version, ok bool) {
	s = strings.TrimSpace(versionPart(s))
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return Version{}, false
		}
		v[i] = int(n)
	}
	return v, true
}

// String is the short form.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d.%d", v[0], v[1], v[2], v[3]) }

// Less says whether v is older than w.
func (v Version) Less(w Version) bool { return slices.Compare(v[:], w[:]) < 0 }

// ServerProduct names the product behind a version in any form that ParseVersion
// takes: "Exchange Server 2019 CU14", "Exchange Server SE Feb26SU or a later
// update", "Exchange Online", "grommunio gromox". It is empty for a version that
// belongs to none of them.
func ServerProduct(version string) string {
	v, ok := ParseVersion(version)
	switch {
	case !ok || v[0] != 15:
		return ""
	case v[1] == 20:
		return "Exchange Online"
	case v[3] == gromoxRevision:
		return "grommunio gromox"
	}
	family := productLine(v)
	if family == "" {
		return ""
	}
	var best *build
	for i, b := range builds() {
		if b.product == family && !v.Less(b.version) {
			best = &builds()[i]
		}
	}
	switch {
	case best == nil:
		return family
	case best.version == v:
		return family + " " + best.name
	default:
		return family + " " + best.name + " or a later update"
	}
}

func productLine(v Version) string {
	switch {
	case v[1] == 0:
		return "Exchange Server 2013"
	case v[1] == 1:
		return "Exchange Server 2016"
	case v[1] == 2 && v[2] < firstSE:
		return "Exchange Server 2019"
	case v[1] == 2:
		return "Exchange Server SE"
	}
	return ""
}

// versionPart is what follows the name in X-ServerApplication.
func versionPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
