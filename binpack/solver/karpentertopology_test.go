package solver_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// TestKarpenterTopology retells Karpenter's tests of topology
// (sigs.k8s.io/karpenter v1.14, pkg/controllers/provisioning/scheduling/
// topology_test.go), every one of them, and writes what came of it beside what
// Karpenter expects to testdata/karpenter/topology.md.
//
// Two things of Karpenter's are no questions to a Problem, and are told
// otherwise:
//
//   - it plans a node whose zone the cloud chooses, and so leaves pods pending
//     that depend on this zone until the node is there; a Problem's launches have
//     a zone, and such rows say that ours places them at once;
//   - a pod without a node that nobody has tried to schedule yet is not its
//     business; in a Problem such a pod is gated, or is not there.
func TestKarpenterTopology(t *testing.T) {
	page := strings.Builder{}
	page.WriteString("# Karpenter's tests of topology, retold\n\nWritten by TestKarpenterTopology. After … is what comes of the next batch of pods, when those before are running.\n")
	for _, theme := range []struct {
		title string
		tales []tale
	}{
		{"Spread over zones", zoneTales()},
		{"Spread over nodes", nodeTales()},
		{"Spread over capacity types and architectures", marketTales()},
		{"Several spreads at once", manySpreadTales()},
		{"Which nodes a spread counts", policyTales()},
		{"Spread and node affinity", nodeAffinityTales()},
		{"Pod affinity", podAffinityTales()},
		{"Pod anti-affinity", antiAffinityTales()},
		{"Namespaces of a term", namespaceTales()},
		{"Taints", taintTales()},
		{"Volumes", volumeTales()},
	} {
		fmt.Fprintf(&page, "\n## %s\n\n| situation | Karpenter | ours | why it differs |\n| --- | --- | --- | --- |\n", theme.title)
		for _, tale := range theme.tales {
			t.Run(theme.title+": "+tale.name, func(t *testing.T) {
				err := tale.check()
				switch {
				case tale.fault != "":
					require.ErrorContains(t, err, tale.fault)
				default:
					require.NoError(t, err)
				}
			})
			fmt.Fprintf(&page, "| %s | %s | %s | %s |\n", tale.name, tale.karpenter, tale.ours(), tale.why)
		}
	}
	path := filepath.Join("..", "testdata", "karpenter", "topology.md")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(page.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), page.String())
}

// A tale is one of Karpenter's tests: a cluster, and batches of pods that come
// one after the other. Each batch is a Problem, in which all that was placed
// before is running.
type tale struct {
	name      string
	karpenter string                 // what its test expects
	why       string                 // why ours is not the same; "": it is
	pools     []binpack.Pool         // nil: one pool without rules
	nodes     []binpack.ExistingNode // that exist before the first batch
	change    func(*binpack.Problem) // what else there is
	batches   []batch
	fault     string // what is invalid about them; "": nothing
}

type (
	pods  []binpack.Workload
	facts []fact
)

// A batch is pods that come together, and what must be so once they are placed.
// Of an app without a fact that says so, no pod may be left.
type batch struct {
	pods  pods
	facts facts
}

// check plays the batches and returns the first fact that is not so.
func (s tale) check() error {
	p := binpack.Problem{Catalog: ksTypes(), Pools: s.pools, Existing: s.nodes}
	if s.change != nil {
		s.change(&p)
	}
	problemtest.OwnKeys(&p)
	for i, b := range s.batches {
		p.Workloads = b.pods
		plan, err := quick.Solve(context.Background(), p)
		if err != nil {
			return err
		}
		if err := errors.Join(verify.Plan(context.Background(), p, plan), verify.Bound(context.Background(), p, plan)); err != nil {
			return err
		}
		o := outcome{settled(p, plan), plan}
		for _, f := range b.all() {
			if got := f.of(o); got != f.want {
				return fmt.Errorf("batch %d: %s: want %s, got %s with\n%s", i, f.about, f.want, got, render(plan))
			}
		}
		p.Existing = o.nodes
	}
	return nil
}

// ours says what comes of the batches, of those alike once.
func (s tale) ours() string {
	var batches []string
	for _, b := range s.batches {
		var texts []string
		if s.fault != "" {
			texts = append(texts, "invalid: "+s.fault)
		} else if !slices.ContainsFunc(b.facts, func(f fact) bool { return strings.HasPrefix(f.about, "left of ") }) {
			texts = append(texts, "all placed")
		}
		for _, f := range b.facts {
			texts = append(texts, f.about+": "+f.want)
		}
		batches = append(batches, strings.Join(texts, "; "))
	}
	return strings.Join(slices.Compact(batches), " … ")
}

// all returns the facts of b, and that no other pod is left.
func (b batch) all() facts {
	all := slices.Clone(b.facts)
	for _, w := range b.pods {
		none := left(w.Pod.Name, 0)
		if !slices.ContainsFunc(all, func(f fact) bool { return f.about == none.about || f.about == left(everyApp, 0).about }) {
			all = append(all, none)
		}
	}
	return all
}

// An outcome is a plan, and the cluster once it is done.
type outcome struct {
	nodes []binpack.ExistingNode
	plan  binpack.Plan
}

