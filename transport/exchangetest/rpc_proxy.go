package exchangetest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// rpcMood is what becomes of a request to the RPC proxy.
type rpcMood int

const (
	rpcServes      rpcMood = iota
	rpcAbsent              // 404: Outlook Anywhere is not installed
	rpcRefuses             // 401 whatever the credential
	rpcForbids             // 403
	rpcUnreachable         // 503 RPC Error: 6ba, except for an echo
	rpcUnknown             // 404 for the server asked for, except for an echo
	rpcCut                 // the connection ends when the headers of a channel have come
	rpcSilent              // a channel is taken and never answered
	rpcDisallowed          // everything works until EcDoConnectEx
)

const (
	rpcPath = "/rpc/rpcproxy.dll"
	// maxEcho is the longest body of an echo request (MS-RPCH 2.1.2.1.5).
	maxEcho = 0x10
	// channelLength is the Content-Length of an OUT channel, as captured.
	channelLength = 1 << 30
	// channelTimeout is what the proxy says of idle channels, as captured.
	channelTimeout = 3 * time.Minute
	rpcWindow      = 64 << 10
)

// rpcProxy answers everything at /rpc/rpcproxy.dll (MS-RPCH 2.1.2.1, 3.2.3, 3.2.4).
func (c *call) rpcProxy() {
	switch c.b.rpc {
	case rpcAbsent:
		c.rpcNotFound()
	case rpcRefuses:
		c.signedIn(func() { c.refuse(c.b.schemesOf("rpc")) })
	default:
		c.signedIn(c.rpcChannel)
	}
}

func (c *call) rpcNotFound() {
	if c.b.manner == Gromox {
		c.gromoxNotFound()
		return
	}
	c.text(http.StatusNotFound, "text/html", "<h1>404 - File or directory not found.</h1>")
}

// rpcChannel tells the kinds of requests apart by method and length.
func (c *call) rpcChannel() {
	in, out := c.r.Method == rpchttp.In.Method(), c.r.Method == rpchttp.Out.Method()
	echo := c.r.ContentLength <= maxEcho
	switch {
	case !in && !out:
		c.text(http.StatusOK, "text/html", "") // the blank page that a browser shows
	case c.b.rpc == rpcForbids:
		c.empty(http.StatusForbidden)
	case echo && c.b.manner == Gromox && c.r.ContentLength == 0:
		c.hold() // captured: never answered
	case echo:
		c.text(http.StatusOK, "application/rpc", string(rpchttp.EchoPDU()))
	case c.b.rpc == rpcUnknown || !c.knowsRPCServer():
		c.rpcNotFound()
	case c.b.rpc == rpcUnreachable || !c.allowsPort():
		c.hijacked(func(conn net.Conn, _ io.Reader) { c.rpcRefusal(conn, dcerpc.ServerUnavailable) })
	case c.b.rpc == rpcCut:
		c.hijacked(func(conn net.Conn, _ io.Reader) {})
	case c.b.rpc == rpcSilent:
		c.hijacked(func(conn net.Conn, r io.Reader) { io.Copy(io.Discard, r) })
	case in:
		c.hijacked(c.inChannel)
	default:
		c.hijacked(c.outChannel)
	}
}

// rpcTarget is what stands behind the question mark: server and port.
func (c *call) rpcTarget() (server, port string) {
	server, port, _ = strings.Cut(c.r.URL.RawQuery, ":")
	return server, port
}

// knowsRPCServer takes the pseudo server of a mailbox and the names of the real one.
func (c *call) knowsRPCServer() bool {
	server, _ := c.rpcTarget()
	known := []string{c.s.names.server, c.s.names.machine, c.s.names.mail, "localhost"}
	for _, u := range c.s.users {
		known = append(known, c.s.mailboxID(u))
	}
	return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, server) })
}

// allowsPort takes the ports of Exchange alone: the endpoint mapper is not
// reached through the proxy.
func (c *call) allowsPort() bool {
	_, port := c.rpcTarget()
	n, _ := strconv.Atoi(port)
	return n == rpchttp.PortMailbox || n == rpchttp.PortReferral || n == rpchttp.PortDirectory
}

