package problemfile

import (
	"io"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/catalog"
)

// maxNodes is the most nodes of a plan file: more than any cluster has, so that a
// slip of the pen in a count is a fault, and no sum of nodes overflows.
const maxNodes = math.MaxInt32

// ReadPlan reads a plan file for p. Pods are named as Write names them; pods and
// existing nodes become the pointers of p. Prices are those of p's catalogs. Nodes that
// follow each other and are alike are one launch. A cost that the file does not state
// is the sum of its nodes' prices.
//
// A fault, such as a pod, node, pool or offering that p has not, is a
// *binpack.InvalidError with its JSON path. Whether the plan is feasible is
// for verify.Plan to say.
func ReadPlan(r io.Reader, p binpack.Problem) (binpack.Plan, error) {
	var f planFile
	if err := decode(r, &f); err != nil {
		return binpack.Plan{}, err
	}
	return f.plan(p)
}

// WritePlan writes a plan for p. Nodes that follow each other and are alike are one
// entry with a count. What a plan says beyond the format, the Detail of its reasons
// and its Stats, is left out.
//
// A pod, node or pool that p has not is an error, and nothing is written.
func WritePlan(w io.Writer, p binpack.Problem, plan binpack.Plan) error {
	f, err := newPlanFile(p, plan)
	if err != nil {
		return err
	}
	if _, err := f.plan(p); err != nil {
		return err
	}
	return encode(w, f)
}

// newPlanFile returns the file that says plan.
func newPlanFile(p binpack.Problem, plan binpack.Plan) (*planFile, error) {
	names, err := namesByPod(p)
	if err != nil {
		return nil, err
	}
	status := ""
	if plan.Status != binpack.Unknown {
		status = plan.Status.String()
	}
	f := &planFile{
		Cost:       (*price)(&plan.Cost),
		LowerBound: (*price)(&plan.LowerBound),
		Status:     status,
	}
	if f.Nodes, err = newPlanNodes(plan.Launches, names); err != nil {
		return nil, err
	}
	if f.Existing, err = newNominations(p, plan.Nominations, names); err != nil {
		return nil, err
	}
	for i, u := range plan.Unschedulable {
		name, ok := names[u.Pod]
		if !ok {
			return nil, fault(at("Unschedulable", i)+".Pod", "is no pod of the problem")
		}
		left := leftover{placement: placement{Name: name, Count: &u.Count}, Reasons: map[string]binpack.Reason{}}
		for _, r := range u.Reasons {
			left.Reasons[r.Pool] = r.Reason
		}
		f.Unscheduled = append(f.Unscheduled, left)
	}
	if len(plan.Certificate.Cuts) > 0 {
		f.Certificate = &certificate{Strongest: plan.Certificate.Strongest}
		for _, c := range plan.Certificate.Cuts {
			k := cut{Pods: c.Pods, Workloads: c.Workloads}
			for _, d := range c.Domains {
				k.Domains = append(k.Domains, domainValues(d))
			}
			f.Certificate.Cuts = append(f.Certificate.Cuts, k)
		}
	}
	return f, nil
}

// newPlanNodes returns the entries of launches: one for those that follow each other
// and are alike.
func newPlanNodes(launches []binpack.Launch, names map[*corev1.Pod]string) ([]planNode, error) {
	nodes := []planNode{}
	var folded []binpack.Launch
	for i, l := range launches {
		l.Alternatives = nil // a file does not say them
		if folded = fold.Append(folded, l); len(folded) == len(nodes) {
			continue
		}
		pods, err := newPlacements(at("Launches", i)+".Pods", l.Pods, names)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, planNode{launch: *newLaunch(&l), Pods: pods})
	}
	for i := range nodes {
		if folded[i].Count > 1 {
			nodes[i].Count = &folded[i].Count
		}
	}
	return nodes, nil
}

