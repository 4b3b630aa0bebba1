package verify

import (
	"iter"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// An answer says whether rules about nodes take a site; the zero one is not
// known yet.
type answer byte

const (
	taken answer = iota + 1
	refused
)

// takes reports whether the rules about nodes of the kind take the site. Rules
// are asked once per rule set and site.
func (j *judge) takes(kind *judgedKind, s *site) bool {
	row := j.answers[kind.rules]
	if s.number >= len(row) {
		row = append(row, make([]answer, j.sites-len(row))...)
		j.answers[kind.rules] = row
	}
	if row[s.number] == 0 {
		row[s.number] = taken
		if kind.refusal(s.node) != nil {
			row[s.number] = refused
		}
	}
	return row[s.number] == taken
}

// holds reports whether an empty node of the site, launched for them, holds the
// pods together. Rules between them are not asked: what they say of one such
// node they say of all.
func (j *judge) holds(s *site, loads []judgedLoad) bool {
	if s.barred != "" {
		return false
	}
	requests := naive.Amounts{}
	for _, l := range loads {
		if _, clash := naive.Clash(s.ports, l.kind.ports); clash || !j.takes(l.kind, s) {
			return false
		}
		requests.AddTimes(l.kind.requests, l.count)
	}
	return naive.Lacks(s.allocatable, requests) == ""
}

// choice yields the nodes that the pool could launch for these pods, of all that
// is available before the plan.
func (j *judge) choice(pool *judgedPool, loads []judgedLoad) iter.Seq[*corev1.Node] {
	return func(yield func(*corev1.Node) bool) {
		for _, s := range j.sitesOf(pool) {
			if j.most[s.key] > 0 && j.holds(s, loads) && !yield(s.node) {
				return
			}
		}
	}
}
