package result

import "slices"

// PlacesMax bounds the places of which a result says how they were used, one by one.
const PlacesMax = 64

// PlaceCount is how many messages a place stored in a run.
type PlaceCount struct {
	Place    string
	Messages int64
}

// PlaceLoad is how many messages of a run a place stored, over the runs. A run that
// lacks the place stored none there.
type PlaceLoad struct {
	Place    string `json:"place"`
	Messages Mean   `json:"messages"`
}

// aggregateLoad returns the load of the places that any run has, in order of
// appearance, and how many were left out.
func aggregateLoad(runs []*Run) (load []PlaceLoad, leftOut int) {
	var counts [][]float64 // by place and run
	for i, r := range runs {
		leftOut = max(leftOut, r.StoredLeftOut)
		for _, p := range r.Stored {
			at := slices.IndexFunc(load, func(l PlaceLoad) bool { return l.Place == p.Place })
			if at < 0 {
				at = len(load)
				load = append(load, PlaceLoad{Place: p.Place})
				counts = append(counts, make([]float64, len(runs)))
			}
			counts[at][i] = float64(p.Messages)
		}
	}
	for i := range load {
		load[i].Messages = MeanOf(counts[i])
	}
	return load, leftOut
}
