package main

import (
	"fmt"
	"strings"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// setPreferences reads the flag that says what preferences are worth.
func (o *options) setPreferences(text string) error {
	policy, worth, priced := strings.Cut(text, "=")
	var price catalog.Price
	if priced {
		var err error
		if price, err = catalog.ParsePrice(worth); err != nil {
			return err
		}
	}
	for name, is := range policies() {
		if strings.EqualFold(policy, name) && priced == (is == solver.PricePreferences) {
			o.solver.Preferences, o.solver.PreferencePrice, o.prefers = is, price, true
			return nil
		}
	}
	return fmt.Errorf("is none of respect, ignore and price=USD")
}

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
