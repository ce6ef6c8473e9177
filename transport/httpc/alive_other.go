//go:build !unix

package httpc

import "net"

func peek(net.Conn) rest { return unknown }
