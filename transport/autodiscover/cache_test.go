package autodiscover

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const keptAnswer = `<?xml version="1.0"?><Autodiscover><Response><User><LegacyDN>/o=X/cn=alice</LegacyDN>
<AutoDiscoverSMTPAddress>alice@contoso.test</AutoDiscoverSMTPAddress><DeploymentId>1</DeploymentId></User>
<Account><Action>settings</Action><Protocol Type="mapiHttp" Version="1"><MailStore>
<ExternalUrl>https://mail.contoso.test/mapi/emsmdb/?MailboxId=a@contoso.test</ExternalUrl></MailStore></Protocol></Account></Response></Autodiscover>`

func TestReadCache(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"AutoD.alice@contoso.test.xml": keptAnswer, "0a1b - Autodiscover.XML": strings.ReplaceAll(keptAnswer, "alice@", "bob@"),
		"AutoD.broken.xml": "<html>", "notes.xml": keptAnswer, "AutoD.error.xml": "<Autodiscover><Response><Error><ErrorCode>500</ErrorCode></Error></Response></Autodiscover>",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := ReadCache(dir)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	ours := 0
	for _, c := range all {
		if c.Of("Alice@contoso.test") {
			ours++
		}
	}
	if ours != 1 {
		t.Errorf("%d are about alice", ours)
	}
	if one, err := ReadCache(filepath.Join(dir, "notes.xml")); err != nil || len(one) != 1 {
		t.Errorf("a file that is named: %v", err)
	}
	for _, bad := range []string{filepath.Join(dir, "none.xml"), filepath.Join(dir, "AutoD.broken.xml"), filepath.Join(dir, "AutoD.error.xml"), t.TempDir()} {
		if _, err := ReadCache(bad); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

func TestCompareKept(t *testing.T) {
	parse := func(replace ...string) *Settings {
		s, err := ParsePOX([]byte(strings.NewReplacer(replace...).Replace(keptAnswer)))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	live := parse()
	for fact, kept := range map[string]*Settings{
		"":                            parse("mail.contoso.test", "MAIL.contoso.test"),
		"mailbox server":              parse("mail.contoso.test", "old.contoso.test"),
		"organisation (DeploymentId)": parse("<DeploymentId>1", "<DeploymentId>2"),
		"mailbox (LegacyDN)":          parse("cn=alice", "cn=alice2"),
		"mailbox (MailboxId)":         parse("MailboxId=a", "MailboxId=b"),
	} {
		out := Cached{Settings: kept}.Compare(live)
		if (fact == "") != (len(out) == 0) || len(out) > 1 || len(out) == 1 && out[0].Fact != fact {
			t.Errorf("%q: %+v", fact, out)
		}
	}
	rpc := &Settings{Protocols: []Protocol{{Type: "EXPR", Fields: []Field{{"Server", "mail.contoso.test"}}}}}
	if out := (Cached{Settings: rpc}).Compare(live); len(out) > 0 {
		t.Errorf("an answer without MAPI over HTTP that leads to the same host: %+v", out)
	}
}
