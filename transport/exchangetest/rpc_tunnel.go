package exchangetest

import (
	"io"
	"sync"

	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// tunnelStore joins the two channels of a virtual connection by its cookie.
type tunnelStore struct {
	mu   sync.Mutex
	open map[wire.GUID]*virtual
}

// virtual is a virtual connection (MS-RPCH 3.2.3.1). It lives until one of its
// channels ends.
type virtual struct {
	store  *tunnelStore
	cookie wire.GUID

	outReady chan struct{} // closed when out and user are set
	out      io.Writer
	user     *User // who signed in on the OUT channel

	over  chan struct{}
	once  sync.Once
	ready sync.Once
}

func (s *tunnelStore) join(cookie wire.GUID) *virtual {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.open[cookie]
	if v == nil {
		v = &virtual{store: s, cookie: cookie, outReady: make(chan struct{}), over: make(chan struct{})}
		if s.open == nil {
			s.open = map[wire.GUID]*virtual{}
		}
		s.open[cookie] = v
	}
	return v
}

func (v *virtual) offerOut(w io.Writer, u *User) {
	v.ready.Do(func() {
		v.out, v.user = w, u
		close(v.outReady)
	})
}

func (v *virtual) end() {
	v.once.Do(func() {
		close(v.over)
		v.store.mu.Lock()
		defer v.store.mu.Unlock()
		delete(v.store.open, v.cookie)
	})
}

// rpcStream is what the RPC server reads and writes: PDUs of the client without
// those that are for the proxies.
type rpcStream struct {
	in   io.Reader
	out  io.Writer
	rest []byte
}

func (s *rpcStream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		pdu, err := dcerpc.ReadPDU(s.in)
		if err != nil {
			return 0, err
		}
		if kind, _ := dcerpc.FragmentOf(pdu); kind != dcerpc.TypeRTS {
			s.rest = pdu
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *rpcStream) Write(p []byte) (int, error) { return s.out.Write(p) }
