package binpack

import (
	"maps"

	"github.com/stowage/stowage/catalog"
)

// An Alternative is another offering that holds the pods of a node of a launch.
type Alternative struct {
	Pool     string
	Offering catalog.Key
	Labels   map[string]string // as of Launch
	Price    catalog.Price     // per hour
	Extra    catalog.Price     // that the plan then costs more, per hour, with one node on it
}

// On returns l as it is with an alternative: the same pods on that offering, on each of
// its nodes.
func (l Launch) On(a Alternative) Launch {
	l.Pool, l.Offering, l.Labels, l.Price, l.Alternatives = a.Pool, a.Offering, maps.Clone(a.Labels), a.Price, nil
	return l
}