// settled returns the nodes of p, and those that the plan launches, with the
// pods that the plan has for them.
func settled(p binpack.Problem, plan binpack.Plan) []binpack.ExistingNode {
	nodes := slices.Clone(p.Existing)
	for i := range nodes {
		for _, n := range plan.Nominations {
			if n.Node == nodes[i].Node {
				nodes[i].Pods = slices.Concat(nodes[i].Pods, holding(n.Node, workloads(n.Pods)...).Pods)
			}
		}
	}
	for _, l := range fold.Unfold(plan.Launches) {
		node := p.Node(l)
		node.Name = fmt.Sprintf("launched-%d", len(nodes))
		nodes = append(nodes, holding(node, workloads(l.Pods)...))
	}
	return nodes
}

func workloads(placements []binpack.Placement) []binpack.Workload {
	var out []binpack.Workload
	for _, on := range placements {
		out = append(out, binpack.Workload{Pod: on.Pod, Replicas: on.Count})
	}
	return out
}

// counts returns how many pods with this app or role are in each domain. A node
// without the key is in none.
func (o outcome) counts(app, key string) map[string]int {
	out := map[string]int{}
	for _, n := range o.nodes {
		domain, ok := n.Node.Labels[key]
		if key == keyNode {
			domain, ok = n.Node.Name, true
		}
		for _, p := range n.Pods {
			if ok && (p.Labels["app"] == app || p.Labels["role"] == app) {
				out[domain]++
			}
		}
	}
	return out
}

// A fact is something about an outcome, as text.
type fact struct {
	about, want string
	of          func(outcome) string
}

// Short is what people call a key.
func Short(key string) string {
	switch key {
	case keyNode:
		return "node"
	case keyMarket:
		return "capacity type"
	}
	return key[strings.LastIndex(key, "/")+1:]
}

// count is how many pods of the app are in each domain that has some, in
// ascending order.
func count(app, key string, want ...int) fact {
	return fact{app + " by " + Short(key), join(want), func(o outcome) string {
		return join(slices.Sorted(maps.Values(o.counts(app, key))))
	}}
}

// atMost is how many pods of the app a domain may have.
func atMost(app, key string, most int) fact {
	return bounded(app, key, fmt.Sprint("at most ", most), func(_, max int) bool { return max <= most })
}

// within is how much the domains that have pods of the app may differ.
func within(app, key string, skew int) fact {
	return bounded(app, key, fmt.Sprint("skew at most ", skew), func(min, max int) bool { return max-min <= skew })
}

func bounded(app, key, want string, holds func(min, max int) bool) fact {
	return fact{app + " by " + Short(key), want, func(o outcome) string {
		counts := slices.Sorted(maps.Values(o.counts(app, key)))
		if len(counts) > 0 && holds(counts[0], counts[len(counts)-1]) {
			return want
		}
		return join(counts)
	}}
}

// on is which domains have pods of the app, in alphabetical order.
func on(app, key string, want ...string) fact {
	return fact{Short(key) + " of " + app, join(want), func(o outcome) string {
		return join(slices.Sorted(maps.Keys(o.counts(app, key))))
	}}
}

// together: the apps are in the same domains.
func together(a, b, key string) fact {
	return fact{Short(key) + " of " + a + " and " + b, "the same", func(o outcome) string { return overlap(o.counts(a, key), o.counts(b, key)) }}
}

// separate: no domain has pods of both apps.
func separate(a, b, key string) fact {
	return fact{Short(key) + " of " + a + " and " + b, "another", func(o outcome) string { return overlap(o.counts(a, key), o.counts(b, key)) }}
}

func overlap(a, b map[string]int) string {
	shared := 0
	for domain := range a {
		if b[domain] > 0 {
			shared++
		}
	}
	switch {
	case len(a) == 0 || len(b) == 0:
		return "none"
	case shared == 0:
		return "another"
	case shared == len(a) && shared == len(b):
		return "the same"
	}
	return "some the same"
}

// launches is how many nodes are launched for the batch.
func launches(want int) fact {
	return fact{"launches", fmt.Sprint(want), func(o outcome) string { return fmt.Sprint(fold.Nodes(o.plan.Launches)) }}
}

// taints is what taints the nodes have, each by its key.
func taints(want ...string) fact {
	return fact{"taints", join(want), func(o outcome) string {
		var keys []string
		for _, n := range o.nodes {
			for _, taint := range n.Node.Spec.Taints {
				keys = append(keys, taint.Key)
			}
		}
		return join(keys)
	}}
}

// everyApp stands for the pods of all deployments together.
const everyApp = "all"

// left is how many pods of a deployment are left, and the reason of each pool.
func left(name string, n int, reasons ...binpack.Reason) fact {
	return fact{"left of " + name, leftover(n, join(reasons)), func(o outcome) string {
		n, why := 0, []string{}
		for _, u := range o.plan.Unschedulable {
			if u.Pod.Name == name || name == everyApp {
				n += u.Count
				var codes []binpack.Reason
				for _, r := range u.Reasons {
					codes = append(codes, r.Reason)
				}
				why = append(why, join(codes))
			}
		}
		slices.Sort(why)
		return leftover(n, strings.Join(slices.Compact(why), " or "))
	}}
}

func leftover(n int, why string) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d for %s", n, why)
}

// join writes a list as people do.
func join[T any](items []T) string {
	if len(items) == 0 {
		return "none"
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = fmt.Sprint(item)
	}
	return strings.Join(texts, ", ")
}
