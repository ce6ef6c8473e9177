// Package rpchttp is Outlook Anywhere as a client sees it: RPC over HTTP version 2
// (MS-RPCH). Two HTTP requests on two connections, one that is never finished and
// one that is never answered to its end, make a two-way stream of PDUs; package
// dcerpc makes calls over it.
//
// Connections and sign-in are httpc's: policy, budget, channel bindings and trace
// hold here as for any other request. Both sides of every PDU are here, one family
// a file.
package rpchttp
