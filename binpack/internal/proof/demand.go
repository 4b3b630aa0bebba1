package proof

import (
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// demand returns which pods must find room: those of divided classes in any domains that their rules
// allow.
func (s *Subject) demand() separation.Demand {
	out := separation.Demand{Left: s.beside(s.Left)}
	if !s.without.Uses(technique.ChosenDomains) {
		return out
	}
	class := make([]int, len(s.spreads)) // of the whole, per spread
	for _, p := range s.Parts {
		if p.spread > 0 {
			class[p.spread-1] = p.Class
		}
	}
	for i, of := range s.spreads {
		out.Groups = append(out.Groups, separation.Group{Classes: s.of[class[i]], Spread: of})
	}
	for _, a := range s.aparts {
		for _, pair := range a.Pairs {
			one, other := s.of[class[a.Spreads[pair[0]]]], s.of[class[a.Spreads[pair[1]]]]
			for domain := range one {
				out.Apart = append(out.Apart, [2]int{one[domain], other[domain]})
			}
		}
	}
	return out
}
