package report

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// LogSearch is what an administrator searches for in the logs of Exchange about
// one request that failed.
type LogSearch struct {
	Title         string
	Pairs         [][2]string // ids, the minute, the folders
	Command, Test string      // PowerShell, "" where a value of the server's would not be safe in it
}

// maxSearches keeps the section readable; the trace has every request.
const maxSearches = 6

// LogSearches lists the requests that failed and that the server has written
// down. When the verdict is a failure that no refused request shows, it is the
// last request of the kind that the verdict rests on.
func LogSearches(r *Report) []LogSearch {
	var failed []*Exchange
	for _, x := range lastOfEach(r.Exchanges) {
		if x.failedOnServer() {
			failed = append(failed, x)
		}
	}
	if len(failed) == 0 && r.Verdict.Status == Fail {
		if x := r.restsOn(); x != nil {
			failed = append(failed, x)
		}
	}
	var out []LogSearch
	for _, x := range failed[:min(len(failed), maxSearches)] {
		out = append(out, r.search(x))
	}
	return out
}

// lastOfEach is the last of the requests that ask for the same: those before it
// are the legs of its sign-in, or were tried again.
func lastOfEach(list []Exchange) []*Exchange {
	last := map[string]int{}
	key := func(x *Exchange) string {
		u, err := url.Parse(x.URL)
		if err != nil {
			return x.URL
		}
		return x.RequestType + " " + u.Host + strings.ToLower(u.Path)
	}
	for i := range list {
		last[key(&list[i])] = i
	}
	var out []*Exchange
	for i := range list {
		if last[key(&list[i])] == i {
			out = append(out, &list[i])
		}
	}
	return out
}

// failedOnServer says that Exchange refused the request, or should have seen it.
func (x *Exchange) failedOnServer() bool {
	switch {
	case x.dropped() || x.RequestType == "Unbind": // Unbind answers 1 when all is well
		return false
	case x.Status == 0:
		return x.RequestID != ""
	case x.Status == 401 && x.Authn == "": // it only asks for a sign-in
		return false
	case !x.fromExchange():
		return false
	}
	return x.Status >= 400 || x.ResponseCode != nil && *x.ResponseCode != 0 || x.ErrorCode != nil && *x.ErrorCode != 0
}

// fromExchange says that the answer bears a mark of Exchange.
func (x *Exchange) fromExchange() bool { return x.ServerRequestID != "" || x.FEServer != "" }

// restsOn is the last request of the group of checks that the verdict's cause names.
func (r *Report) restsOn() *Exchange {
	f := r.cause()
	if f == nil || len(f.Checks) == 0 {
		return nil
	}
	group, _, _ := strings.Cut(f.Checks[0], ".")
	for i := len(r.Exchanges) - 1; i >= 0; i-- {
		if x := &r.Exchanges[i]; strings.HasPrefix(x.Check, group+".") && x.fromExchange() {
			return x
		}
	}
	return nil
}

// service is a service of Exchange: where its requests are logged, and the test
// that the server can run itself.
type service struct {
	path, proxyLog string
	back           [][2]string // who has it, folder
	probe          string
}

// services by the start of the path. Folders lie under %ExchangeInstallPath%.
var services = []service{
	{"/mapi/emsmdb", "Mapi", [][2]string{{"2016 CU4 and later, 2019, SE", `Logging\MapiHttp\Mailbox`}, {"2013, and 2016 before CU4", `Logging\MAPI Client Access`}},
		`OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`},
	{"/mapi/nspi", "Mapi", [][2]string{{"2016 CU4 and later, 2019, SE", `Logging\MapiHttp`}, {"2013, and 2016 before CU4", `Logging\MAPI Address Book Service`}},
		`OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`},
	{"/mapi", "Mapi", nil, `OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`},
	{"/autodiscover", "Autodiscover", nil, `Autodiscover.Protocol\AutodiscoverSelfTestProbe`},
	{"/rpc", "RpcHttp", [][2]string{{"all versions", `Logging\RpcHttp and Logging\RPC Client Access`}}, `Outlook.Protocol\OutlookRpcSelfTestProbe`},
	{"/ews", "Ews", nil, ""},
	{"/owa", "Owa", nil, ""},
	{"/ecp", "Ecp", nil, ""},
	{"/oab", "Oab", nil, ""},
	{"/microsoft-server-activesync", "Eas", nil, ""},
}

