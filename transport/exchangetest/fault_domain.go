package exchangetest

import (
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
)

// domainFaults change what the domain says about accounts and services, and
// sign-in by ticket or token.
var domainFaults = []faultRow{
	{FaultInfo{Name: "kerberos", Healthy: true, Kerberos: true,
		Title:    "Healthy: sign-in with Kerberos tickets, Extended Protection required.",
		Imitates: "a computer in the domain, alternate service account with the right SPNs"},
		func(b *behaviour, _ Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			b.ep["mapi"] = EPRequire
			b.domain.ntlmOff = true
		}},
	{FaultInfo{Name: "kerberos-spn", Cause: "kerberos-spn", Kerberos: true,
		Title:    "The service name of the mail server is at no account, or at the wrong one.",
		Imitates: "a namespace without SPN in a domain that has NTLM switched off; the SPN at an account whose key Exchange has not",
		Variants: []string{"missing", "wrong-account"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate"}
			b.domain.ntlmOff = true
			b.domain.noSPN = f.Variant != "wrong-account"
			b.domain.wrongKey = f.Variant == "wrong-account"
		}},
	{FaultInfo{Name: "kerberos-fallback", Cause: "kerberos-fallback", Kerberos: true, Warns: true,
		Title:    "The service name is missing, and NTLM stands in for Kerberos.",
		Imitates: "a namespace without SPN, or with the SPN at the wrong account: Outlook works, and its status says NTLM",
		Variants: []string{"missing", "for-one-host"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			b.domain.noSPN = f.Variant != "for-one-host"
			b.domain.oneSPN = f.Variant == "for-one-host"
		}},
	{FaultInfo{Name: "account-locked", Cause: "account-locked", Kerberos: true,
		Title:    "The account is locked or disabled, or its password has expired.",
		Imitates: "what a domain controller says to a sign-in; the mail server would say 401 and no more",
		Variants: []string{"locked", "password-expired", "account-expired", "password-expired-no-ntlm"}},
		func(b *behaviour, f Fault) {
			code := int32(errorcode.KDC_ERR_CLIENT_REVOKED)
			switch f.Variant {
			case "password-expired-no-ntlm":
				b.schemes[""], b.domain.ntlmOff = []string{"Negotiate"}, true
				fallthrough
			case "password-expired":
				code = errorcode.KDC_ERR_KEY_EXPIRED
			case "account-expired":
				code = errorcode.KDC_ERR_NAME_EXP
			}
			b.domain.account = map[string]int32{}
			for _, u := range b.s.users {
				if f.concerns(u.Address) {
					b.domain.account[u.Address], b.refused[u.Address] = code, true
				}
			}
		}},
	{FaultInfo{Name: "ntlmv1", Cause: "ntlmv1", Warns: true,
		Title:    "The computer with Outlook signs in with the first version of NTLM.",
		Imitates: "LmCompatibilityLevel 2 where Extended Protection is required: prompts on such computers only",
		Variants: []string{"level-2", "level-0"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			b.ep["mapi"] = EPRequire
			level := 2
			if f.Variant == "level-0" {
				level = 0
			}
			b.registry.set(lsaKey, "LmCompatibilityLevel", dword(level))
		}},
	{FaultInfo{Name: "ntlmv1-server", Cause: "ntlmv1-server",
		Title:    "The server knows only the first version of NTLM.",
		Imitates: "an appliance or a domain held at LmCompatibilityLevel 0 to 2: no target information in the CHALLENGE",
		Variants: []string{"negotiate", "ntlm"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			if f.Variant == "ntlm" {
				b.schemes[""] = []string{"NTLM"}
			}
			b.domain.ntlmOld = true
		}},
	{FaultInfo{Name: "modern-auth", Healthy: true,
		Title:    "Healthy: modern authentication is on everywhere, passwords still work.",
		Imitates: "hybrid modern authentication"},
		func(b *behaviour, _ Fault) {
			b.schemes[""] = []string{"Bearer", "Negotiate", "NTLM"}
			b.domain.modern = map[string]bool{"mapi": true, "autodiscover": true}
		}},
	{FaultInfo{Name: "modern-auth-half-set", Cause: "modern-auth-half-set",
		Title:    "Modern authentication is on for Autodiscover and not for the mailbox.",
		Imitates: "Set-MapiVirtualDirectory with OAuth alone, before OAuth2ClientProfileEnabled: nobody says where to sign in",
		Variants: []string{"autodiscover-alone", "nowhere"}},
		func(b *behaviour, f Fault) {
			b.schemes["mapi"] = []string{"Bearer"}
			if f.Variant == "nowhere" {
				b.schemes["autodiscover"] = []string{"Negotiate", "NTLM"}
				return
			}
			b.schemes["autodiscover"] = []string{"Bearer", "Negotiate", "NTLM"}
			b.domain.modern = map[string]bool{"autodiscover": true}
		}},
	{FaultInfo{Name: "modern-auth-mixed", Cause: "modern-auth-mixed", Warns: true,
		Title:    "Modern authentication is on for Autodiscover alone; passwords still work.",
		Imitates: "hybrid modern authentication with a virtual directory that lacks OAuth",
		Variants: []string{"mapi-lacks-it", "autodiscover-lacks-it"}},
		func(b *behaviour, f Fault) {
			has, lacks := "autodiscover", "mapi"
			if f.Variant == "autodiscover-lacks-it" {
				has, lacks = lacks, has
			}
			b.schemes[has] = []string{"Bearer", "Negotiate", "NTLM"}
			b.schemes[lacks] = []string{"Negotiate", "NTLM"}
			b.domain.modern = map[string]bool{has: true}
		}},
}
