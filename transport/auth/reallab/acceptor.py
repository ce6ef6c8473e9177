#!/usr/bin/python3
"""HTTPS reverse proxy whose sign-in is that of MIT krb5 and gss-ntlmssp, with
channel bindings as Exchange has them: required below /mapi and /rpc, not looked
at elsewhere. What passes goes to the backend with the password in BACKEND_AUTH.

usage: acceptor.py PORT CERT KEY BINDING_HEX BACKEND_PORT     (prints "ready")"""
import base64, http.client, os, socketserver, ssl, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import gssapi, gssapi.raw

port, cert, key, binding, backend = sys.argv[1:6]
BINDINGS = gssapi.raw.ChannelBindings(application_data=bytes.fromhex(binding))
NTLM = gssapi.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10')
CHANNEL_BOUND = 0x800  # GSS_C_CHANNEL_BOUND_FLAG: MIT lets a token without bindings pass
OFFER = [('WWW-Authenticate', 'Negotiate'), ('WWW-Authenticate', 'NTLM')]
INSECURE = ssl._create_unverified_context()
HOP = ('connection', 'transfer-encoding', 'content-length', 'www-authenticate', 'authorization', 'host')


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    ctx, signed_in = None, None

    def refuse(self, extra=()):
        self.send_response(401)
        for k, v in list(extra) or OFFER:
            self.send_header(k, v)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        strict = self.path.lower().startswith(('/mapi', '/rpc'))
        scheme, _, token = (self.headers.get('Authorization') or '').partition(' ')
        if scheme in ('Negotiate', 'NTLM'):
            reply = self.sign_in(scheme, base64.b64decode(token), strict)
            if reply is None:
                return
        elif not self.signed_in or strict and self.signed_in != 'bound':
            return self.refuse()
        else:
            reply = []
        self.forward(body, reply)

    def sign_in(self, scheme, token, strict):
        try:
            if self.ctx is None or self.ctx.complete:
                mechs = [NTLM] if scheme == 'NTLM' or token[:7] == b'NTLMSSP' else None
                cred = gssapi.Credentials(usage='accept', mechs=mechs)
                self.ctx = gssapi.SecurityContext(usage='accept', creds=cred, channel_bindings=BINDINGS if strict else None)
            out = self.ctx.step(token)
            complete = self.ctx.complete  # raises what step kept back to give its token
        except gssapi.exceptions.GSSError:
            self.ctx = None
            return self.refuse()
        reply = [('WWW-Authenticate', scheme + ' ' + base64.b64encode(out).decode())] if out else []
        if not complete:
            return self.refuse(reply)
        ctx, self.ctx = self.ctx, None
        if strict and not int(ctx.actual_flags) & CHANNEL_BOUND:
            return self.refuse()
        if 'NTLM' in (scheme, str(ctx.mech)) or ctx.mech == NTLM:
            self.signed_in = 'bound' if strict else 'unbound'  # NTLM signs in the connection
        return reply

    def forward(self, body, extra):
        up = http.client.HTTPSConnection('127.0.0.1', int(backend), context=INSECURE)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        headers.update({'Authorization': os.environ['BACKEND_AUTH'], 'Host': self.headers['Host'], 'Content-Length': str(len(body))})
        up.request(self.command, self.path, body, headers)
        down = up.getresponse()
        self.send_response(down.status)
        for k, v in list(down.getheaders()) + list(extra):
            if k.lower() not in HOP or (k, v) in extra:
                self.send_header(k, v)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        while chunk := down.read1(65536):
            self.wfile.write(b'%x\r\n%s\r\n' % (len(chunk), chunk))
        self.wfile.write(b'0\r\n\r\n')
        up.close()

    do_GET = do_POST = handle_any

    def log_message(self, *a):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def get_request(self):
        s, a = super().get_request()
        s.settimeout(60)
        return s, a


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(cert, key)
server = Server(('127.0.0.1', int(port)), Handler)
server.socket = tls.wrap_socket(server.socket, server_side=True)
print('ready', flush=True)
server.serve_forever()