// newNominations returns the entries of pods for existing nodes.
func newNominations(p binpack.Problem, all []binpack.Nomination, names map[*corev1.Pod]string) ([]nomination, error) {
	var entries []nomination
	for i, n := range all {
		path := at("Nominations", i)
		if n.Node == nil || !slices.ContainsFunc(p.Existing, func(e binpack.ExistingNode) bool { return e.Node == n.Node }) {
			return nil, fault(path+".Node", "is no node of the problem")
		}
		pods, err := newPlacements(path+".Pods", n.Pods, names)
		if err != nil {
			return nil, err
		}
		entries = append(entries, nomination{Name: n.Node.Name, Pods: pods})
	}
	return entries, nil
}

func newPlacements(path string, pods []binpack.Placement, names map[*corev1.Pod]string) ([]placement, error) {
	placements := make([]placement, len(pods))
	for i, pl := range pods {
		name, ok := names[pl.Pod]
		if !ok {
			return nil, fault(at(path, i)+".Pod", "is no pod of the problem")
		}
		placements[i] = placement{Name: name, Count: &pl.Count}
	}
	return placements, nil
}

// plan returns the plan for p that f says.
func (f *planFile) plan(p binpack.Problem) (binpack.Plan, error) {
	var plan binpack.Plan
	rd, err := newPlanReader(p)
	if err != nil {
		return plan, err
	}
	if err := f.launches(&plan, rd); err != nil {
		return plan, err
	}
	for i := range f.Existing {
		n, err := rd.nomination(at("existing", i), &f.Existing[i])
		if err != nil {
			return plan, err
		}
		plan.Nominations = append(plan.Nominations, n)
	}
	for i := range f.Unscheduled {
		left, err := rd.leftover(at("unscheduled", i), &f.Unscheduled[i])
		if err != nil {
			return plan, err
		}
		plan.Unschedulable = append(plan.Unschedulable, left)
	}
	if f.Cost != nil {
		plan.Cost = catalog.Price(*f.Cost)
	}
	if f.LowerBound != nil {
		plan.LowerBound = catalog.Price(*f.LowerBound)
	}
	if f.Certificate != nil {
		plan.Certificate.Strongest = f.Certificate.Strongest
		for _, c := range f.Certificate.Cuts {
			k := binpack.Cut{Pods: c.Pods, Workloads: c.Workloads}
			for _, d := range c.Domains {
				k.Domains = append(k.Domains, binpack.DomainValues(d))
			}
			plan.Certificate.Cuts = append(plan.Certificate.Cuts, k)
		}
	}
	plan.Status, err = statusOf(f.Status)
	return plan, err
}

// launches adds the launches that f says to the plan, and what they cost.
func (f *planFile) launches(plan *binpack.Plan, rd *planReader) error {
	nodes := 0
	for i := range f.Nodes {
		l, err := rd.launch(at("nodes", i), &f.Nodes[i])
		if err != nil {
			return err
		}
		count := countOf(f.Nodes[i].Count)
		switch {
		case count == 0:
			continue
		case count > maxNodes-nodes:
			return fault(at("nodes", i), "more than %d nodes", maxNodes)
		case l.Price > (math.MaxInt64-plan.Cost)/catalog.Price(count):
			return fault(at("nodes", i), "the cost is more than %s", catalog.Price(math.MaxInt64))
		}
		l.Count = count
		nodes += count
		plan.Cost += l.Price * catalog.Price(count)
		plan.Launches = fold.Append(plan.Launches, l)
	}
	return nil
}

// namesByPod returns the names that the pods of p have in a file. A pod that
// p holds twice has the first of its names.
func namesByPod(p binpack.Problem) (map[*corev1.Pod]string, error) {
	pods, workloads, err := entryNames(p)
	if err != nil {
		return nil, err
	}
	names := map[*corev1.Pod]string{}
	for i, w := range slices.Backward(p.Workloads) {
		names[w.Pod] = workloads[i]
	}
	for i, pod := range slices.Backward(p.Pods) {
		names[pod] = pods[i]
	}
	return names, nil
}

func statusOf(name string) (binpack.Status, error) {
	if name == "" {
		return binpack.Unknown, nil
	}
	for s := binpack.Unknown; s <= binpack.Interrupted; s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return binpack.Unknown, fault("status", "%q is no status", name)
}

// countOf returns a count as a file states it; 1 is left out.
func countOf(count *int) int {
	if count == nil {
		return 1
	}
	return *count
}
