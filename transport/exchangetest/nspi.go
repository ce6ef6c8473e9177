package exchangetest

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

// Properties that only the address book uses.
const (
	tagContainerID    props.Tag = 0xFFFD0003
	tagIsMaster       props.Tag = 0xFFFB000B
	tagContainerFlags props.Tag = 0x36000003
	tagDepth          props.Tag = 0x30050003
	tagTelephone      props.Tag = 0x3A08001F
	tagDepartment     props.Tag = 0x3A18001F
	tagANR            props.Tag = 0x360C001F
)

// wideCodePage is CP_WINUNICODE, which no 8-bit answer can be in.
const wideCodePage = 0x4B0

// bookOperation makes an operation of a request type: decode, run, encode.
func bookOperation[Q any](name string, inside bool, decode func([]byte) (Q, error), run func(*call, *sessionContext, Q) nspi.Response) operation {
	return operation{name, inside, func(c *call, x *sessionContext) {
		q, err := decode(c.body)
		if err != nil {
			c.refuseProtocol(invalidBody)
			return
		}
		p := run(c, x, q)
		if p == nil {
			return // answered already
		}
		body, err := p.Encode()
		if err != nil {
			c.refuseProtocol(unknownFailure)
			return
		}
		c.answer(x, body)
	}}
}

// bookOperations are the request types of /mapi/nspi.
func bookOperations() []operation {
	return []operation{
		bookOperation("Bind", false, nspi.DecodeBindRequest, (*call).bind),
		bookOperation("Unbind", true, nspi.DecodeUnbindRequest, (*call).unbind),
		bookOperation("CompareMIds", true, nspi.DecodeCompareMIdsRequest, (*call).compareMIDs),
		bookOperation("DNToMId", true, nspi.DecodeDNToMIdRequest, (*call).dnToMID),
		bookOperation("GetMatches", true, nspi.DecodeGetMatchesRequest, (*call).getMatches),
		bookOperation("GetPropList", true, nspi.DecodeGetPropListRequest, (*call).getPropList),
		bookOperation("GetProps", true, nspi.DecodeGetPropsRequest, (*call).getProps),
		bookOperation("GetSpecialTable", true, nspi.DecodeGetSpecialTableRequest, (*call).getSpecialTable),
		bookOperation("QueryColumns", true, nspi.DecodeQueryColumnsRequest, (*call).queryColumns),
		bookOperation("QueryRows", true, nspi.DecodeQueryRowsRequest, (*call).queryBookRows),
		bookOperation("ResolveNames", true, nspi.DecodeResolveNamesRequest, (*call).resolveNames),
		bookOperation("SeekEntries", true, nspi.DecodeSeekEntriesRequest, (*call).seekEntries),
		bookOperation("UpdateStat", true, nspi.DecodeUpdateStatRequest, (*call).updateStat),
		bookOperation("GetMailboxUrl", true, nspi.DecodeGetMailboxURLRequest, (*call).getMailboxURL),
		bookOperation("GetAddressBookUrl", true, nspi.DecodeGetAddressBookURLRequest, (*call).getAddressBookURL),
		{"PING", true, (*call).ping},
	}
}

func failed(code mapierr.Code) nspi.Result { return nspi.Result{ErrorCode: code} }

// bind opens a session context; the context is made here, so it answers itself.
func (c *call) bind(_ *sessionContext, q *nspi.BindRequest) nspi.Response {
	if !c.replaceOld("nspi") {
		return nil
	}
	p := &nspi.BindResponse{ServerGUID: c.s.book.guid}
	switch {
	case q.Flags&nspi.BindAnonymous != 0:
		p.Result = failed(mapierr.LoginFailure)
	case q.Stat == nil:
		p.Result = failed(mapierr.InvalidParameter)
	case q.Stat.CodePage == wideCodePage:
		p.Result = failed(mapierr.InvalidCodePage)
	}
	body, err := p.Encode()
	if err != nil {
		c.refuseProtocol(unknownFailure)
		return nil
	}
	x := c.s.contexts.open("nspi", c.user, lifeAfterExecute, nil)
	c.s.contexts.on(x, c.conn.id)
	defer c.s.contexts.leave(x, ordinary)
	if p.ErrorCode != mapierr.OK {
		defer c.s.contexts.close(x)
	}
	c.answer(x, body)
	return nil
}

func (c *call) unbind(x *sessionContext, _ *nspi.UnbindRequest) nspi.Response {
	c.s.contexts.close(x)
	return &nspi.UnbindResponse{Result: failed(nspi.UnbindSuccess)}
}

// badStat is the ErrorCode that a place deserves, OK for a good one.
func badStat(stat *nspi.Stat) mapierr.Code {
	switch {
	case stat == nil:
		return mapierr.InvalidParameter
	case stat.CodePage == wideCodePage:
		return mapierr.InvalidCodePage
	case stat.ContainerID != 0:
		return mapierr.InvalidBookmark
	}
	return mapierr.OK
}

func columnsOr(columns []props.Tag) []props.Tag {
	if columns == nil {
		return defaultColumns
	}
	return columns
}
