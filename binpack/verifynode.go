package binpack

import (
	"encoding/binary"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// pods checks that the node admits each of its pods and holds them together.
// Launches that are alike in this and were found good are not checked again.
func (v *verifier) pods(where string, l *Launch, s *site) {
	content := v.content(l, s)
	if v.good[content] {
		return
	}
	before := len(v.violations)
	sum := naive.Amounts{}
	for _, on := range l.Pods {
		kind := v.kindOf[on.Pod]
		if kind == nil || on.Count <= 0 {
			continue
		}
		sum.AddTimes(kind.requests, int64(on.Count))
		refusal := kind.withheld
		if refusal == nil {
			refusal = v.refusal(kind, s)
		}
		v.refused(where, on.Pod, refusal)
		if port, clash := naive.Clash(s.ports, kind.ports); clash {
			v.refused(where, on.Pod, &naive.Refusal{Code: naive.HostPort, Path: port.Path, Rule: port.String() + ", a daemon pod's"})
		}
	}
	if name := naive.Lacks(s.allocatable, sum); name != "" {
		v.report(where, nil, InsufficientResources, short(name, sum[name], s.allocatable[name], s.key))
	}
	v.limits(where, l)
	v.good[content] = len(v.violations) == before
}

func (v *verifier) refused(where string, pod *corev1.Pod, r *naive.Refusal) {
	if r != nil {
		v.report(where, pod, Reason(r.Code), Detail{Path: r.Path, Rule: r.Rule})
	}
}

// content names what the launch holds: which kinds of pods on which site, and
// how many.
func (v *verifier) content(l *Launch, s *site) string {
	b := binary.AppendUvarint(nil, uint64(s.number))
	for _, on := range l.Pods {
		if kind := v.kindOf[on.Pod]; kind != nil {
			b = binary.AppendVarint(binary.AppendUvarint(b, uint64(kind.number)), int64(on.Count))
		}
	}
	return string(b)
}

func (v *verifier) refusal(kind *judgedKind, s *site) *naive.Refusal {
	question := asked{kind.rules, s}
	r, known := v.refusals[question]
	if !known {
		r = naive.Refuses(kind.pod, s.node)
		v.refusals[question] = r
	}
	return r
}

// limits checks that the node holds no more pods than the rules of each allow
// beside it.
func (v *verifier) limits(where string, l *Launch) {
	if len(v.peers.limits) == 0 {
		return
	}
	counted := map[int]int64{} // pods that each limit selects
	for _, on := range l.Pods {
		if kind := v.kindOf[on.Pod]; kind != nil && on.Count > 0 {
			for _, limit := range kind.countedBy {
				counted[limit] += int64(on.Count)
			}
		}
	}
	for _, on := range l.Pods {
		kind := v.kindOf[on.Pod]
		if kind == nil || on.Count <= 0 {
			continue
		}
		for i, limit := range kind.limits {
			if n := counted[kind.owns[i]]; n > limit.Most {
				rule := fmt.Sprintf("%s: %d, most is %d", limit.Rule, n, limit.Most)
				v.refused(where, on.Pod, &naive.Refusal{Code: limit.Code, Path: limit.Path, Rule: rule})
			}
		}
	}
}
