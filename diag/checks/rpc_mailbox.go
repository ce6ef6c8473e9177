package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// outlookVersion is the client version that the session is asked for with: a
// server may refuse one that is too old (MS-OXCRPC 3.2.4.1.3.2).
var outlookVersion = dcerpc.WordsOf(16, 0, 4266, 1001)

var rpcMailbox = suite.Check{
	ID: "rpc.mailbox", Group: "rpc", Title: "Mailbox session over RPC", Affects: "mailbox",
	After: []string{"rpc.connect"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		s := e.RPC()
		if !s.Ready {
			return suite.Skip("no RPC server was reached")
		}
		defer endWith(ctx, s.Tunnel)()
		p, err := s.Calls.Connect(&dcerpc.ConnectRequest{UserDN: s.Way.UserDN, CodePage: 1252, LcidString: 0x409, LcidSort: 0x409, Client: outlookVersion})
		if err != nil {
			return rpcTrouble(e, s.Way, err)
		}
		e.NoteRPC(func(s *suite.RPCSession) { s.Server, s.Mailbox = p.Server, p.Handle })
		if p.ErrorCode != mapierr.OK {
			return rpcCode(e, s.Way, "EcDoConnectEx", p.ErrorCode)
		}
		return suite.Pass("a session with the mailbox of "+p.DisplayName+" is open").
			Saw(signal(suite.RPCWorks, s.Way.Proxy)).With("server_version", p.Server.String()).With("display_name", p.DisplayName).
			With("cost_of_coming_back", cost(e.Exchanges(), "rpc.connect", "rpc.mailbox"))
	},
}

var rpcDirectory = suite.Check{
	ID: "rpc.directory", Group: "rpc", Title: "Address book session over RPC", Affects: "directory",
	After: []string{"rpc.connect"}, Behind: []string{"rpc.mailbox"}, // one call at a time
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		s := e.RPC()
		if !s.Ready {
			return suite.Skip("no RPC server was reached")
		}
		defer endWith(ctx, s.Tunnel)()
		p, err := s.Calls.NspiBind(&dcerpc.NspiBindRequest{CodePage: 1252, Locale: 0x409})
		if err != nil {
			return rpcTrouble(e, s.Way, err)
		}
		if p.ErrorCode != mapierr.OK {
			return rpcCode(e, s.Way, "NspiBind", p.ErrorCode)
		}
		e.NoteRPC(func(s *suite.RPCSession) { s.Book = p.Handle })
		return suite.Pass("a session with the address book is open").With("server_guid", p.ServerGUID.String())
	},
}
