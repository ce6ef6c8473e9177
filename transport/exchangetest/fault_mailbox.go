package exchangetest

// mailboxFaults are about one mailbox.
var mailboxFaults = []faultRow{
	{FaultInfo{Name: "mailbox-full", Cause: "mailbox-full", Warns: true,
		Title:    "The mailbox has reached its quota and cannot send.",
		Imitates: "ProhibitSendQuota below the size of the mailbox"},
		func(b *behaviour, _ Fault) { b.quotaKB = 1 }},
}
