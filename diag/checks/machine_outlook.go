package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// noRegistry is why the checks of Outlook have nothing to look at.
const noRegistry = "there is no Windows registry here; one exported on the computer with Outlook can be given (--registry-dump)"

var machineOutlook = suite.Check{
	ID: "machine.outlook", Group: "machine", Title: "Outlook on this computer", Affects: "mailbox",
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		c, err := e.Outlook()
		switch {
		case err != nil:
			return suite.Skip("the registry cannot be read: " + err.Error())
		case c == nil:
			return suite.Skip(noRegistry)
		}
		rows := outlookRows(c)
		e.Machine(func(m *report.Machine) { m.Outlook = rows })
		return judgeOutlook(c)
	},
}

// judgeOutlook judges the newest Outlook: it is the one that people start.
func judgeOutlook(c *outlook.Client) suite.Outcome {
	if len(c.Installed) == 0 {
		return suite.Skip("no Outlook for Windows is installed, or the registry does not tell")
	}
	i := c.Installed[0]
	name := i.Product + " " + i.Version
	switch can, needs := i.MAPIHTTP(); can {
	case outlook.Incapable:
		return suite.Fail(name+" cannot speak MAPI over HTTP: it needs "+needs).With("version", i.Version).
			Saw(signal(suite.OutlookTooOld, "", "product", i.Product, "version", i.Version, "needs", needs))
	case outlook.Depends:
		return suite.Warn(name+" speaks MAPI over HTTP only with "+needs+", which the registry does not tell").With("version", i.Version)
	}
	return suite.Pass(name+" can speak MAPI over HTTP").With("version", i.Version)
}

// outlookRows are the installed versions with the values that each goes by.
func outlookRows(c *outlook.Client) []report.Outlook {
	var out []report.Outlook
	for _, i := range c.Installed {
		row := report.Outlook{Version: i.Product, Build: i.Version, Registry: values(c, i.Major)}
		if can, _ := i.MAPIHTTP(); can != outlook.Depends {
			yes := can == outlook.Capable
			row.MAPIHTTPCapable = &yes
		}
		out = append(out, row)
	}
	if len(out) == 0 && len(c.Settings) > 0 {
		out = []report.Outlook{{Version: "not known", Registry: values(c, c.Current())}}
	}
	return out
}

// values are the registry values that concern an Office version, by path.
func values(c *outlook.Client, version int) map[string]string {
	out := map[string]string{}
	for _, s := range c.Settings {
		if s.Version == 0 || s.Version == version {
			out[s.Path()] = s.Value.Text()
		}
	}
	for _, x := range c.LocalXML {
		out[x.Key+`\`+x.Domain] = x.File
	}
	for name, conn := range map[string]*outlook.Connection{"WinINET": c.WinINET, "WinHTTP": c.WinHTTP} {
		if conn != nil {
			out[name] = connectionText(conn)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// connectionText is a proxy setting in a clause.
func connectionText(c *outlook.Connection) string {
	if c.Direct() {
		return "direct"
	}
	var parts []string
	for _, p := range [][2]string{{"proxy", c.Proxy}, {"not for", c.Bypass}, {"script", c.PAC}} {
		if p[1] != "" {
			parts = append(parts, fmt.Sprintf("%s %s", p[0], p[1]))
		}
	}
	if c.AutoDetect {
		parts = append(parts, "looks for a script (WPAD)")
	}
	return strings.Join(parts, ", ")
}
