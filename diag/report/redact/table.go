package redact

// Class is what a field of the report holds, as far as it matters for redaction.
type Class int

// The classes. The zero Class is not valid: a field that is not in the table is
// treated as Text, and a test fails.
const (
	_       Class = iota
	Keep          // numbers, fixed words and versions: says nothing about who or where
	Text          // words for people, which may name anything
	Address       // e-mail address
	User          // sign-in name, in any form
	Person        // name of a person or an organisation
	Host          // host name or host:port
	IP            // address, address:port or prefix
	URL           // URL
	ID            // GUID or an id that holds one
)

// table places every field of the report: the path of JSON names, "[]" for the
// elements of a list and "{}" for the values of a map. Keys of maps are kept.
var table = map[string]Class{
	"schema": Keep, "tool.name": Keep, "tool.version": Keep, "tool.commit": Keep, "tool.os": Keep, "tool.arch": Keep,

	"run.id": ID, "run.started": Keep, "run.duration_ms": Keep, "run.trigger": Keep, "run.timed_out": Keep,
	"run.redaction": Keep, "run.incomplete": Text,

	"machine.hostname": Host, "machine.os": Keep, "machine.clock_offset_ms": Keep,
	"machine.interfaces[].name": Keep, "machine.interfaces[].addresses[]": IP, "machine.interfaces[].mtu": Keep,
	"machine.proxy.mode": Keep, "machine.proxy.url": URL, "machine.proxy.pac": URL, "machine.dns[]": IP,
	"machine.outlook[].version": Keep, "machine.outlook[].build": Keep,
	"machine.outlook[].mapi_http_capable": Keep, "machine.outlook[].registry{}": Text,

	"account.address": Address, "account.user": User, "account.auth": Keep,
	"verdict.status": Keep, "verdict.headline": Text, "verdict.cause": Keep,
	"verdict.or[]": Keep, "verdict.unexplained[]": Keep,

	"connections[].cid": Keep, "connections[].service": Keep, "connections[].protocol": Keep, "connections[].url": URL,
	"connections[].server": Host, "connections[].status": Keep, "connections[].authn": Keep, "connections[].encrypt": Keep,
	"connections[].requests": Keep, "connections[].failures": Keep, "connections[].avg_response_ms": Keep,
	"connections[].avg_processing_ms": Keep, "connections[].notification": Keep, "connections[].server_version": Keep,
	"connections[].server_product": Keep, "connections[].interface": Keep, "connections[].context_age_ms": Keep,
	"connections[].last_error": Text, "connections[].proxy_server": Host, "connections[].rpc_port": Keep,
	"connections[].rpc_authn": Keep, "connections[].rpc_encrypt": Keep,

	"protocol.uses": Keep, "protocol.why": Text, "protocol.reasons[].about": Keep, "protocol.reasons[].says": Text,
	"protocol.settings[].organization": Keep, "protocol.settings[].mailbox": Keep, "protocol.settings[].block_external": Keep,
	"protocol.commands[]": Text,

	"checks[].id": Keep, "checks[].group": Keep, "checks[].title": Keep, "checks[].status": Keep, "checks[].summary": Text,
	"checks[].after[]": Keep, "checks[].skipped_because": Text, "checks[].started_ms": Keep, "checks[].duration_ms": Keep,
	"checks[].evidence{}": Text, "checks[].signals[].code": Keep, "checks[].signals[].subject": Text,
	"checks[].signals[].detail{}": Text, "checks[].findings[]": Keep,

	"findings[].code": Keep, "findings[].severity": Keep, "findings[].confidence": Keep,
	"findings[].or[].code": Keep, "findings[].or[].title": Text, "findings[].or[].decide.who": Keep,
	"findings[].or[].decide.text": Text, "findings[].or[].decide.command": Text,
	"findings[].title": Text, "findings[].explanation": Text,
	"findings[].checks[]": Keep, "findings[].explains[]": Keep, "findings[].evidence{}": Text,
	"findings[].actions[].who": Keep, "findings[].actions[].text": Text, "findings[].actions[].command": Text,
	"findings[].source": Keep,

	"web_check.url": URL, "web_check.status": Keep, "web_check.kind": Keep, "web_check.product": Keep,
	"web_check.header_version": Keep, "web_check.version_agrees": Keep, "web_check.debug{}": Text,
	"web_check.page.version": Keep, "web_check.page.vdir": Keep,
	"web_check.page.user": User, "web_check.page.upn": Address, "web_check.page.sid": Text,
	"web_check.page.organization": Person, "web_check.page.authentication": Keep, "web_check.page.server": Host,
	"web_check.page.other{}": Text, "web_check.healthcheck.status": Keep, "web_check.healthcheck.server": Host,
	"web_check.address_book.url": URL, "web_check.address_book.status": Keep, "web_check.address_book.kind": Keep,
	"web_check.address_book.product": Keep, "web_check.address_book.header_version": Keep,
	"web_check.address_book.version_agrees": Keep, "web_check.address_book.debug{}": Text,
	"web_check.address_book.page.version": Keep, "web_check.address_book.page.vdir": Keep,
	"web_check.address_book.page.user": User, "web_check.address_book.page.upn": Address, "web_check.address_book.page.sid": Text,
	"web_check.address_book.page.organization": Person, "web_check.address_book.page.authentication": Keep,
	"web_check.address_book.page.server": Host, "web_check.address_book.page.other{}": Text,
	"web_check.healthchecks[].vdir": Keep, "web_check.healthchecks[].address": IP, "web_check.healthchecks[].status": Keep,
	"web_check.healthchecks[].healthy": Keep, "web_check.healthchecks[].server": Host, "web_check.healthchecks[].took_ms": Keep,
	"web_check.healthchecks[].error": Text,

	"certificates[].host": Host, "certificates[].address": IP, "certificates[].chain[].subject": Text,
	"certificates[].chain[].issuer": Text, "certificates[].chain[].sans[]": Host, "certificates[].chain[].not_before": Keep,
	"certificates[].chain[].not_after": Keep, "certificates[].chain[].key": Keep, "certificates[].chain[].signature": Keep,
	"certificates[].chain[].sha256": ID, "certificates[].tls_version": Keep, "certificates[].cipher": Keep,
	"certificates[].names_wanted[]": Host, "certificates[].names_missing[]": Host, "certificates[].trusted": Keep,
	"certificates[].revocation": Text, "certificates[].problems[]": Keep,
	"certificates[].days_left": Keep, "certificates[].tls_offers[].version": Keep, "certificates[].tls_offers[].accepted": Keep,
	"certificates[].tls_offers[].cipher": Keep, "certificates[].tls_offers[].ciphers[]": Keep, "certificates[].client_certificate": Keep,
	"certificates[].without_sni": Keep, "certificates[].revocations[].subject": Text, "certificates[].revocations[].source": Keep,
	"certificates[].revocations[].url": URL, "certificates[].revocations[].status": Keep, "certificates[].revocations[].took_ms": Keep,
	"certificates[].revocations[].error": Text, "certificates[].details[].kind": Keep, "certificates[].details[].severity": Keep,
	"certificates[].details[].subject": Text, "certificates[].details[].text": Text,

	"outages[].cause": Keep, "outages[].started": Keep, "outages[].ended": Keep, "outages[].duration_ms": Keep,
	"outages[].outcome": Keep, "outages[].phase": Keep, "outages[].resume_ms": Keep,

	"exchanges[].seq": Keep, "exchanges[].started_ms": Keep, "exchanges[].check": Keep, "exchanges[].method": Keep,
	"exchanges[].url": URL, "exchanges[].local": IP, "exchanges[].remote": IP, "exchanges[].proto": Keep, "exchanges[].tls": Keep,
	"exchanges[].status": Keep, "exchanges[].request_type": Keep, "exchanges[].request_id": ID, "exchanges[].client_info": ID,
	"exchanges[].client_request_id": ID, "exchanges[].server_request_id": ID, "exchanges[].response_code": Keep,
	"exchanges[].error_code": Keep, "exchanges[].dns_ms": Keep, "exchanges[].connect_ms": Keep, "exchanges[].tls_ms": Keep,
	"exchanges[].first_byte_ms": Keep, "exchanges[].total_ms": Keep, "exchanges[].bytes_out": Keep, "exchanges[].bytes_in": Keep,
	"exchanges[].authn": Keep, "exchanges[].fe_server": Host, "exchanges[].be_server": Host, "exchanges[].error": Text,
}
