package problemfile

import (
	"io"
	"math"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// mostLaunches is the most launches of a plan file: more than any cluster has,
// so that a slip of the pen in a count does not fill the memory.
const mostLaunches = 1_000_000

// ReadPlan reads a plan file for p. Pods are named as Write names them; pods and
// existing nodes become the pointers of p. Prices are those of p's catalogs. A cost that the
// file does not state is the sum of its launches' prices.
//
// A fault, such as a pod, node, pool or offering that p has not, is a
// *binpack.InvalidError with its JSON path. Whether the plan is feasible is
// for binpack.Verify to say.
func ReadPlan(r io.Reader, p binpack.Problem) (binpack.Plan, error) {
	var f planFile
	if err := decode(r, &f); err != nil {
		return binpack.Plan{}, err
	}
	return f.plan(p)
}

// WritePlan writes a plan for p. Launches that follow each other and are alike
// are folded. What a plan says beyond the format, the Detail of its reasons
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
		Nodes:      []planNode{},
		Cost:       (*price)(&plan.Cost),
		LowerBound: (*price)(&plan.LowerBound),
		Status:     status,
	}
	for i, l := range plan.Launches {
		pods, err := newPlacements(at("Launches", i)+".Pods", l.Pods, names)
		if err != nil {
			return nil, err
		}
		key := l.Offering
		f.addNode(planNode{
			Pool: l.Pool, InstanceType: key.InstanceType, Zone: key.Zone, CapacityType: key.CapacityType,
			ReservationID: key.ReservationID, Labels: l.Labels, Pods: pods,
		})
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
		f.Certificate = &certificate{}
		for _, c := range plan.Certificate.Cuts {
			f.Certificate.Cuts = append(f.Certificate.Cuts, cut(c))
		}
	}
	return f, nil
}

// addNode adds n, or counts it with the node before it where they are alike.
func (f *planFile) addNode(n planNode) {
	if len(f.Nodes) > 0 {
		last := &f.Nodes[len(f.Nodes)-1]
		n.Count = last.Count
		if reflect.DeepEqual(*last, n) {
			count := countOf(last.Count) + 1
			last.Count = &count
			return
		}
		n.Count = nil
	}
	f.Nodes = append(f.Nodes, n)
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
	for i := range f.Nodes {
		launch, err := rd.launch(at("nodes", i), &f.Nodes[i])
		if err != nil {
			return plan, err
		}
		for range countOf(f.Nodes[i].Count) {
			if len(plan.Launches) == mostLaunches {
				return plan, fault(at("nodes", i), "more than %d nodes", mostLaunches)
			}
			if launch.Price > math.MaxInt64-plan.Cost {
				return plan, fault(at("nodes", i), "the cost is more than %s", catalog.Price(math.MaxInt64))
			}
			plan.Launches = append(plan.Launches, launch)
			plan.Cost += launch.Price
		}
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
		for _, c := range f.Certificate.Cuts {
			plan.Certificate.Cuts = append(plan.Certificate.Cuts, binpack.Cut(c))
		}
	}
	plan.Status, err = statusOf(f.Status)
	return plan, err
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

// countOf returns a count of which 1 is left out.
func countOf(count *int) int {
	if count == nil {
		return 1
	}
	return *count
}
