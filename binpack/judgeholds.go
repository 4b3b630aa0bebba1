package binpack

import "github.com/stowage/stowage/binpack/internal/naive"

// asked is a question about rules that was answered before.
type asked struct {
	rules int
	site  *site
}

// refusal returns the first rule about nodes that keeps pods of the kind off
// the site, or nil.
func (j *judge) refusal(kind *judgedKind, s *site) *naive.Refusal {
	question := asked{kind.rules, s}
	r, known := j.refusals[question]
	if !known {
		r = kind.refusal(s.node)
		j.refusals[question] = r
	}
	return r
}

// holds reports whether an empty node of the site, launched for them, holds the
// pods together. Rules between them are not asked: what they say of one such
// node they say of all.
func (j *judge) holds(s *site, loads []judgedLoad) bool {
	requests := naive.Amounts{}
	for _, l := range loads {
		if _, clash := naive.Clash(s.ports, l.kind.ports); clash || j.refusal(l.kind, s) != nil {
			return false
		}
		requests.AddTimes(l.kind.requests, l.count)
	}
	return naive.Lacks(s.allocatable, requests) == ""
}

// alone reports whether an empty node of the site holds a pod of the kind.
func (j *judge) alone(kind *judgedKind, s *site) bool {
	return j.holds(s, []judgedLoad{{kind: kind, count: 1}})
}
