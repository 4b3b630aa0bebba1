package solver

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/primal"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// nodesOf returns the nominations and launches of an earlier plan as the model has
// them.
func nodesOf(c *compile.Compiled, plan *binpack.Plan) []primal.Node {
	bins := map[string][]int{}
	for b, offers := range c.OffersIn {
		for _, i := range offers {
			for _, name := range offerNames(c.Reading, &c.Offers[i]) {
				bins[name] = append(bins[name], b)
			}
		}
	}
	pods := knownPods(c)
	var out []primal.Node
	add := func(name string, placed []binpack.Placement, nodes int) {
		n := primal.Node{Bins: bins[name], Times: int64(nodes)}
		for _, on := range placed {
			n.Pods = append(n.Pods, primal.Pods{Classes: pods.classes(on.Pod), Count: int64(on.Count)})
		}
		out = append(out, n)
	}
	for _, n := range plan.Nominations {
		add(nodeName(n.Node), n.Pods, 1)
	}
	for _, l := range plan.Launches {
		add(launchName(l.Pool, fmt.Sprint(l.Offering), l.Labels), l.Pods, l.Nodes())
	}
	return out
}

func offerNames(r *compile.Reading, o *supply.Offer) []string {
	if o.Existing != nil {
		return []string{nodeName(r.Problem.Existing[o.Existing.Number].Node)}
	}
	var names []string
	for _, labels := range o.Stated() {
		names = append(names, launchName(r.Supply.Pools[o.Pool].Name, fmt.Sprint(o.Key), labels))
	}
	return names
}

func nodeName(n *corev1.Node) string { return fmt.Sprintf("node %q", n.Name) }

func launchName(pool, offering string, labels map[string]string) string {
	return fmt.Sprintf("launch %q %s %q", pool, offering, fmt.Sprint(labels))
}
