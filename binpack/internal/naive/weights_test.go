package naive

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMustLaunch(t *testing.T) {
	for name, test := range map[string]struct {
		openings []Opening
		want     bool
	}{
		"none":                       {nil, false},
		"one":                        {[]Opening{{3, true}}, true},
		"one, at its limit":          {[]Opening{{3, false}}, false},
		"the cheapest decides":       {[]Opening{{3, false}, {4, true}}, false},
		"for nothing":                {[]Opening{{0, false}, {1, true}}, false},
		"one of two of a price":      {[]Opening{{3, false}, {3, true}, {4, false}}, true},
		"none of two of a price":     {[]Opening{{3, false}, {3, false}, {4, true}}, false},
		"dearer ones do not matter":  {[]Opening{{3, true}, {4, false}}, true},
		"one of several, all broken": {[]Opening{{3, false}, {3, false}, {3, false}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, MustLaunch(slices.Values(test.openings)))
		})
	}
}
