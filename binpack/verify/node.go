package verify

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A judgedLoad is alike pods on one node.
type judgedLoad struct {
	kind  *judgedKind
	pod   *corev1.Pod // one of them
	count int64
}

// A judgedNode is what nodes of a plan hold that nothing tells apart.
type judgedNode struct {
	where  string // the first of them
	site   *site
	loads  []judgedLoad // by number of the kind
	copies int64
	good   bool // keeps all rules about one node
}

// node checks that a node admits each of its pods and holds them together.
// Nodes that are alike in this and were found good are not checked again.
func (v *verifier) node(where string, s *site, on []binpack.Placement) {
	loads := v.loads(on)
	content := contentOf(s, loads)
	n, again := v.nodeOf[content]
	if !again {
		n = &judgedNode{where: where, site: s, loads: loads}
		v.nodeOf[content] = n
		v.nodes = append(v.nodes, n)
	}
	n.copies++
	if n.good {
		return
	}
	before := len(v.violations)
	sum := naive.Amounts{}
	for _, l := range loads {
		sum.AddTimes(l.kind.requests, l.count)
		v.pods(where, s, l)
	}
	if name := naive.Lacks(s.allocatable, sum); name != "" {
		v.report(where, nil, binpack.InsufficientResources, describe.Short(name, sum[name], s.allocatable[name], s.key))
	}
	v.limits(where, s, loads)
	n.good = len(v.violations) == before
}

// loads gathers pods by kind.
func (v *verifier) loads(on []binpack.Placement) []judgedLoad {
	var out []judgedLoad
	at := map[*judgedKind]int{}
	for _, p := range on {
		kind := v.kindOf[p.Pod]
		if kind == nil || p.Count <= 0 {
			continue
		}
		if _, known := at[kind]; !known {
			at[kind] = len(out)
			out = append(out, judgedLoad{kind: kind, pod: p.Pod})
		}
		out[at[kind]].count += int64(p.Count)
	}
	slices.SortFunc(out, func(a, b judgedLoad) int { return cmp.Compare(a.kind.number, b.kind.number) })
	return out
}

// contentOf names which kinds of pods are on which site, and how many.
func contentOf(s *site, loads []judgedLoad) string {
	b := binary.AppendUvarint(nil, uint64(s.number))
	for _, l := range loads {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(l.kind.number)), l.count)
	}
	return string(b)
}

// pods checks the rules of pods about their node, and about those who are there
// before them.
func (v *verifier) pods(where string, s *site, l judgedLoad) {
	refusal := l.kind.withheld
	if refusal == nil && !v.takes(l.kind, s) {
		refusal = l.kind.refusal(s.node)
	}
	v.refused(where, l.pod, refusal)
	for _, r := range v.between(l.kind, s) {
		v.refused(where, l.pod, r)
	}
	if port, clash := naive.Clash(s.ports, l.kind.ports); clash {
		owner := "a daemon pod's"
		if s.exists {
			owner = "a pod's that is there"
		}
		v.refused(where, l.pod, &naive.Refusal{Code: naive.HostPort, Path: port.Path, Rule: port.String() + ", " + owner})
	}
}

func (v *verifier) refused(where string, pod *corev1.Pod, r *naive.Refusal) {
	if r != nil {
		v.report(where, pod, binpack.Reason(r.Code), binpack.Detail{Path: r.Path, Rule: r.Rule})
	}
}

// limits checks that the node holds no more pods than the rules of each allow
// beside it, those that are there counted.
func (v *verifier) limits(where string, s *site, loads []judgedLoad) {
	if len(v.peers.limits.rules) == 0 {
		return
	}
	counted := map[int]int64{} // pods that each limit selects
	for _, l := range slices.Concat(s.there, loads) {
		for _, limit := range l.kind.countedBy.limits {
			counted[limit] += l.count
		}
	}
	for _, l := range loads {
		for _, o := range l.kind.limits {
			if n := counted[o.number]; n > o.rule.Most {
				rule := fmt.Sprintf("%s: %d, most is %d", o.rule.Rule, n, o.rule.Most)
				v.refused(where, l.pod, &naive.Refusal{Code: o.rule.Code, Path: o.rule.Path, Rule: rule})
			}
		}
	}
}
