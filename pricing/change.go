package pricing

import (
	"fmt"
	"strings"

	"github.com/stowage/stowage/catalog"
)

// A Change says how a price becomes another, as the fields price and
// priceAdjustment of Karpenter's NodeOverlay do: "-10%" and "+15%" change it by a
// share, "+0.004" and "-0.5" by an amount, and "1.2" is a price in its place. No
// change makes a price less than zero.
type Change string

// of returns what c adds to a price.
func (c Change) of(price catalog.Price) (catalog.Price, error) {
	digits, minus := strings.CutPrefix(string(c), "-")
	digits, plus := strings.CutPrefix(digits, "+")
	digits, share := strings.CutSuffix(digits, "%")
	if (minus || plus) && strings.HasPrefix(digits, ".") {
		digits = "0" + digits
	}
	n, err := catalog.ParsePrice(digits)
	if err != nil || minus && plus || share && !minus && !plus {
		return 0, fmt.Errorf(`%q is not a change like "-10%%", "+0.004" or "1.2"`, string(c))
	}
	if share && minus && n > 100*catalog.USD {
		return 0, fmt.Errorf("%q takes off more than all", string(c))
	}
	amount := n
	if share {
		if amount, err = scale(price, uint64(n), 100*uint64(catalog.USD)); err != nil {
			return 0, err
		}
	}
	switch {
	case minus:
		return -min(amount, max(price, 0)), nil
	case plus:
		return amount, nil
	}
	return amount - price, nil
}
