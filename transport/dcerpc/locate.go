package dcerpc

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// mapperPort is where endpoint mappers listen (C706, appendix H).
const mapperPort = "135"

// mapperLimit bounds the whole question: the answer of a mapper that is there
// takes two round trips, and most firewalls let nothing through.
const mapperLimit = 3 * time.Second

// Locate asks the endpoint mapper of a host where an interface is reached over
// TCP. No credential is ever sent. Errors: *netpath.Error, *BindError,
// *FaultError, *wire.Error; that the mapper knows no place is an answer.
func Locate(ctx context.Context, p *netpath.Path, host string, of Syntax) (*MapResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, mapperLimit)
	defer cancel()
	conn, err := p.DialTCP(ctx, host, mapperPort)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c := NewClient(conn)
	refused, err := c.Bind(EPM)
	switch {
	case err != nil:
		return nil, located(conn, err)
	case refused[0] != nil:
		return nil, refused[0]
	}
	answer, err := c.Map(of)
	if err != nil {
		return nil, located(conn, err)
	}
	return answer, nil
}

// located says at which host a failure of the network happened.
func located(conn *netpath.Conn, err error) error {
	if netpath.Classify(err) == netpath.KindOther {
		return err
	}
	return netpath.NewError(netpath.PhaseFirstByte, conn.Host, conn.Addr.String(), err)
}
