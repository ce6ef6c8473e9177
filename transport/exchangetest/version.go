package exchangetest

import "github.com/mapiscope/mapiscope/transport/dcerpc"

// version is a server build in the two forms it travels in, and as the number in
// Autodiscover's ServerVersion.
type version struct {
	short, long, hex string
	words            dcerpc.Words // as EcDoConnectEx gives it
}

var versions = map[Manner]version{
	ExchangeSE:   {"15.2.2562.45", "15.02.2562.045", "73C28A02", dcerpc.WordsOf(15, 2, 2562, 45)},
	Exchange2013: {"15.0.775.38", "15.00.0775.038", "73C08307", dcerpc.WordsOf(15, 0, 775, 38)},
	Gromox:       {"15.0.847.4040", "15.00.0847.4040", "73C0834F", dcerpc.WordsOf(15, 0, 847, 4040)},
}

// exchange2010 is Service Pack 3.
var exchange2010 = version{"14.3.123.4", "14.03.0123.004", "7383807B", dcerpc.WordsOf(14, 3, 123, 4)}

func (b *behaviour) version() version {
	if b.build != (version{}) {
		return b.build
	}
	return versions[b.manner]
}
