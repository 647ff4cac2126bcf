package scenarios

import "orderlab/model"

// Registry holds the systems and features that a scenario may name. A program
// assembles one and passes it down; see [model.Registry].
type Registry = model.Registry
