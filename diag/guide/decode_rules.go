package guide

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// fileVersion is the one that this program reads.
const fileVersion = 1

func (d *decoder) file(n *yaml.Node, f *File) {
	d.mapping(n, "a guide file",
		field{"version", d.number(&f.Version, "version", fileVersion, fileVersion)},
		field{"contact", func(n *yaml.Node) { f.Contact = d.contact(n) }},
		field{"rules", func(n *yaml.Node) {
			d.sequence(n, "rules", maxRules, func(n *yaml.Node) { f.Rules = append(f.Rules, d.rule(n)) })
		}})
	if f.Version == 0 {
		d.fail(n, "begin it with version: 1", "it names no version")
	}
}

func (d *decoder) contact(n *yaml.Node) *Contact {
	c := &Contact{}
	d.mapping(n, "contact",
		field{"name", d.text(&c.Name, "name", maxName)},
		field{"phone", d.text(&c.Phone, "phone", maxName)},
		field{"mail", d.text(&c.Mail, "mail", maxName)},
		field{"url", d.link(&c.URL)},
		field{"hours", d.text(&c.Hours, "hours", maxName)},
		field{"note", d.text(&c.Note, "note", maxText)})
	if *c == (Contact{}) {
		d.fail(n, "give it a name, phone, mail or url", "the contact is empty")
	}
	return c
}

func (d *decoder) rule(n *yaml.Node) Rule {
	var r Rule
	var steps *yaml.Node
	d.mapping(n, "a rule",
		field{"causes", d.names(&r.Causes, "cause", d.known.Causes)},
		field{"checks", d.names(&r.Checks, "check", d.known.Checks)},
		field{"title", d.text(&r.Title, "title", maxText)},
		field{"explanation", d.text(&r.Explanation, "explanation", maxText)},
		field{"who", d.oneOf(&r.Who, "role", Roles...)},
		field{"order", d.number(&r.Order, "order", -1000, 1000)},
		field{"place", d.oneOf(&r.Place, "place", PlaceBefore, PlaceAfter, PlaceInstead)},
		field{"contact", func(n *yaml.Node) { r.Contact = d.contact(n) }},
		field{"steps", func(n *yaml.Node) { steps = n }})
	if len(r.Causes)+len(r.Checks) == 0 {
		d.fail(n, "causes: [bad-credentials], say; the codes stand in every report", "the rule names neither causes nor checks")
	}
	if steps != nil && d.err == nil {
		d.sequence(steps, "steps", maxSteps, func(n *yaml.Node) { r.Steps = append(r.Steps, d.entry(n, r.Steps)) })
	}
	return r
}

// entry reads a step; before are those of the same rule that come before it.
func (d *decoder) entry(n *yaml.Node, before []Entry) Entry {
	var e Entry
	var conditions *yaml.Node
	d.mapping(n, "a step",
		field{"ask", d.text(&e.Ask, "ask", maxText)},
		field{"do", d.text(&e.Do, "do", maxText)},
		field{"id", d.id(&e.ID)},
		field{"if", func(n *yaml.Node) { conditions = n }},
		field{"choices", func(n *yaml.Node) {
			d.sequence(n, "choices", maxChoices, func(n *yaml.Node) { e.Choices = append(e.Choices, d.choice(n, e.Choices)) })
		}},
		field{"who", d.oneOf(&e.Who, "role", Roles...)},
		field{"command", d.text(&e.Command, "command", maxText)},
		field{"look", d.yes(&e.Look, "look")},
		field{"recheck", d.names(&e.Recheck, "check", d.known.Checks)})
	if conditions != nil && d.err == nil {
		d.conditions(conditions, &e, before)
	}
	asks := e.Ask != ""
	switch {
	case asks == (e.Do != ""):
		d.fail(n, "a step has either ask, with choices, or do", "the step neither asks nor tells, or both")
	case asks && (e.ID == "" || len(e.Choices) < 2):
		d.fail(n, "id: new-laptop, and choices: with an id and a text each", "a question needs an id and at least two choices")
	case asks && (e.Who != "" || e.Command != "" || e.Look || e.Recheck != nil), !asks && e.Choices != nil:
		d.fail(n, "", "who, command, look and recheck belong to do, and choices to ask")
	case e.ID != "" && slices.ContainsFunc(before, func(o Entry) bool { return o.ID == e.ID }):
		d.fail(n, "", "the id %q is there twice", e.ID)
	}
	return e
}

func (d *decoder) choice(n *yaml.Node, before []EntryChoice) EntryChoice {
	var c EntryChoice
	d.mapping(n, "a choice",
		field{"id", d.id(&c.ID)},
		field{"text", d.text(&c.Text, "text", maxName)},
		field{"to", d.oneOf(&c.To, "role", Helpdesk, Admin, Nobody)})
	switch {
	case c.ID == "" || c.Text == "":
		d.fail(n, "- {id: yes, text: Yes}", "a choice needs an id and a text")
	case slices.ContainsFunc(before, func(o EntryChoice) bool { return o.ID == c.ID }):
		d.fail(n, "", "the choice %q is there twice", c.ID)
	}
	return c
}

// conditions reads which answers a step wants: of questions before it, in the same
// rule or in the product's own table.
func (d *decoder) conditions(n *yaml.Node, e *Entry, before []Entry) {
	known := map[string][]string{}
	for _, q := range questions {
		for _, o := range q.Options {
			known[q.ID] = append(known[q.ID], o.ID)
		}
	}
	for _, b := range before {
		if b.Ask == "" {
			continue
		}
		known[b.ID] = nil
		for _, c := range b.Choices {
			known[b.ID] = append(known[b.ID], c.ID)
		}
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	var fields []field
	e.If = map[string]string{}
	for _, name := range names {
		fields = append(fields, field{name, func(n *yaml.Node) {
			var want string
			d.oneOf(&want, "answer to "+name, known[name]...)(n)
			e.If[name] = want
		}})
	}
	d.mapping(n, "if", fields...)
	if len(e.If) == 0 {
		d.fail(n, "", "if is empty")
	}
}
