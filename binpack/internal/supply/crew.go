package supply

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// Daemons of new nodes are pods to the rules between pods, and are there first.

// Repelled returns the profiles with a daemon that may not share a node with the pod, by
// a required rule of either, or with as many daemons as a rule of the pod about its node
// allows; nil: there are none.
func (s *Supply) Repelled(pod *corev1.Pod, all kube.Namespaces) []bool {
	var out []bool
	repel := func(those func(*Profile) bool) {
		for v := range s.Profiles {
			if those(&s.Profiles[v]) {
				if out == nil {
					out = make([]bool, len(s.Profiles))
				}
				out[v] = true
			}
		}
	}
	for d := range s.Daemons {
		if s.Daemons[d].Peer == nil {
			continue
		}
		for _, c := range kube.Conflicts(pod, s.Daemons[d].Peer, all) {
			repel(func(p *Profile) bool {
				_, has := p.Node.Labels[c.Key]
				return (has || c.Key == corev1.LabelHostname) && slices.Contains(p.Daemons, d)
			})
		}
	}
	for _, g := range kube.PodGroups(pod, all) {
		members := slices.ContainsFunc(s.Daemons, func(d kube.Daemon) bool { return d.Peer != nil && g.Selects(d.Peer) })
		if g.Preferred || !members {
			continue
		}
		most := g.Most
		if g.Selects(pod) {
			most--
		}
		repel(func(p *Profile) bool { n := s.count(p, g.Selects); return n > 0 && n > most })
	}
	return out
}

// CrewOn returns how many daemons of an offer's new node are selected.
func (s *Supply) CrewOn(o *Offer, selects func(*corev1.Pod) bool) int64 {
	return s.count(s.ProfileOf(o), selects)
}

func (s *Supply) count(p *Profile, selects func(*corev1.Pod) bool) int64 {
	n := int64(0)
	for _, d := range p.Daemons {
		if peer := s.Daemons[d].Peer; peer != nil && selects(peer) {
			n++
		}
	}
	return n
}

// Comes reports whether a node can be launched that admits pods of a rule set, whatever
// else is on it.
func (s *Supply) Comes(rules int) bool {
	return slices.ContainsFunc(s.Offers, func(o Offer) bool {
		return o.Existing == nil && !o.Closed && s.ProfileOf(&o).Admits[rules] != kube.Never
	})
}

// SpreadOverDaemons returns the path of a required spread of the pod over domains that
// counts a daemon of a node that can be launched, and that daemon; "": there is none.
func (s *Supply) SpreadOverDaemons(pod *corev1.Pod, all kube.Namespaces) (path string, daemon *corev1.Pod) {
	for _, rule := range kube.DomainRules(pod, all) {
		if rule.Kind != kube.Spread || rule.Preferred {
			continue
		}
		for d := range s.Daemons {
			peer := s.Daemons[d].Peer
			if peer == nil || !rule.Selects(peer) {
				continue
			}
			brings := func(o Offer) bool {
				p := s.ProfileOf(&o)
				return o.Existing == nil && o.Limit != 0 && !o.Closed && slices.Contains(p.Daemons, d) && rule.Counts(p.Node)
			}
			if slices.ContainsFunc(s.Offers, brings) {
				return rule.Path, s.Daemons[d].Pod
			}
		}
	}
	return "", nil
}

// SelectedDaemons returns the daemons that are selected; nil: none. Their ports select
// none: who claims one keeps off their node in any case.
func (s *Supply) SelectedDaemons(selects func(*corev1.Pod) bool) map[int]bool {
	var out map[int]bool
	for d := range s.Daemons {
		if peer := s.Daemons[d].Peer; peer != nil && selects(peer) {
			if out == nil {
				out = map[int]bool{}
			}
			out[d] = true
		}
	}
	return out
}
