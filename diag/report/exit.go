package report

// ExitCode is what a process that made this report ends with: 0 when no check
// failed (warnings are allowed), 1 when one did, 3 when the program failed
// itself. How a run ended that was interrupted is the caller's to say.
func (r *Report) ExitCode() int {
	for _, c := range r.Checks {
		if c.Status == Fail {
			return 1
		}
	}
	for _, f := range r.Findings {
		if f.Code == ProgramFault {
			return 3
		}
	}
	return 0
}

// ProgramFault is the code of the finding that says that a check stopped
// unexpectedly: nothing is known about what it was to look at.
const ProgramFault = "program-fault"
