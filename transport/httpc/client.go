// Package httpc is an HTTP/1.1 client on hand-held connections: it owns which
// request travels on which connection, because NTLM signs in a connection, not a
// request, and a NotificationWait holds one for minutes.
package httpc

import (
	"context"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Client sends requests for one identity. Set the fields before the first use;
// then it is safe for concurrent use. The zero value is anonymous and direct.
type Client struct {
	Path       *netpath.Path    // nil = the system's way
	Mechanisms []auth.Mechanism // in order of preference; nil = anonymous
	Policy     *auth.Policy     // hosts that may get the credential; nil = none
	Budget     *auth.Budget     // attempts left; nil = one of its own
	UserAgent  string           // "" sends no User-Agent
	Trace      *Trace
}

// Do sends one request and reads the headers of its answer. It follows no
// redirect and decodes no content coding. An answer with any status is an
// answer; 401 is one too when the client or the request is anonymous, else it is
// signed in and the request sent again, or the *AuthError says why not.
//
// Errors are *netpath.Error with the phase. See NotSent and AnswerLost for what
// the server may have seen. The caller closes Response.Body.
func (c *Client) Do(ctx context.Context, req *Request) (*Response, error) { return nil, nil }

// Close drops the idle connections; those in use are closed when they come back.
func (c *Client) Close() {}

// DropIdle forgets the idle connections and nothing else: after a network
// change they lead nowhere.
func (c *Client) DropIdle() {}
