package ec2

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/internal/jsonstream"
	"github.com/stowage/stowage/pricing"
)

// A SpotPrice says what a type cost as Spot in a zone from a time on, until the
// next that says so.
type SpotPrice struct {
	InstanceType string
	Zone         string
	Product      string        // Linux/UNIX, Windows, ...
	Price        catalog.Price // per hour
	From         time.Time
}

// ReadSpotPrices reads Spot prices from what the command
//
//	aws ec2 describe-spot-price-history --product-descriptions Linux/UNIX
//
// prints, in its order; see
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotPrice.html. With
// --start-time it goes back as far, and has the prices that were right then. Errors
// have line, column and path.
func ReadSpotPrices(r io.Reader) ([]SpotPrice, error) {
	all := []SpotPrice{}
	err := jsonstream.List(r, "SpotPriceHistory", "aws ec2 describe-spot-price-history", func(d *jsonstream.Reader) error {
		var s struct {
			InstanceType, AvailabilityZone, ProductDescription, SpotPrice string
			Timestamp                                                     time.Time
		}
		if err := d.Value(&s); err != nil {
			return err
		}
		if s.InstanceType == "" || s.AvailabilityZone == "" || s.ProductDescription == "" || s.Timestamp.IsZero() {
			return d.Fail(errors.New("has no InstanceType, AvailabilityZone, ProductDescription or Timestamp"))
		}
		price, err := parseAmount(s.SpotPrice)
		if err != nil {
			return d.Fail(err)
		}
		all = append(all, SpotPrice{s.InstanceType, s.AvailabilityZone, s.ProductDescription, price, s.Timestamp})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Spot says how Spot prices of the past become one. The zero Spot takes the latest.
type Spot struct {
	Currency   string        // ISO 4217 code, which the history does not tell; "": USD
	Product    string        // whose prices count; "": Linux/UNIX
	Percentile int           // of the window's time, from 1 to 100; 0: the latest price, whatever the window
	Window     time.Duration // back from End; 0: all that is known
	End        time.Time     // zero: the latest price of all
}

// Source returns a pricing.Source of Spot prices, zone by zone. It knows the offers
// of capacity type spot whose type and zone prices has.
//
// A percentile is of time: the least price that was not exceeded for Percentile percent of
// the part of the window for which a price is known.
func (s Spot) Source(prices []SpotPrice) (pricing.Source, error) {
	if s.Percentile < 0 || s.Percentile > 100 || s.Window < 0 {
		return nil, fmt.Errorf("spot: percentile %d is not from 0 to 100, or the window is negative", s.Percentile)
	}
	product := cmp.Or(s.Product, "Linux/UNIX")
	histories := map[offered][]SpotPrice{}
	end := s.End
	for i, p := range prices {
		switch {
		case p.Price < 0:
			return nil, fmt.Errorf("spot: prices[%d]: %s is negative", i, p.Price)
		case p.Product != product || !s.End.IsZero() && p.From.After(s.End):
			continue
		}
		k := offered{p.InstanceType, p.Zone}
		histories[k] = append(histories[k], p)
		if s.End.IsZero() && p.From.After(end) {
			end = p.From
		}
	}
	if len(prices) > 0 && len(histories) == 0 {
		return nil, fmt.Errorf("spot: none of %d prices is of %s and of a time before the end", len(prices), product)
	}
	src := spot{s.Currency, make(map[offered]pricing.Step, len(histories))}
	for k, history := range histories {
		// Of two prices of one time the dearer comes last and counts.
		slices.SortFunc(history, func(a, b SpotPrice) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Price, b.Price)) })
		src.steps[k] = s.step(history, end)
	}
	return src, nil
}

// step returns the price that a history, in order of time, comes to.
func (s Spot) step(history []SpotPrice, end time.Time) pricing.Step {
	latest := history[len(history)-1]
	if s.Percentile == 0 {
		return pricing.Step{Amount: latest.Price, Reason: "latest Spot price in " + latest.Zone, AsOf: end}
	}
	begin := history[0].From
	window := "all that is known"
	if s.Window > 0 {
		window = s.Window.String()
		if from := end.Add(-s.Window); from.After(begin) {
			begin = from
		}
	}
	type span struct {
		price  catalog.Price
		length time.Duration
	}
	spans := []span{}
	whole := time.Duration(0)
	for i, p := range history {
		from, to := p.From, end
		if i+1 < len(history) {
			to = history[i+1].From
		}
		if from.Before(begin) {
			from = begin
		}
		if length := to.Sub(from); length > 0 {
			spans = append(spans, span{p.Price, length})
			whole += length
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.price, b.price) })
	price, sum := latest.Price, time.Duration(0) // of a window of no length the latest
	for _, sp := range spans {
		price = sp.price
		if sum += sp.length; 100*sum.Milliseconds() >= int64(s.Percentile)*whole.Milliseconds() {
			break
		}
	}
	return pricing.Step{
		Amount: price, AsOf: end,
		Reason: fmt.Sprintf("percentile %d of the Spot price in %s, of %s before %s", s.Percentile, latest.Zone, window, end.UTC().Format(time.RFC3339)),
	}
}

// offered is a type in a zone.
type offered struct{ instanceType, zone string }

type spot struct {
	currency string
	steps    map[offered]pricing.Step
}

func (s spot) Quote(o pricing.Offer) (pricing.Quote, error) {
	k := o.Key()
	step, ok := s.steps[offered{instanceType(o), k.Zone}]
	if k.CapacityType != catalog.Spot || k.ReservationID != "" || !ok {
		return pricing.Quote{}, pricing.ErrUnknown
	}
	return pricing.Quote{Currency: s.currency, Steps: []pricing.Step{step}}, nil
}
