package report

// Connection is one row of the connection status table, as Outlook's dialog has it.
type Connection struct {
	CID           int           `json:"cid"`
	Service       string        `json:"service"`  // "mailbox", "directory"
	Protocol      string        `json:"protocol"` // "HTTP", "RPC/HTTP", "RPC/TCP"
	URL           string        `json:"url,omitempty"`
	Server        string        `json:"server,omitempty"`
	Status        ConnStatus    `json:"status"`
	Authn         string        `json:"authn,omitempty"`
	Encrypt       string        `json:"encrypt,omitempty"` // TLS version
	Requests      int           `json:"requests"`
	Failures      int           `json:"failures"`
	AvgResponse   *Milliseconds `json:"avg_response_ms,omitempty"`
	AvgProcessing *Milliseconds `json:"avg_processing_ms,omitempty"` // as the server says
	Notification  string        `json:"notification"`                // "async", "poll", "none"
	ServerVersion string        `json:"server_version,omitempty"`
	ServerProduct string        `json:"server_product,omitempty"`
	Interface     string        `json:"interface,omitempty"`
	ContextAge    *Milliseconds `json:"context_age_ms,omitempty"`
	LastError     string        `json:"last_error,omitempty"`

	ProxyServer string `json:"proxy_server,omitempty"` // of RPC over HTTP: the host of the proxy
	RPCPort     int    `json:"rpc_port,omitempty"`
	RPCAuthn    string `json:"rpc_authn,omitempty"`   // inside the HTTP layer; Outlook shows it in brackets
	RPCEncrypt  string `json:"rpc_encrypt,omitempty"` // the same: "No", or how
}

// ConnStatus is the state of a connection.
type ConnStatus string

// The states of a connection.
const (
	Established ConnStatus = "established" // a session exists and answered
	Refused     ConnStatus = "refused"     // the server answered and said no
	Unreachable ConnStatus = "unreachable" // no answer on the way there
	NotOffered  ConnStatus = "not-offered" // Autodiscover names no URL for it
	ConnSkipped ConnStatus = "skipped"     // not tried, with the reason in last_error
)

// Certificate is what one address of one host presented.
type Certificate struct {
	Host         string      `json:"host"`
	Address      string      `json:"address,omitempty"`
	Chain        []ChainCert `json:"chain"`
	TLSVersion   string      `json:"tls_version,omitempty"`
	Cipher       string      `json:"cipher,omitempty"`
	NamesWanted  []string    `json:"names_wanted,omitempty"`
	NamesMissing []string    `json:"names_missing,omitempty"`
	Trusted      *bool       `json:"trusted,omitempty"`
	Revocation   string      `json:"revocation,omitempty"`
	Problems     []string    `json:"problems,omitempty"` // kinds: "expired", "name-mismatch", …

	DaysLeft    *int         `json:"days_left,omitempty"` // until the first of the chain ends
	Offers      []TLSOffer   `json:"tls_offers,omitempty"`
	ClientCert  bool         `json:"client_certificate,omitempty"` // the server asks for one
	WithoutSNI  string       `json:"without_sni,omitempty"`        // "same", "other", "refused"
	Revocations []Revocation `json:"revocations,omitempty"`
	Details     []CertDetail `json:"details,omitempty"`
}

// TLSOffer is whether a server speaks one version of TLS.
type TLSOffer struct {
	Version  string   `json:"version"`
	Accepted *bool    `json:"accepted,omitempty"` // absent: the try told nothing
	Cipher   string   `json:"cipher,omitempty"`
	Ciphers  []string `json:"ciphers,omitempty"` // all, when they were tried one by one
}

// Revocation is what one source says of one certificate.
type Revocation struct {
	Subject string        `json:"subject"`
	Source  string        `json:"source"` // "stapled", "ocsp", "crl"
	URL     string        `json:"url,omitempty"`
	Status  string        `json:"status"` // "good", "revoked", "unknown", "unreachable", "unsupported"
	Took    *Milliseconds `json:"took_ms,omitempty"`
	Error   string        `json:"error,omitempty"`
}

// CertDetail is one thing that is wrong with a certificate, or will be.
type CertDetail struct {
	Kind     string `json:"kind"`
	Severity string `json:"severity"` // "info", "warn", "fail"
	Subject  string `json:"subject,omitempty"`
	Text     string `json:"text"`
}

// ChainCert is one certificate of a chain, leaf first.
type ChainCert struct {
	Subject   string   `json:"subject"`
	Issuer    string   `json:"issuer"`
	SANs      []string `json:"sans,omitempty"`
	NotBefore Time     `json:"not_before"`
	NotAfter  Time     `json:"not_after"`
	Key       string   `json:"key,omitempty"` // "RSA 2048", "ECDSA P-256"
	Signature string   `json:"signature,omitempty"`
	SHA256    string   `json:"sha256"`
}

// Outage is a time without a working session.
type Outage struct {
	Cause    string        `json:"cause"` // "network-change", "sleep", "user", "server"
	Started  Time          `json:"started"`
	Ended    *Time         `json:"ended,omitempty"`
	Duration *Milliseconds `json:"duration_ms,omitempty"`
	Outcome  string        `json:"outcome,omitempty"` // "resumed", "reestablished", "lost"
	Phase    string        `json:"phase,omitempty"`
	Resume   *Milliseconds `json:"resume_ms,omitempty"`
}

// Exchange is one HTTP request on the wire and its answer, with the ids that
// the server's own logs carry.
type Exchange struct {
	Seq             int           `json:"seq"`
	Started         Milliseconds  `json:"started_ms"` // since the run started
	Check           string        `json:"check,omitempty"`
	Method          string        `json:"method"`
	URL             string        `json:"url"`
	Local           string        `json:"local,omitempty"`
	Remote          string        `json:"remote,omitempty"`
	Proto           string        `json:"proto,omitempty"`
	TLS             string        `json:"tls,omitempty"`
	Status          int           `json:"status,omitempty"`
	RequestType     string        `json:"request_type,omitempty"`
	RequestID       string        `json:"request_id,omitempty"`
	ClientInfo      string        `json:"client_info,omitempty"`
	ClientRequestID string        `json:"client_request_id,omitempty"`
	ServerRequestID string        `json:"server_request_id,omitempty"`
	ResponseCode    *int64        `json:"response_code,omitempty"`
	ErrorCode       *int64        `json:"error_code,omitempty"`
	DNS             *Milliseconds `json:"dns_ms,omitempty"`
	Connect         *Milliseconds `json:"connect_ms,omitempty"`
	TLSTime         *Milliseconds `json:"tls_ms,omitempty"`
	FirstByte       *Milliseconds `json:"first_byte_ms,omitempty"`
	Total           *Milliseconds `json:"total_ms,omitempty"`
	BytesOut        int64         `json:"bytes_out"`
	BytesIn         int64         `json:"bytes_in"`
	Authn           string        `json:"authn,omitempty"`
	FEServer        string        `json:"fe_server,omitempty"`
	BEServer        string        `json:"be_server,omitempty"`
	Error           string        `json:"error,omitempty"`
}
