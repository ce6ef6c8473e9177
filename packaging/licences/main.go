// Command licences writes what the licences of the linked modules want to be handed
// on with a binary, as a Debian copyright file (DEP-5):
//
//	go run ./packaging/licences migrated_fynedo,accessibility >copyright
//
// The argument is the build tags; GOOS and CGO_ENABLED count too. A licence that it
// does not know stops it, so that nothing is packed that nobody has looked at.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	tags := ""
	if len(os.Args) > 1 {
		tags = os.Args[1]
	}
	modules, err := linked(tags)
	if err == nil {
		err = write(os.Stdout, modules)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// module is one that is in the binary, with its folder.
type module struct{ path, version, dir string }

// linked are the modules of the program's packages, Go's own library first.
func linked(tags string) ([]module, error) {
	cmd := exec.Command("go", "list", "-deps", "-tags", tags, "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	found := []module{{"Go", runtime.Version(), strings.TrimSpace(string(root))}}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) == 3 && !seen[part[0]] {
			seen[part[0]] = true
			found = append(found, module{part[0], part[1], part[2]})
		}
	}
	return found, nil
}

const head = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: mapiscope
Source: https://github.com/mapiscope/mapiscope

Files: *
Copyright: The Mapiscope authors
License: Apache-2.0

License: Apache-2.0
 The text is in the file LICENSE of the sources, and on Debian systems in
 /usr/share/common-licenses/Apache-2.0.

License: MPL-2.0
 The text is at https://www.mozilla.org/MPL/2.0/, and on Debian systems in
 /usr/share/common-licenses/MPL-2.0. The sources of these modules, unchanged,
 are at their own addresses.
`

// write writes the whole file: a paragraph for the project, one for each module.
func write(w io.Writer, modules []module) error {
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	for _, m := range modules {
		p, err := paragraph(m)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, "\n"+p); err != nil {
			return err
		}
	}
	return nil
}

// paragraph names who holds the rights in a module and gives the licence's text.
// Long texts that every system has are referred to; a NOTICE is handed on.
func paragraph(m module) (string, error) {
	text, err := licenceText(m.dir)
	if err != nil {
		return "", fmt.Errorf("%s: %w", m.path, err)
	}
	name := classify(text)
	if name == "" {
		return "", fmt.Errorf("%s: this licence is not known: read it, then add it to classify", m.path)
	}
	out := fmt.Sprintf("Files: linked/%s\nCopyright: %s\n", m.path, strings.Join(holders(text, m.path), "\n           "))
	if name == "Apache-2.0" || name == "MPL-2.0" {
		out += "License: " + name + "\n"
	} else {
		out += "License: " + name + "\n" + indent(text)
	}
	notice, err := os.ReadFile(filepath.Join(m.dir, "NOTICE"))
	if err == nil {
		out += "Comment: its NOTICE says:\n" + indent(notice)
	}
	return out, nil
}

// licenceText is the first file with a usual name.
func licenceText(dir string) ([]byte, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING", "COPYING.txt", "License"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("no file with its licence in %s", dir)
}

// classify names the licence by sentences that only it has; "" for one not known.
func classify(text []byte) string {
	flat := strings.ToLower(string(bytes.Join(bytes.Fields(text), []byte(" "))))
	for _, known := range []struct{ name, sentence string }{
		{"Apache-2.0", "apache license version 2.0"},
		{"MPL-2.0", "mozilla public license version 2.0"},
		{"MPL-2.0", "mozilla public license, version 2.0"},
		{"BSD-3-clause", "neither the name"},
		{"BSD-3-clause", "may be used to endorse or promote products"},
		{"BSD-2-clause", "redistributions in binary form must reproduce the above copyright"},
		{"Expat", "permission is hereby granted, free of charge, to any person obtaining a copy"},
		{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
		{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
	} {
		if strings.Contains(flat, known.sentence) {
			return known.name
		}
	}
	return ""
}

// holders are the lines that say whose it is; the module's authors where no line does.
func holders(text []byte, path string) []string {
	var found []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "Copyright "); ok && strings.ContainsAny(rest, "0123456789") {
			found = append(found, rest)
		}
	}
	if len(found) == 0 {
		return []string{"the authors of " + path}
	}
	return found
}

// indent makes text the continuation of a field: a space before each line, a dot on
// empty ones.
func indent(text []byte) string {
	var out strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(strings.TrimSpace(string(text)), "\r", "")) {
		if line = strings.TrimRight(line, " \t\n"); line == "" {
			line = "."
		}
		out.WriteString(" " + line + "\n")
	}
	return out.String()
}
