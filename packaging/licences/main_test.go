package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0, January 2004":                                                           "Apache-2.0",
		"Mozilla Public License, version 2.0":                                                                    "MPL-2.0",
		"Redistributions in binary form must reproduce the above copyright\nnotice":                              "BSD-2-clause",
		"Redistributions in binary form must reproduce the above copyright. Neither the name of X":               "BSD-3-clause",
		"Permission is hereby granted, free of charge, to any\nperson obtaining a copy":                          "Expat",
		"Permission to use, copy, modify, and/or distribute this\n software for any purpose with or without fee": "ISC",
		"All rights reserved. You may look at this.":                                                             "",
	} {
		if got := classify([]byte(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestParagraph(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := module{"example.org/m", "v1.0.0", dir}
	if p, err := paragraph(m); err == nil {
		t.Errorf("a module without a licence was let through: %s", p)
	}
	put("LICENSE", "You may look at this.\n")
	if p, err := paragraph(m); err == nil || !strings.Contains(err.Error(), "example.org/m") {
		t.Errorf("%v, %s", err, p)
	}
	put("LICENSE", "Copyright 2020 A\nCopyright (c) 2021 B\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n")
	put("NOTICE", "Made by A.\n")
	got, err := paragraph(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Copyright: 2020 A", "           (c) 2021 B", "License: Expat", " .", "Comment: its NOTICE says:", " Made by A."} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}
