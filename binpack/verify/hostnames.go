package verify

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkHostnames checks that existing nodes that share a hostname hold together no more
// pods than rules by hostname allow: to these, as to the scheduler, labels decide what is
// one domain. Host ports are of each node.
func checkHostnames(ctx context.Context, l *layout, found *report) {
	nodes := map[string][]*reading.NodeTemplate{}
	for _, t := range l.problem.Existing.Nodes {
		name, _ := naive.Domain(t.Node, corev1.LabelHostname)
		nodes[name] = append(nodes[name], t)
	}
	nominated := map[*reading.NodeTemplate]*nodeGroup{}
	for _, g := range l.groups {
		if g.template.Exists() {
			nominated[g.template] = g
		}
	}
	for _, t := range l.problem.Existing.Nodes {
		name, _ := naive.Domain(t.Node, corev1.LabelHostname)
		if ctx.Err() != nil {
			return
		}
		if twins := nodes[name]; len(twins) > 1 && twins[0] == t {
			checkTwins(twins, nominated, found)
		}
	}
}

// checkTwins checks the nodes of one hostname.
func checkTwins(nodes []*reading.NodeTemplate, nominated map[*reading.NodeTemplate]*nodeGroup, found *report) {
	counted := map[int]int64{} // pods that each limit selects
	for _, t := range nodes {
		loads := t.Residents
		if g := nominated[t]; g != nil {
			loads = slices.Concat(loads, g.loads)
		}
		for _, load := range loads {
			for _, limit := range load.Kind.Rules.SelectedBy.Limits {
				counted[limit] = arith.Add(counted[limit], load.Count)
			}
		}
	}
	for _, t := range nodes {
		g := nominated[t]
		if g == nil {
			continue
		}
		for _, load := range g.loads {
			for _, limit := range load.Kind.Rules.Limits {
				if n := counted[limit.Number]; n > limit.Rule.Most && limit.Rule.Code != naive.HostPort {
					rule := fmt.Sprintf("%s: %d on nodes of its hostname, most is %d", limit.Rule.Rule, n, limit.Rule.Most)
					found.refused(g.where, load.Pod, &naive.Refusal{Code: limit.Rule.Code, Path: limit.Rule.Path, Rule: rule})
				}
			}
		}
	}
}
