package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
)

// config is the file of -config.
type config struct {
	Region    string                 `json:"region"`    // of templates without the label
	SpotShare string                 `json:"spotShare"` // what Spot costs of the list price
	Prices    []translate.PriceEntry `json:"prices"`    // before the list, in this order
	Charge    corev1.ResourceList    `json:"charge"`    // what every node loses beside its daemons
	Balance   bool                   `json:"balance"`   // as --balance-similar-node-groups
	Round     int                    `json:"maxNodesPerScaleUp"`
}

// reader makes the reader of requests from the files and flags.
func (o *options) reader() (translate.Reader, error) {
	var c config
	if o.config != "" {
		b, err := os.ReadFile(o.config)
		if err == nil {
			err = yaml.UnmarshalStrict(b, &c)
		}
		if err != nil {
			return translate.Reader{}, fmt.Errorf("%s: %w", o.config, err)
		}
	}
	if o.region != "" {
		c.Region = o.region
	}
	r := translate.Reader{
		Prices:  &translate.Prices{Entries: append(o.prices, c.Prices...), Region: c.Region, SpotShare: c.SpotShare},
		Balance: c.Balance || o.balance,
		Round:   cmp.Or(o.round, c.Round),
	}
	if r.Round < 0 {
		return r, fmt.Errorf("maxNodesPerScaleUp: is negative: %d", r.Round)
	}
	if err := r.Prices.Check(); err != nil {
		return r, fmt.Errorf("prices: %w", err)
	}
	if len(c.Charge) > 0 {
		for name, q := range c.Charge {
			if q.Sign() < 0 {
				return r, fmt.Errorf("%s: charge[%s]: is negative", o.config, name)
			}
		}
		r.Daemons = append(r.Daemons, translate.Charge(c.Charge))
	}
	if o.daemons != "" {
		f, err := os.Open(o.daemons)
		if err != nil {
			return r, err
		}
		defer f.Close()
		pods, err := translate.ReadDaemons(f)
		if err != nil {
			return r, fmt.Errorf("%s: %w", o.daemons, err)
		}
		r.Daemons = append(r.Daemons, pods...)
	}
	return r, nil
}

// setPrice reads a -price flag: GROUP=USD.
func (o *options) setPrice(s string) error {
	group, price, ok := strings.Cut(s, "=")
	if !ok || group == "" {
		return errors.New("is not GROUP=USD")
	}
	o.prices = append(o.prices, translate.PriceEntry{Group: group, Price: price})
	return nil
}
