package script

import (
	"fmt"
	"io"
)

// Write writes the transcript of the case, with the failure at its place.
func (r *Result) Write(w io.Writer, width int, color bool) {
	p := NewPrinter(w, width, color, r.Case.Setup.Now.Location())
	p.middle(r.Case.Setup.Now.Format("Mon 2 Jan 2006 15:04"), "", faint)
	p.marked(r.Entries, r.Failure)
}

// Headline is the result in a line: "ok" or "FAIL", the name, and where the case stands in the file.
func (r *Result) Headline(file string) string {
	if r.Passed() {
		return fmt.Sprintf("ok    %s", r.Case.Name)
	}
	return fmt.Sprintf("FAIL  %s (%s:%d)", r.Case.Name, file, r.Failure.Line)
}
