package checks

import (
	"context"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

var directoryResolve = suite.Check{
	ID: "directory.resolve", Group: "directory", Title: "Own address in the address book", Affects: "directory",
	After: []string{"directory.bind"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		row, found, err := e.Directory().Resolve(mapihttp.WithCheck(ctx, "directory.resolve"), e.Address)
		noteLoss(e, suite.ServiceDirectory, err)
		if err != nil {
			return failed(err, suite.HostOf(e.Directory().Info().URL))
		}
		return judgeResolve(e.Address, row, found)
	},
}

func judgeResolve(address string, row []props.Value, found nspi.MID) suite.Outcome {
	switch found {
	case nspi.Unresolved:
		return suite.Warn(address + " is not in the address book; it may be hidden there").Saw(signal(suite.NotInAddressBook, address))
	case nspi.Ambiguous:
		return suite.Warn(address + " stands for several entries of the address book").Saw(signal(suite.NotInAddressBook, address))
	}
	name, _ := props.Get[string](row, props.TagDisplayName)
	smtp, _ := props.Get[string](row, props.TagSMTPAddress)
	dn, _ := props.Get[string](row, props.TagEmailAddress)
	return suite.Pass(strings.TrimSpace(name+" <"+smtp+">")).With("display_name", name).With("smtp", smtp).With("legacy_dn", dn)
}
