package assets

import _ "embed"

// ReportPage is the page of a report as an html/template; diag/report fills it.
//
//go:embed report/page.html
var ReportPage string

// ReportStyle is the style sheet that stands inside the page: it loads nothing.
//
//go:embed report/style.css
var ReportStyle string
