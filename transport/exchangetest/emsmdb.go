package exchangetest

import (
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// mailboxOperations are the request types of /mapi/emsmdb.
var mailboxOperations = []operation{
	{"Connect", false, (*call).connect},
	{"Execute", true, (*call).execute},
	{"Disconnect", true, (*call).disconnect},
	{"NotificationWait", true, (*call).notificationWait},
	{"PING", true, (*call).ping},
}

// connect opens a session context (MS-OXCMAPIHTTP 2.2.4.1, 3.2.5.6).
func (c *call) connect(*sessionContext) {
	q, err := emsmdb.DecodeConnectRequest(c.body)
	if err != nil {
		c.refuseProtocol(invalidBody)
		return
	}
	if !c.replaceOld("emsmdb") {
		return
	}
	code := c.mayConnect(q)
	if c.b.manner == Gromox && code != mapierr.OK {
		c.answer(nil, c.gromoxConnectRefused().Encode())
		return
	}
	life := lifeAfterConnect
	if c.b.manner == Gromox {
		life = lifeAfterExecute
	}
	x := c.s.contexts.open("emsmdb", c.user, life, newSession(c.s, c.user))
	c.s.contexts.on(x, c.conn.id)
	defer c.s.contexts.leave(x, ordinary)
	if code != mapierr.OK { // Exchange sets cookies all the same; they are good for nothing
		defer c.s.contexts.close(x)
		c.answer(x, c.connectRefused(code).Encode())
		return
	}
	c.answer(x, c.connected().Encode())
}

// replaceOld ends the context that old cookies name. gromox refuses cookies it
// does not know, Exchange ignores them.
func (c *call) replaceOld(endpoint string) bool {
	why := c.s.contexts.replace(c.r, c.b.manner, endpoint, c.user)
	if c.b.manner == Gromox && why != accepted && why != missingCookie {
		c.refuseProtocol(why)
		return false
	}
	return true
}

// mayConnect is the ErrorCode (MS-OXCRPC 3.1.4.1).
func (c *call) mayConnect(q *emsmdb.ConnectRequest) mapierr.Code {
	if code := c.b.connectError(c.user); code != mapierr.OK {
		return code
	}
	return c.mayOpen(q)
}

// mayOpen is what holds for every protocol.
func (c *call) mayOpen(q *emsmdb.ConnectRequest) mapierr.Code {
	switch u := c.s.userByDN(c.b.dn(q.UserDN)); {
	case q.Flags&emsmdb.ConnectAdmin != 0:
		return mapierr.LoginPerm
	case q.UserDN == "":
		return mapierr.AccessDenied
	case u == nil || c.b.unknownDN[u.Address]:
		return mapierr.UnknownUser
	case u != c.user:
		return mapierr.AccessDenied
	}
	return mapierr.OK
}

func (c *call) connected() *emsmdb.ConnectResponse {
	p := &emsmdb.ConnectResponse{
		PollsMax: time.Minute, RetryCount: 6, RetryDelay: 10 * time.Second, DisplayName: c.user.DisplayName,
		Aux: []emsmdb.Aux{
			&emsmdb.ExOrgInfo{Flags: emsmdb.OrgPublicFolders | emsmdb.OrgAutodiscoverPublicFolders},
			&emsmdb.ClientControl{EnableFlags: emsmdb.ControlCompression | emsmdb.ControlHTTPTunneling, Expiry: 7 * 24 * time.Hour},
			&emsmdb.EndpointCapabilities{Flags: emsmdb.EndpointSingle},
		},
	}
	if c.b.manner != Gromox {
		p.Aux = append(p.Aux, &emsmdb.ServerCapabilities{Flags: emsmdb.ServerPackedFastTransfer | emsmdb.ServerPackedWriteStream | emsmdb.ServerUltraLargeDownload},
			&emsmdb.ServerSessionInfo{Info: fmt.Sprintf("Server: %s; Version: %s; Mailbox: %s", c.s.names.server, c.b.version().short, c.user.Address)})
	}
	return p
}

// connectRefused carries, as Exchange does, the reason as text for logs.
func (c *call) connectRefused(code mapierr.Code) *emsmdb.ConnectResponse {
	return &emsmdb.ConnectResponse{ErrorCode: code, Aux: []emsmdb.Aux{&emsmdb.ServerSessionInfo{Info: fmt.Sprintf(
		"Server: %s; Version: %s; Client: %s; Error: %v; UTC: %s", c.s.names.server, c.b.version().short, c.user.Login, code, c.from.Format(time.RFC3339))}}}
}

// gromoxConnectRefused is a success body with nothing but one code for every
// reason, as captured.
func (c *call) gromoxConnectRefused() *emsmdb.ConnectResponse {
	return &emsmdb.ConnectResponse{ErrorCode: mapierr.RPCFailed, Aux: c.connected().Aux}
}

// disconnect ends the session context; the cookies are sent once more though they
// are good for nothing (MS-OXCMAPIHTTP 3.2.5.4).
func (c *call) disconnect(x *sessionContext) {
	if _, err := emsmdb.DecodeDisconnectRequest(c.body); err != nil {
		c.refuseProtocol(invalidBody)
		return
	}
	c.s.contexts.close(x)
	c.answer(x, (&emsmdb.DisconnectResponse{}).Encode())
}

// notificationWait keeps the request open until there is an event, the wait times
// out or the context ends (MS-OXCMAPIHTTP 2.2.4.4, 3.1.5.5).
func (c *call) notificationWait(x *sessionContext) {
	if _, err := emsmdb.DecodeNotificationWaitRequest(c.body); err != nil {
		c.refuseProtocol(invalidBody)
		return
	}
	c.begin(x, waits)
	if c.b.endlessWait {
		c.pendingForever()
		return
	}
	if p := c.await(x); p != nil {
		c.finish(p.Encode())
	}
}

// await is the waiting; nil when the client has gone.
func (c *call) await(x *sessionContext) *emsmdb.NotificationWaitResponse {
	pending := time.NewTicker(c.s.options.PendingPeriod)
	defer pending.Stop()
	limit := time.NewTimer(c.s.options.WaitLimit)
	defer limit.Stop()
	tag := "PENDING\r\n"
	if c.b.manner == Gromox {
		tag = "PENDING" // without an end: the next tag is glued to it
	}
	event := x.session.event
	switch {
	case c.b.hollow:
		return &emsmdb.NotificationWaitResponse{}
	case c.b.deaf:
		event = nil
	}
	for {
		select {
		case <-event:
			if x.session.pending() {
				x.session.signal() // the event is only announced, not taken
				return &emsmdb.NotificationWaitResponse{EventPending: emsmdb.NotificationPending}
			}
		case <-x.gone:
			return &emsmdb.NotificationWaitResponse{ErrorCode: mapierr.Exiting}
		case <-limit.C:
			return &emsmdb.NotificationWaitResponse{}
		case <-pending.C:
			if !c.send(tag) {
				return nil
			}
		case <-c.r.Context().Done():
			return nil
		}
	}
}

// rejectSecondWait answers a NotificationWait while another is open.
func (c *call) rejectSecondWait(x *sessionContext) {
	c.begin(x, waits)
	c.finish((&emsmdb.NotificationWaitResponse{ErrorCode: mapierr.Rejected}).Encode())
}
