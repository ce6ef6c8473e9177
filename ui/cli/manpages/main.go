// Command manpages writes a man page for every command of mapiscope into a
// folder: "go run ./ui/cli/manpages dist/man". It is a program of its own so
// that the product does not carry the generator.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"

	"github.com/mapiscope/mapiscope/ui/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "manpages: no folder given\nhint: manpages dist/man")
		os.Exit(2)
	}
	root := cli.Commands()
	root.DisableAutoGenTag = true // the same sources give the same pages
	header := &doc.GenManHeader{Title: "MAPISCOPE", Section: "1", Source: "mapiscope", Manual: "mapiscope"}
	if err := doc.GenManTree(root, header, os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "manpages: %v\n", err)
		os.Exit(3)
	}
}
