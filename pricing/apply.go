package pricing

import "github.com/stowage/stowage/catalog"

// Apply returns a copy of c in which each offering has the price that src
// knows for it, whatever its price was in c, and nothing else differs. It also
// returns the keys of the offerings whose price src does not know, in c's
// order: the copy is without them, and without types that have no other.
//
// c is not modified; the copy shares labels and resources with it. A nil src
// knows no price. A nil type, which [catalog.Catalog.Validate] reports, stays
// in the copy.
func Apply(c catalog.Catalog, src Source) (catalog.Catalog, []catalog.Key) {
	src = First(src)
	var priced catalog.Catalog
	var unknown []catalog.Key
	for _, t := range c {
		if t == nil {
			priced = append(priced, nil)
			continue
		}
		var offerings []catalog.Offering
		for i, o := range t.Offerings {
			price, ok := src.Price(t.Key(i))
			if !ok {
				unknown = append(unknown, t.Key(i))
				continue
			}
			o.Price = price
			offerings = append(offerings, o)
		}
		if len(offerings) > 0 {
			copied := *t
			copied.Offerings = offerings
			priced = append(priced, &copied)
		}
	}
	return priced, unknown
}