// hijacked takes the connection over: channels have reason phrases and lengths
// that net/http does not send. The connection ends with f.
func (c *call) hijacked(f func(conn net.Conn, r io.Reader)) {
	c.s.wg.Add(1) // from here on net/http does not count it any more
	defer c.s.wg.Done()
	conn, rw, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	stop := make(chan struct{})
	defer close(stop)
	c.s.wg.Go(func() {
		select {
		case <-c.s.ctx.Done():
			conn.Close()
		case <-stop:
		}
	})
	f(conn, rw.Reader)
}

// status notes what went out past net/http.
func (c *call) status(code int) { c.s.seen.update(func() { c.rec.Status = code }) }

// rpcRefusal is the proxy's way to say that it cannot reach the RPC server
// (MS-RPCH 2.1.2.1.3).
func (c *call) rpcRefusal(w io.Writer, code dcerpc.Status) {
	c.status(http.StatusServiceUnavailable)
	fmt.Fprintf(w, "HTTP/1.0 503 RPC Error: %x\r\nServer: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", uint32(code), c.server())
}

func (c *call) server() string {
	if c.b.manner == Gromox {
		return "gromox"
	}
	return "Microsoft-IIS/10.0"
}

// outChannel answers an OUT channel: headers and CONN/A3 at once, CONN/C2 when
// the IN channel is there, then whatever the server says.
func (c *call) outChannel(conn net.Conn, r io.Reader) {
	a1, err := rpchttp.DecodeConnA1(c.body)
	if err != nil {
		c.rpcRefusal(conn, dcerpc.ProtocolError)
		return
	}
	c.status(http.StatusOK)
	w := c.outHeaders(conn)
	w.Write((&rpchttp.ConnA3{Timeout: channelTimeout}).Encode())
	v := c.s.tunnels.join(a1.Connection)
	defer v.end()
	v.offerOut(w, c.user)
	c.s.wg.Go(func() { // the end of the IN channel ends this one
		<-v.over
		conn.Close()
	})
	io.Copy(io.Discard, r) // the client sends nothing here but its end
}

// outHeaders sends the headers as captured from gromox; Exchange adds its own,
// and with rpcChunked the length is left open.
func (c *call) outHeaders(conn net.Conn) io.Writer {
	fmt.Fprintf(conn, "HTTP/1.1 200 Success\r\nDate: %s\r\nCache-Control: private\r\nContent-Type: application/rpc\r\nPersistent-Auth: true\r\n", c.from.Format(http.TimeFormat))
	if c.b.manner != Gromox {
		fmt.Fprintf(conn, "Server: %s\r\nrequest-id: %s\r\nX-FEServer: %s\r\n", c.server(), c.id, c.s.names.machine)
	}
	if c.b.rpcChunked {
		io.WriteString(conn, "Transfer-Encoding: chunked\r\n\r\n")
		return httputil.NewChunkedWriter(conn)
	}
	fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n", channelLength)
	return conn
}

// inChannel reads an IN channel and gives it to the RPC server when the OUT
// channel is there. It is never answered.
func (c *call) inChannel(conn net.Conn, r io.Reader) {
	pdu, err := dcerpc.ReadPDU(r)
	if err != nil {
		return
	}
	b1, err := rpchttp.DecodeConnB1(pdu)
	if err != nil {
		c.rpcRefusal(conn, dcerpc.ProtocolError)
		return
	}
	v := c.s.tunnels.join(b1.Connection)
	defer v.end()
	c.s.wg.Go(func() {
		<-v.over
		conn.Close()
	})
	select {
	case <-v.outReady:
	case <-v.over:
		return
	}
	if v.user != c.user {
		return // the channels belong to two identities
	}
	v.out.Write((&rpchttp.ConnC2{Window: rpcWindow, Timeout: channelTimeout}).Encode())
	_, port := c.rpcTarget()
	c.rpcServer(port).Serve(&rpcStream{in: r, out: v.out})
}
