package pricing

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"

	"github.com/stowage/stowage/catalog"
)

// USD is the currency of a Quote that states none.
const USD = "USD"

// A Quote is a price and how it came about.
type Quote struct {
	Steps    []Step // at least one
	Currency string // ISO 4217 code; "": USD
}

// A Step is a part of a price.
type Step struct {
	Amount catalog.Price // per hour; negative: taken off
	Reason string        // for people, like "on-demand list of us-west-2"
	AsOf   time.Time     // when the source knew it; zero: not dated
}

// Of returns a quote of one step.
func Of(price catalog.Price, reason string) Quote {
	return Quote{Steps: []Step{{Amount: price, Reason: reason}}}
}

// Price returns the price: the sum of the steps, exact.
func (q Quote) Price() catalog.Price {
	sum := catalog.Price(0)
	for _, s := range q.Steps {
		sum += s.Amount
	}
	return sum
}

// InCurrency returns the code of the currency of q.
func (q Quote) InCurrency() string {
	if q.Currency == "" {
		return USD
	}
	return q.Currency
}

// String returns the price and its steps in one line.
func (q Quote) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s =", q.Price(), q.InCurrency())
	for i, s := range q.Steps {
		amount := s.Amount.String()
		switch {
		case i > 0 && s.Amount < 0:
			amount = "- " + strings.TrimPrefix(amount, "-")
		case i > 0:
			amount = "+ " + amount
		}
		fmt.Fprintf(&b, " %s %s", amount, s.Reason)
		if !s.AsOf.IsZero() {
			fmt.Fprintf(&b, " (%s)", s.AsOf.Format(time.DateOnly))
		}
	}
	return b.String()
}

// with returns q with one step more. The sum must stay within 64 bits.
func (q Quote) with(s Step) (Quote, error) {
	price := q.Price()
	if s.Amount > 0 && price > math.MaxInt64-s.Amount || s.Amount < 0 && price < math.MinInt64-s.Amount {
		return Quote{}, fmt.Errorf("%s: %w", s.Reason, errTooMuch)
	}
	q.Steps = append(q.Steps[:len(q.Steps):len(q.Steps)], s)
	return q, nil
}

// Explain returns the quote of src for the offering of c with this key, and says
// with its error why there is none.
func Explain(c catalog.Catalog, src Source, k catalog.Key) (Quote, error) {
	for _, t := range c {
		if t == nil || t.Name != k.InstanceType {
			continue
		}
		for i := range t.Offerings {
			if t.Key(i) == k {
				return First(src).Quote(Offer{t, i})
			}
		}
	}
	return Quote{}, errors.New("the catalog has no such offering")
}

var errTooMuch = errors.New("is more than 64 bits hold")

// scale returns p*num/den, rounded to the nearest billionth, half way to the even
// one. Num and den are positive, p may be negative.
func scale(p catalog.Price, num, den uint64) (catalog.Price, error) {
	abs := uint64(p)
	if p < 0 {
		abs = -abs
	}
	high, low := bits.Mul64(abs, num)
	if high >= den {
		return 0, errTooMuch
	}
	quotient, rest := bits.Div64(high, low, den)
	if half := den - rest; rest > half || rest == half && quotient%2 == 1 {
		quotient++
	}
	if quotient > math.MaxInt64 {
		return 0, errTooMuch
	}
	if p < 0 {
		return -catalog.Price(quotient), nil
	}
	return catalog.Price(quotient), nil
}
