// Command mapiscope finds out why Outlook cannot reach its Exchange mailbox:
// it opens the same MAPI over HTTP session that Outlook opens, from the user's
// own machine and network, and says in one sentence what is wrong and who
// does what about it.
package main

import (
	"os"

	"github.com/mapiscope/mapiscope/ui/cli"
)

func main() {
	os.Exit(int(cli.Main(os.Args[1:], cli.System())))
}
