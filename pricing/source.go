package pricing

import (
	"slices"

	"github.com/stowage/stowage/catalog"
)

// A Source knows prices, per hour. It answers from memory, and the same each
// time while a catalog is priced; refreshing is its owner's work.
type Source interface {
	// Price returns the price of the offering k; false: not known.
	Price(k catalog.Key) (catalog.Price, bool)
}

// A Table is a Source that knows the prices of its keys. Keys are not read as
// patterns.
type Table map[catalog.Key]catalog.Price

// Price returns the price of k in t; false: t has none.
func (t Table) Price(k catalog.Key) (catalog.Price, bool) {
	p, ok := t[k]
	return p, ok
}

// First returns a Source that answers with the first of srcs that knows the
// price. A nil among them knows none.
func First(srcs ...Source) Source {
	return first(slices.Clone(srcs))
}

type first []Source

func (f first) Price(k catalog.Key) (catalog.Price, bool) {
	for _, src := range f {
		if src == nil {
			continue
		}
		if p, ok := src.Price(k); ok {
			return p, true
		}
	}
	return 0, false
}

// Adjust returns a Source that answers with f of the price that src knows. It
// knows what src knows; a nil src knows nothing and a nil f changes nothing.
// Calls stack: Adjust(Adjust(list, discount), licence).
//
// What f returns is passed on as it is. In integers, p*72/100 is a discount of
// 28%, rounded down to a billionth of a dollar. A price below zero is for
// [catalog.Catalog.Validate] to report.
func Adjust(src Source, f func(catalog.Key, catalog.Price) catalog.Price) Source {
	return adjusted{src, f}
}

type adjusted struct {
	src Source
	f   func(catalog.Key, catalog.Price) catalog.Price
}

func (a adjusted) Price(k catalog.Key) (catalog.Price, bool) {
	if a.src == nil {
		return 0, false
	}
	p, ok := a.src.Price(k)
	if ok && a.f != nil {
		p = a.f(k, p)
	}
	return p, ok
}
