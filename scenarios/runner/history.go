package runner

import (
	"io"

	"orderlab/model/history"
)

// WriteHistory writes the history of the last run as JSON Lines; docs/history.md
// describes them. The error is the writer's.
func (r *Runner) WriteHistory(w io.Writer) error { return history.Write(w, &r.hist) }
