package transcript

import (
	"fmt"
	"io"

	"github.com/chattigo/api-isv/bot/script"
)

// WriteResult writes what happened in a case as a chat, with the failure below the entry that is
// wrong. Width and color are those of [NewPrinter].
func WriteResult(w io.Writer, r *script.Result, width int, color bool) {
	p := NewPrinter(w, width, color, r.Case.Setup.Now.Location())
	p.middle(r.Case.Setup.Now.Format("Mon 2 Jan 2006 15:04"), "", faint)
	p.entriesWithFailure(r.Entries, r.Failure)
}

// Headline is a result in one line: "ok" or "FAIL", the name of the case and, of a failure, its
// place in the file.
func Headline(r *script.Result, file string) string {
	if r.Passed() {
		return fmt.Sprintf("ok    %s", r.Case.Name)
	}
	return fmt.Sprintf("FAIL  %s (%s:%d)", r.Case.Name, file, r.Failure.Line)
}
