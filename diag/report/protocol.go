package report

// Protocol says which protocol Outlook would use for the mailbox, and why.
type Protocol struct {
	Uses     string             `json:"uses"` // "MAPI/HTTP", "RPC/HTTP", "none", "unknown"
	Why      string             `json:"why"`  // one sentence
	Reasons  []ProtocolReason   `json:"reasons,omitempty"`
	Settings []ProtocolSettings `json:"settings,omitempty"` // those of the server that fit what was seen
	Commands []string           `json:"commands,omitempty"` // with which an administrator sees and changes them
}

// ProtocolReason is what one of the things that decide says.
type ProtocolReason struct {
	About string `json:"about"`
	Says  string `json:"says"`
}

// ProtocolSettings are MapiHttpEnabled of organisation and mailbox and the block
// of external connections.
type ProtocolSettings struct {
	Organization  bool   `json:"organization"`
	Mailbox       string `json:"mailbox"` // "$null", "$true", "$false"
	BlockExternal bool   `json:"block_external"`
}

// protocol is the sentence under the connection table, with what it rests on.
func (t *textWriter) protocol(r *Report) {
	p := r.Protocol
	if p == nil {
		return
	}
	t.title("Protocol")
	t.block("", "", p.Why, 2)
	if !t.view.Verbose {
		return
	}
	for _, reason := range p.Reasons {
		t.block("", grey, reason.About+": "+reason.Says, 4)
	}
	for _, c := range p.Commands {
		t.line("      %s", clean(c))
	}
}