func serviceOf(address string) service {
	if u, err := url.Parse(address); err == nil {
		for _, s := range services {
			if strings.HasPrefix(strings.ToLower(u.Path), s.path) {
				return s
			}
		}
	}
	return service{}
}

func (r *Report) search(x *Exchange) LogSearch {
	s := serviceOf(x.URL)
	at := r.serverTime(x)
	out := LogSearch{Title: x.label() + " · " + x.outcome(), Pairs: [][2]string{
		{"When", at.Format("2006-01-02 15:04 UTC")},
		{"Server", joined(", back end ", x.FEServer, x.BEServer)},
		{"RequestId", x.ServerRequestID},
		{"ClientRequestId", x.loggedID()},
		{"Front end", s.frontLog(at)},
	}}
	for _, b := range s.back {
		out.Pairs = append(out.Pairs, [2]string{"Back end", b[1] + " (" + b[0] + ")"})
	}
	out.Pairs = append(out.Pairs, [2]string{"IIS", `inetpub\logs\LogFiles\W3SVC1 and W3SVC2, u_ex` + at.Format("060102") + `.log` + x.iisHint()})
	out.Command, out.Test = s.command(x, at), s.test(x)
	return out
}

// serverTime is the start of x by the server's clock, which its logs have.
func (r *Report) serverTime(x *Exchange) time.Time {
	at := r.moment(x.Started)
	if r.Machine.ClockOffset != nil {
		at = at.Add(-r.Machine.ClockOffset.Duration())
	}
	return at
}

func (x *Exchange) outcome() string {
	switch {
	case x.Status == 0:
		return "no answer"
	case x.ErrorCode != nil && *x.ErrorCode != 0:
		return fmt.Sprintf("status %d, error 0x%08X", x.Status, uint32(*x.ErrorCode))
	case x.ResponseCode != nil && *x.ResponseCode != 0:
		return fmt.Sprintf("status %d, X-ResponseCode %d", x.Status, *x.ResponseCode)
	}
	return fmt.Sprintf("status %d", x.Status)
}

// loggedID is how the front end writes the client's ids into one column.
func (x *Exchange) loggedID() string {
	if x.RequestID == "" {
		return bare(x.ClientRequestID)
	}
	id := "R:" + bare(x.RequestID)
	if x.ClientInfo != "" {
		id += " and CI:" + bare(x.ClientInfo)
	}
	return id
}

// bare is an id without the braces, which the logs leave out.
func bare(id string) string { return strings.NewReplacer("{", "", "}", "").Replace(id) }

func (x *Exchange) iisHint() string {
	if x.Status != 401 {
		return ""
	}
	return "; 401.1 with 1326 is a wrong password, with 1909 a locked account"
}

func (s service) frontLog(at time.Time) string {
	if s.proxyLog == "" {
		return ""
	}
	return `Logging\HttpProxy\` + s.proxyLog + `\HttpProxy_` + at.Format("2006010215") + "-*.LOG"
}

// harmlessValue is what may stand in a command that somebody copies: the ids are
// the server's, and a server may be anybody.
var harmlessValue = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z:._-]*$`)

func (s service) command(x *Exchange, at time.Time) string {
	id := cmp.Or(x.ServerRequestID, bare(x.RequestID), bare(x.ClientRequestID))
	if s.proxyLog == "" || !harmlessValue.MatchString(id) {
		return ""
	}
	return fmt.Sprintf(`Select-String -SimpleMatch '%s' -Path "$env:ExchangeInstallPath\%s"`, id, s.frontLog(at))
}

func (s service) test(x *Exchange) string {
	server := cmp.Or(x.BEServer, x.FEServer)
	if s.probe == "" {
		return ""
	}
	if !harmlessValue.MatchString(server) {
		server = "SERVER"
	}
	return "Test-OutlookConnectivity -RunFromServerId " + server + ` -ProbeIdentity ` + s.probe
}

// searches is the section for people at a terminal, where all was asked for.
func (t *textWriter) searches(r *Report) {
	list := LogSearches(r)
	if len(list) == 0 {
		return
	}
	t.title("What to search for in the server's logs")
	for _, s := range list {
		t.block("", bold, s.Title, 2)
		for _, p := range s.Pairs {
			if p[1] != "" {
				t.block("    "+p[0], grey, p[1], 21)
			}
		}
		for _, c := range []string{s.Command, s.Test} {
			if c != "" {
				t.line("      %s", clean(c))
			}
		}
	}
}
