package checks

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

var machineCache = suite.Check{
	ID: "machine.autodiscover-cache", Group: "machine", Title: "What Outlook remembers of Autodiscover", Affects: "mailbox",
	Behind: []string{"discovery.answer"}, // today's answer is what it is held against
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		kept := e.RememberedAnswers()
		if len(kept) == 0 {
			return suite.Skip("nothing is known of what Outlook remembers; a file or folder of the computer with Outlook can be given (--autodiscover-cache)")
		}
		live := e.KnownAnswer()
		if live == nil {
			return suite.Skip("Autodiscover gives no answer today to hold it against")
		}
		return judgeCache(kept, live.Settings)
	},
}

func judgeCache(kept []autodiscover.Cached, live *autodiscover.Settings) suite.Outcome {
	var said []string
	var signals []suite.Signal
	for _, c := range kept {
		name := baseName(c.File)
		for _, d := range c.Compare(live) {
			said = append(said, fmt.Sprintf("%s in %s is %s, and today's answer says %s", d.Fact, name, d.Cached, d.Live))
			signals = append(signals, signal(suite.CacheStale, "", "fact", d.Fact, "cached", d.Cached, "live", d.Live, "file", name))
		}
	}
	if len(said) == 0 {
		return suite.Pass(fmt.Sprintf("what Outlook remembers (%s) leads where today's answer of Autodiscover leads", baseName(kept[0].File)))
	}
	return suite.Warn("Outlook remembers what is no longer so: " + strings.Join(said, "; ")).Saw(signals...)
}

// baseName is the name of a file whose path is one of this or of another system.
func baseName(path string) string {
	return filepath.Base(path[strings.LastIndexByte(path, '\\')+1:])
}
