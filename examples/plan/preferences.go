package main

import (
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
)

// take takes what a problem file asks for, where no flag does.
func (o *options) take(s problemfile.Settings) {
	if is, stated := policies()[s.Preferences]; stated && !o.prefers {
		o.solver.Preferences, o.solver.PreferencePrice = is, s.PreferencePrice
	}
}

// policies are what preferences may be worth, by the names of problem files.
func policies() map[string]solver.PreferencePolicy {
	return map[string]solver.PreferencePolicy{
		problemfile.Respect: solver.RespectPreferences, problemfile.Ignore: solver.IgnorePreferences, problemfile.Price: solver.PricePreferences,
	}
}
