package problemfile

import (
	"io"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Settings are what a problem file asks of the solver.
type Settings struct {
	Preferences     string        // Respect, Ignore or Price, as solver.PreferencePolicy has it; "": not stated
	PreferencePrice catalog.Price // with Price, what one unit of weight is worth for one pod, per hour
}

// What Settings.Preferences may be.
const (
	Respect = "Respect"
	Ignore  = "Ignore"
	Price   = "Price"
)

// ReadSettings is Read, and what the file asks of the solver besides.
func ReadSettings(r io.Reader) (binpack.Problem, Settings, error) {
	var f file
	if err := decode(r, &f); err != nil {
		return binpack.Problem{}, Settings{}, err
	}
	p, err := f.problem()
	if err != nil || f.Preferences == nil {
		return p, Settings{}, err
	}
	s := Settings{Preferences: f.Preferences.Policy}
	switch s.Preferences {
	case Respect, Ignore, Price:
	default:
		return binpack.Problem{}, Settings{}, fault("preferences.policy", "%q is none of %s, %s and %s", s.Preferences, Respect, Ignore, Price)
	}
	if f.Preferences.Price != nil {
		s.PreferencePrice = catalog.Price(*f.Preferences.Price)
	}
	if (s.Preferences == Price) != (f.Preferences.Price != nil) {
		return binpack.Problem{}, Settings{}, fault("preferences.price", "goes with the policy %s, and only with it", Price)
	}
	return p, s, nil
}
