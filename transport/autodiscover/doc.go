// Package autodiscover finds out where a mailbox is: it walks the steps that
// Outlook walks, reports every one of them, and never lets a credential reach a
// host that the rules in policy.go do not allow.
//
// search.go runs the steps; candidate.go, httpredirect.go, srvstep.go and
// jsonstep.go hold them; all end in follow.go (redirects), ask.go (each URL once)
// and post.go (one request). The parsers beside them do no I/O. Sources: MS-OXDISCO, MS-OXDSCLI, RFC 2782.
package autodiscover

// Step is one way of finding the Autodiscover service.
type Step string

// The steps, in the order in which Outlook prefers their answers; a URL given
// by the person comes before all of them. SCP is the lookup in Active Directory;
// its URLs come in through Client.SCP.
const (
	StepGiven        Step = "given-url"
	StepSCP          Step = "scp"
	StepRoot         Step = "root"
	StepAutodiscover Step = "autodiscover"
	StepHTTPRedirect Step = "http-redirect"
	StepSRV          Step = "srv"
	StepJSON         Step = "json"
)

// Steps lists every step in Outlook's order.
func Steps() []Step {
	return []Step{StepGiven, StepSCP, StepRoot, StepAutodiscover, StepHTTPRedirect, StepSRV, StepJSON}
}

// maxBody bounds every answer that is read: a real one has a few KiB, a mailbox
// with hundreds of shared mailboxes some 100 KiB.
const maxBody = 1 << 20

// maxHops is how many redirects of any kind (HTTP, redirectUrl, redirectAddr)
// one search follows (MS-OXDSCLI 3.1.5, POX reference: stop after 10).
const maxHops = 10
