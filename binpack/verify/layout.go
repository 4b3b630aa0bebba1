package verify

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// A layout is a plan, read: its nodes, grouped by what they hold. Its size is
// that of what differs, however many nodes or pods there are.
type layout struct {
	problem  *reading.Problem
	plan     *binpack.Plan
	groups   []*nodeGroup // in the order of the plan
	holders  map[*reading.Kind][]*nodeGroup
	launched map[*reading.NodeTemplate]int64

	ofLaunch     []*nodeGroup // by launch; nil: nothing can be launched by its name
	ofNomination []*nodeGroup // by nomination; nil: no such node, or nominated before
	placed, left map[*corev1.Pod]int64
	pods, nodes  int64 // in all, as far as can be counted
}

// A nodeGroup is the nodes of a plan that hold alike: nothing tells them apart.
type nodeGroup struct {
	where    string // the first of them
	template *reading.NodeTemplate
	loads    []reading.Load // by number of the kind
	nodes    int64
}

// readLayout reads a plan. Its only error is that of ctx.
func readLayout(ctx context.Context, problem *reading.Problem, plan *binpack.Plan) (*layout, error) {
	r := layoutReader{byContent: map[groupContent]*nodeGroup{}, out: &layout{
		problem: problem, plan: plan, launched: map[*reading.NodeTemplate]int64{},
		placed: map[*corev1.Pod]int64{}, left: map[*corev1.Pod]int64{},
	}}
	for i := range plan.Launches {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.launch(i)
	}
	nominated := map[*reading.NodeTemplate]bool{}
	for i := range plan.Nominations {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.nomination(i, nominated)
	}
	for _, u := range plan.Unschedulable {
		if problem.Kinds.Of[u.Pod] != nil && u.Count > 0 {
			r.out.left[u.Pod] = arith.Add(r.out.left[u.Pod], int64(u.Count))
		}
	}
	r.out.holders = holdersOf(r.out.groups)
	return r.out, nil
}

// A layoutReader makes a layout, one node of the plan after the other.
type layoutReader struct {
	out       *layout
	byContent map[groupContent]*nodeGroup
}

// A groupContent names a group: what is on which template.
type groupContent struct {
	template *reading.NodeTemplate
	loads    string // numbers of kinds, and counts
}

func (r *layoutReader) launch(i int) {
	launch := &r.out.plan.Launches[i]
	nodes := int64(launch.Nodes())
	r.place(launch.Pods, nodes)
	r.out.nodes = arith.Add(r.out.nodes, nodes)
	var group *nodeGroup
	if t := r.out.problem.Supply.Find(launch); t != nil {
		r.out.launched[t] = arith.Add(r.out.launched[t], nodes)
		group = r.group(launchName(i), t, launch.Pods, nodes)
	}
	r.out.ofLaunch = append(r.out.ofLaunch, group)
}

func (r *layoutReader) nomination(i int, nominated map[*reading.NodeTemplate]bool) {
	n := &r.out.plan.Nominations[i]
	r.place(n.Pods, 1)
	var group *nodeGroup
	if t := r.out.problem.Existing.Of[n.Node]; t != nil && !nominated[t] {
		nominated[t] = true
		group = r.group(n.Node.Name, t, n.Pods, 1)
	}
	r.out.ofNomination = append(r.out.ofNomination, group)
}

// place counts the pods of alike nodes.
func (r *layoutReader) place(on []binpack.Placement, nodes int64) {
	for _, p := range on {
		if r.out.problem.Kinds.Of[p.Pod] == nil || p.Count <= 0 {
			continue
		}
		n := arith.Mul(int64(p.Count), nodes)
		r.out.placed[p.Pod] = arith.Add(r.out.placed[p.Pod], n)
		r.out.pods = arith.Add(r.out.pods, n)
	}
}

// group adds alike nodes to their group.
func (r *layoutReader) group(where string, t *reading.NodeTemplate, on []binpack.Placement, nodes int64) *nodeGroup {
	loads := loadsOf(r.out.problem.Kinds, on)
	content := groupContent{t, loadsContent(loads)}
	group, again := r.byContent[content]
	if !again {
		group = &nodeGroup{where: where, template: t, loads: loads}
		r.byContent[content] = group
		r.out.groups = append(r.out.groups, group)
	}
	group.nodes = arith.Add(group.nodes, nodes)
	return group
}

func launchName(i int) string { return fmt.Sprintf("Launches[%d]", i) }

// loadsOf gathers the pods of one node by kind.
func loadsOf(kinds *reading.Kinds, on []binpack.Placement) []reading.Load {
	var out []reading.Load
	at := map[*reading.Kind]int{}
	for _, p := range on {
		kind := kinds.Of[p.Pod]
		if kind == nil || p.Count <= 0 {
			continue
		}
		if _, known := at[kind]; !known {
			at[kind] = len(out)
			out = append(out, reading.Load{Kind: kind, Pod: p.Pod})
		}
		out[at[kind]].Count = arith.Add(out[at[kind]].Count, int64(p.Count))
	}
	slices.SortFunc(out, func(a, b reading.Load) int { return cmp.Compare(a.Kind.Number, b.Kind.Number) })
	return out
}

// loadsContent names which kinds of pods there are, and how many.
func loadsContent(loads []reading.Load) string {
	var b []byte
	for _, l := range loads {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(l.Kind.Number)), l.Count)
	}
	return string(b)
}

// holdersOf returns the groups that hold pods of each kind.
func holdersOf(groups []*nodeGroup) map[*reading.Kind][]*nodeGroup {
	out := map[*reading.Kind][]*nodeGroup{}
	for _, g := range groups {
		for _, l := range g.loads {
			out[l.Kind] = append(out[l.Kind], g)
		}
	}
	return out
}

// podOf returns the pod of the group that stands for its pods of a kind.
func (g *nodeGroup) podOf(kind *reading.Kind) *corev1.Pod {
	return g.loads[slices.IndexFunc(g.loads, func(l reading.Load) bool { return l.Kind == kind })].Pod
}
