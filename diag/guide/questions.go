package guide

import "slices"

// question is a question that tells things apart, for the causes that it helps
// with. Adding one is a row here and its words in the catalogues of the window.
type question struct {
	Item
	causes []string
}

func answer(id, text string) Option { return Option{ID: id, Text: text} }

func (o Option) to(role string) Option             { o.To = role; return o }
func (o Option) speaksFor(rivals ...string) Option { o.Rivals = rivals; return o }
func (o Option) without(command ...string) Option  { o.Without = command; return o }

var unknown = answer("unknown", "I do not know")

// questions are in the order in which they are asked. One that was answered for
// one cause is not asked again for another.
var questions = []question{
	{Item{ID: "webmail", Question: "Can you sign in to webmail with the same user name and password?", Options: []Option{
		answer("yes", "Yes").speaksFor("extended-protection", "proxy-breaks-ntlm", "kerberos-spn"), answer("no", "No"), unknown}},
		[]string{"bad-credentials", "extended-protection", "proxy-breaks-ntlm", "kerberos-spn", "server-component-down", "database-down"}},
	{Item{ID: "password-changed", Question: "Has the password been changed in the last days?", Options: []Option{
		answer("yes", "Yes"), answer("no", "No"), unknown}},
		[]string{"bad-credentials", "account-locked"}},
	{Item{ID: "everybody", Question: "Do others in the company have the same trouble just now?", Options: []Option{
		answer("others", "Yes, others too").to(Helpdesk).without("Set-CASMailbox"), answer("only-me", "No, this mailbox alone").without("Set-OrganizationConfig"), unknown}},
		[]string{"server-mapihttp-disabled", "server-component-down", "database-down", "cert-invalid", "connection-refused", "vdir-missing", "throttled",
			"session-context-lost", "clock-skew", "name-missing"}},
	{Item{ID: "other-network", Question: "Does it work over another network, for example a phone's hotspot?", Options: []Option{
		answer("yes", "Yes, it works there").to(Helpdesk).speaksFor("captive-portal", "web-filter", "tls-interception", "proxy-unreachable"),
		answer("no", "No, the same there").to(Helpdesk), answer("unknown", "I have not tried")}},
		[]string{"black-hole", "unreachable-host", "connection-refused", "name-missing", "web-filter", "tls-interception", "idle-timeout", "proxy-buffers-long-poll", "notification-lost"}},
	{Item{ID: "where", Question: "Where is this computer now?", Options: []Option{
		answer("inside", "In the company's network, or connected by VPN").to(Helpdesk), answer("outside", "Somewhere else, without VPN"), unknown}},
		[]string{"external-blocked", "vdir-url-wrong", "autodiscover-dns", "outlook-anywhere-host", "proxy-unreachable"}},
	{Item{ID: "other-computer", Question: "Does Outlook work with this mailbox on another computer?", Options: []Option{
		answer("yes", "Yes"), answer("no", "No"), answer("unknown", "I have not tried")}},
		[]string{"client-mapihttp-disabled", "registry-override", "autodiscover-cache-stale", "stale-credential", "online-content-blocked", "ntlmv1", "unknown-user-dn", "mailbox-access-denied"}},
	{Item{ID: "scanner", Question: "Does a virus scanner or web filter on this computer look into encrypted connections (https)?", Options: []Option{
		answer("yes", "Yes").speaksFor("tls-interception"), answer("no", "No").to(Admin), unknown}},
		[]string{"extended-protection"}},
	{Item{ID: "guest", Question: "Is this a guest network, as in a hotel, a train or a café?", Options: []Option{
		answer("yes", "Yes"), answer("no", "No").to(Helpdesk).speaksFor("web-filter", "tls-interception"), unknown}},
		[]string{"captive-portal"}},
}

// extras are things to do that an answer brings up, beside those of the rule base.
var extras = []question{
	{Item{ID: "type-anew", If: map[string]string{"webmail": "yes"}, Who: User,
		Do: "The password is right, so an old one is kept somewhere: close Outlook, take this mail server's entry out of the Credential Manager of Windows, and type the password anew."},
		[]string{"bad-credentials"}},
	{Item{ID: "new-password", If: map[string]string{"webmail": "no"}, Who: User,
		Do: "Change the password, or let the helpdesk set a new one, and use that one from here on."},
		[]string{"bad-credentials"}},
	{Item{ID: "other-devices", If: map[string]string{"password-changed": "yes"}, Who: User, Look: true,
		Do: "Type the new password on the phone and on every other device that fetches this mail: with the old one they lock the account again."},
		[]string{"bad-credentials", "account-locked"}},
}

// superseded are actions of the rule base that a question above says better.
var superseded = map[string][]string{
	"bad-credentials": {"Sign in to webmail"},
	"black-hole":      {"Try another network"},
}

// itemsFor are the rows of a table that are about a cause.
func itemsFor(code string, table []question) (list []Item) {
	for _, q := range table {
		if slices.Contains(q.causes, code) {
			list = append(list, q.Item.named())
		}
	}
	return list
}

// named gives an item of the tables its name in the catalogues.
func (i Item) named() Item {
	i.Word = "do." + i.ID
	if i.Question != "" {
		i.Word = "ask." + i.ID
	}
	return i
}

// lookAtRemark is asked before a cause that does not stop mail.
var lookAtRemark = Item{ID: "remark", Question: "Mail works. One more thing should be looked at. Look at it now?", Options: []Option{
	answer("now", "Yes"), answer("later", "Not now").to(Nobody)}}

// Words are the texts of this package by name, for a catalogue of translations.
func Words() map[string]string {
	out := map[string]string{}
	for _, q := range slices.Concat(questions, extras, []question{{Item: lookAtRemark}}) {
		item := q.Item.named()
		out[item.Word] = item.Question + item.Do // one of them is ""
		for _, o := range item.Options {
			out[item.Word+"."+o.ID] = o.Text
		}
	}
	for _, o := range []Option{notIt, whoKnows} {
		out[o.Word] = o.Text
	}
	for _, c := range slices.Concat(doChoices, lookChoices) {
		out[c.Word] = c.Text
	}
	return out
}
