package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/model"
)

// TestCompanyless: where each class needs the one before it, all wait as the first does.
func TestCompanyless(t *testing.T) {
	for name, tt := range map[string]struct {
		first  model.Class // needs rule 0, which is about nobody
		before int64
		waits  []bool
	}{
		"nobody comes":       {model.Class{OwnsRules: []int{0}}, 0, []bool{true, true, false}},
		"somebody runs":      {model.Class{OwnsRules: []int{0}}, 1, []bool{false, false, false}},
		"they may be first":  {model.Class{OwnsRules: []int{0}, InRules: []int{0}}, 0, []bool{false, false, false}},
		"they need nobody":   {model.Class{}, 0, []bool{false, false, false}},
		"they need the next": {model.Class{OwnsRules: []int{2}}, 0, []bool{true, true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			first := tt.first
			first.InRules = append(first.InRules, 1)
			m := &model.Model{
				Classes: []model.Class{first, {OwnsRules: []int{1}, InRules: []int{2}}, {}},
				Rules: []model.Rule{
					{Kind: model.Together, Domain: []int{0}, Before: []int64{tt.before}},
					{Kind: model.Together, Domain: []int{0}, Before: []int64{0}},
					{Kind: model.Together, Domain: []int{0}, Before: []int64{0}},
				},
			}
			require.Equal(t, tt.waits, m.Companyless())
		})
	}
}
