// Package report holds what one diagnosis found, in the form that the product
// promises to others (schema "mapiscope.report/v1"), and writes it as JSON and
// as text for a terminal.
//
// Times are RFC 3339 UTC with milliseconds, durations are numbers in
// milliseconds, and a field that is absent is not known.
package report

// Schema names the form of the report; it changes when a field is renamed or
// removed, never when one is added.
const Schema = "mapiscope.report/v1"

// Status is the outcome of a check. The zero value is "not known", so that a
// forgotten field can never look like a pass.
type Status string

// The outcomes of a check. A check that was not run is Skip, with the reason.
const (
	Unknown Status = ""
	Pass    Status = "pass"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Skip    Status = "skip"
)

// Severity is the weight of a finding.
type Severity string

// The weights of a finding.
const (
	SeverityInfo Severity = "info"
	SeverityWarn Severity = "warn"
	SeverityFail Severity = "fail"
)

// Report is one diagnosis.
type Report struct {
	Schema       string        `json:"schema"`
	Tool         Tool          `json:"tool"`
	Run          Run           `json:"run"`
	Machine      Machine       `json:"machine"`
	Account      Account       `json:"account"`
	Verdict      Verdict       `json:"verdict"`
	Connections  []Connection  `json:"connections"`
	Protocol     *Protocol     `json:"protocol,omitempty"`
	Checks       []Check       `json:"checks"`
	Findings     []Finding     `json:"findings"`
	WebCheck     *WebCheck     `json:"web_check,omitempty"`
	Certificates []Certificate `json:"certificates"`
	Outages      []Outage      `json:"outages"`
	Exchanges    []Exchange    `json:"exchanges"`
}

// Tool is the program that wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// Run is when and why the checks were run.
type Run struct {
	ID         string       `json:"id"` // GUID of this run
	Started    Time         `json:"started"`
	Duration   Milliseconds `json:"duration_ms"`
	Trigger    string       `json:"trigger"`              // "user", "demo", "network-change", …
	TimedOut   bool         `json:"timed_out"`            // the limit of the whole run cut checks off
	Redaction  string       `json:"redaction"`            // "none", "normal", "strict": what was done to this copy
	Incomplete string       `json:"incomplete,omitempty"` // why checks are missing, when the run was cut short
}

// Machine is the computer that the checks ran on.
type Machine struct {
	Hostname    string        `json:"hostname,omitempty"`
	OS          string        `json:"os,omitempty"`
	ClockOffset *Milliseconds `json:"clock_offset_ms,omitempty"` // ours minus the server's
	Interfaces  []Interface   `json:"interfaces,omitempty"`
	Proxy       *Proxy        `json:"proxy,omitempty"`
	DNS         []string      `json:"dns,omitempty"` // servers asked, "address:port"
	Outlook     []Outlook     `json:"outlook,omitempty"`
}

// Interface is a network interface that was up.
type Interface struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses,omitempty"` // CIDR
	MTU       int      `json:"mtu,omitempty"`
}

// Proxy is the way out to the servers.
type Proxy struct {
	Mode string `json:"mode"` // "none", "manual", "environment"
	URL  string `json:"url,omitempty"`
	PAC  string `json:"pac,omitempty"`
}

// Outlook is an Outlook found on this computer.
type Outlook struct {
	Version         string            `json:"version"`
	Build           string            `json:"build,omitempty"`
	MAPIHTTPCapable *bool             `json:"mapi_http_capable,omitempty"`
	Registry        map[string]string `json:"registry,omitempty"`
}

// Account is whose mailbox was tried.
type Account struct {
	Address string `json:"address"`
	User    string `json:"user,omitempty"` // sign-in name, when one was given
	Auth    string `json:"auth,omitempty"` // the --auth choice
}

// Verdict is the answer in one sentence.
type Verdict struct {
	Status   Status `json:"status"` // pass, warn or fail
	Headline string `json:"headline"`
	Cause    string `json:"cause,omitempty"` // code of a finding
	// Or are codes of other causes that fit the same failures as well; the finding
	// of the cause says which check decides.
	Or []string `json:"or,omitempty"`
	// Unexplained are ids of failed checks that no finding accounts for.
	Unexplained []string `json:"unexplained,omitempty"`
}

// Confidence is how sure a finding is of its cause. A cause that is not known has
// none.
type Confidence string

// The degrees of confidence.
const (
	Certain  Confidence = "certain"  // the server, the domain or this computer says so itself
	Likely   Confidence = "likely"   // it fits everything that was seen, and nothing else that is known does
	Possible Confidence = "possible" // it fits, and so does another cause: see Or
)

// Finding is a cause: what is wrong, why we say so, and who does what.
type Finding struct {
	Code        string         `json:"code"`
	Severity    Severity       `json:"severity"`
	Confidence  Confidence     `json:"confidence,omitempty"`
	Title       string         `json:"title"`
	Explanation string         `json:"explanation,omitempty"`
	Checks      []string       `json:"checks,omitempty"`   // ids whose outcome it rests on
	Explains    []string       `json:"explains,omitempty"` // ids that failed or were skipped because of it
	Evidence    map[string]any `json:"evidence,omitempty"`
	Or          []Rival        `json:"or,omitempty"` // what else fits the same failures
	Actions     []Action       `json:"actions,omitempty"`
	Source      string         `json:"source,omitempty"`
}

// Rival is a cause that fits the same failures, with the cheapest step that tells
// which of the two it is.
type Rival struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Decide Action `json:"decide"`
}

// Action is one step: who takes it, what it is, and the command where one exists.
type Action struct {
	Who     string `json:"who"` // "user", "helpdesk", "admin"
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

// Check is the outcome of one check.
type Check struct {
	ID             string         `json:"id"`
	Group          string         `json:"group"`
	Title          string         `json:"title"`
	Status         Status         `json:"status"`
	Summary        string         `json:"summary,omitempty"`
	After          []string       `json:"after,omitempty"`
	SkippedBecause string         `json:"skipped_because,omitempty"`
	Started        *Milliseconds  `json:"started_ms,omitempty"` // since the run started; absent when it did not start
	Duration       *Milliseconds  `json:"duration_ms,omitempty"`
	Evidence       map[string]any `json:"evidence,omitempty"`
	Signals        []Signal       `json:"signals,omitempty"`
	Findings       []string       `json:"findings,omitempty"` // codes of the findings that rest on this check
}

// Signal is one thing that a check observed, in words that causes match on.
type Signal struct {
	Code    string         `json:"code"`
	Subject string         `json:"subject,omitempty"` // host or URL
	Detail  map[string]any `json:"detail,omitempty"`
}
