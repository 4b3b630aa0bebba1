package verify

import (
	"fmt"
	"github.com/stowage/stowage/binpack"
)

// nomination checks one nomination and the pods that it is about.
func (v *verifier) nomination(i int) {
	n, where := &v.plan.Nominations[i], fmt.Sprintf("Nominations[%d]", i)
	s := v.existingOf[n.Node]
	if s != nil {
		where = n.Node.Name
	}
	for _, on := range n.Pods {
		v.count(where, on.Pod, on.Count)
	}
	switch {
	case s == nil:
		v.report(where, nil, IllegalNomination, binpack.Detail{Rule: "the problem has no such node"})
		return
	case v.nominated[s]:
		v.report(where, nil, IllegalNomination, binpack.Detail{Rule: "the node has another nomination"})
		return
	case s.barred != "":
		v.report(where, nil, IllegalNomination, binpack.Detail{Rule: s.barred})
	}
	v.nominated[s] = true
	v.node(where, s, n.Pods)
}
