package pricing

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stowage/stowage/catalog"
)

// An Offer is what is priced: the offering of a type with this index.
type Offer struct {
	Type  *catalog.InstanceType
	Index int
}

// Key returns the key of the offering.
func (o Offer) Key() catalog.Key { return o.Type.Key(o.Index) }

// Label returns a label of nodes of the offering, and whether they have it.
func (o Offer) Label(key string) (string, bool) { return o.Type.OfferingLabel(o.Index, key) }

// A Source knows prices, per hour. It answers from memory, and the same each
// time while a catalog is priced; refreshing is its owner's work.
type Source interface {
	// Quote returns the price of an offer. An error says why there is none:
	// ErrUnknown where the source does not know the offer.
	Quote(o Offer) (Quote, error)
}

// ErrUnknown is the error of a Source that does not know an offer.
var ErrUnknown = errors.New("no source knows its price")

// A Table is a Source that knows the prices of its keys. Keys are not read as
// patterns.
type Table struct {
	Name     string    // for people; "": table
	AsOf     time.Time // when the prices were right; zero: not known
	Currency string    // ISO 4217 code; "": USD
	Prices   map[catalog.Key]catalog.Price
}

// Quote returns the price of o in t.
func (t Table) Quote(o Offer) (Quote, error) {
	p, ok := t.Prices[o.Key()]
	if !ok {
		return Quote{}, ErrUnknown
	}
	name := t.Name
	if name == "" {
		name = "table"
	}
	return Quote{Currency: t.Currency, Steps: []Step{{Amount: p, Reason: name, AsOf: t.AsOf}}}, nil
}

// Reservations is a Source of what an hour costs more that draws on a capacity
// reservation, which is paid for whether it is used or not: its price at the margin.
// It knows the offers that name a reservation.
type Reservations struct {
	Currency string                   // ISO 4217 code; "": USD
	Margin   catalog.Price            // of each reservation that Of does not have
	Of       map[string]catalog.Price // by id
}

// Quote returns the price of o at the margin.
func (r Reservations) Quote(o Offer) (Quote, error) {
	id := o.Key().ReservationID
	if id == "" {
		return Quote{}, ErrUnknown
	}
	p, ok := r.Of[id]
	if !ok {
		p = r.Margin
	}
	return Quote{Currency: r.Currency, Steps: []Step{{Amount: p, Reason: "reservation " + id + ", at the margin"}}}, nil
}

// First returns a Source that answers with the first of srcs that has a price. Where
// none has, its error is the first that is not ErrUnknown, or else ErrUnknown. A nil
// among them knows none.
func First(srcs ...Source) Source {
	return first(slices.Clone(srcs))
}

type first []Source

func (f first) Quote(o Offer) (Quote, error) {
	why := ErrUnknown
	for _, src := range f {
		if src == nil {
			continue
		}
		q, err := src.Quote(o)
		if err == nil {
			return q, nil
		}
		if errors.Is(why, ErrUnknown) {
			why = err
		}
	}
	return Quote{}, why
}

// MaxAge returns a Source that knows the prices of src that are at most so old at
// the time now. An older one is a *StaleError. What a source does not date is not
// old. Behind it in [First] may be another source, such as a list for the Spot
// prices that are too old.
func MaxAge(src Source, now time.Time, most time.Duration) Source {
	return maxAge{First(src), now, most}
}

type maxAge struct {
	src  Source
	now  time.Time
	most time.Duration
}

func (m maxAge) Quote(o Offer) (Quote, error) {
	q, err := m.src.Quote(o)
	if err != nil {
		return q, err
	}
	for _, s := range q.Steps {
		if age := m.now.Sub(s.AsOf); !s.AsOf.IsZero() && age > m.most {
			return Quote{}, &StaleError{Reason: s.Reason, Age: age, Most: m.most}
		}
	}
	return q, nil
}

// A StaleError says that a price is too old.
type StaleError struct {
	Reason    string // of the step that is
	Age, Most time.Duration
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s is %s old, most is %s", e.Reason, e.Age, e.Most)
}
