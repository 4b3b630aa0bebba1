package binpack

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// InvalidError is a fault of a Problem: its Path, like
// Pods[3].spec.containers[0].resources.requests[cpu], and what is wrong there.
type InvalidError = catalog.InvalidError

// Validate returns every fault of p, as *InvalidError values that are joined;
// nil: none. Of alike pods only the first is reported.
func (p Problem) Validate() error {
	_, err := p.validate()
	return err
}

// validate returns the faults of p, or else its pods in kinds.
func (p *Problem) validate() (*grouping, error) {
	f := &faults{}
	f.pods(p)
	f.supply(p)
	f.rest(p)
	if len(f.found) > 0 {
		return nil, errors.Join(f.found...)
	}
	g := group(p)
	for i := range g.kinds {
		f.pod(g.kinds[i].path, g.kinds[i].pod)
	}
	for i, pod := range p.DaemonPods {
		f.pod(fmt.Sprintf("DaemonPods[%d]", i), pod)
	}
	for i, n := range p.Existing {
		for j, pod := range n.Pods {
			f.neighbours(fmt.Sprintf("Existing[%d].Pods[%d]", i, j), pod)
		}
	}
	return g, errors.Join(f.found...)
}

// faults gathers what is wrong.
type faults struct{ found []error }

func (f *faults) add(path string, err error) {
	if err != nil {
		f.found = append(f.found, &InvalidError{Path: path, Err: err})
	}
}

var (
	errNil       = errors.New("is nil")
	errTwice     = errors.New("is there twice")
	errUnnamed   = errors.New("has no name")
	errUnstated  = errors.New("is missing")
	errDuplicate = errors.New("is the name of another one too")
)

// pods checks that every pod is there, and once.
func (f *faults) pods(p *Problem) {
	seen := make(map[*corev1.Pod]bool, len(p.Pods)+len(p.Workloads))
	one := func(pod *corev1.Pod, format string, at ...any) {
		switch {
		case pod == nil:
			f.add(fmt.Sprintf(format, at...), errNil)
		case seen[pod]:
			f.add(fmt.Sprintf(format, at...), errTwice)
		}
		seen[pod] = true
	}
	for i, pod := range p.Pods {
		one(pod, "Pods[%d]", i)
	}
	for i, w := range p.Workloads {
		one(w.Pod, "Workloads[%d].Pod", i)
		if w.Replicas < 0 {
			f.add(fmt.Sprintf("Workloads[%d].Replicas", i), fmt.Errorf("%d is negative", w.Replicas))
		}
	}
	for i, pod := range p.DaemonPods {
		one(pod, "DaemonPods[%d]", i)
	}
	names := map[string]bool{}
	for i, n := range p.Existing {
		path := fmt.Sprintf("Existing[%d]", i)
		switch {
		case n.Node == nil:
			f.add(path+".Node", errNil)
		case names[n.Node.Name]:
			f.add(path+".Node.metadata.name", fmt.Errorf("%q %w", n.Node.Name, errDuplicate))
		}
		if n.Node != nil {
			names[n.Node.Name] = true
			f.resources(path+".Node.status.allocatable", n.Node.Status.Allocatable)
		}
		for j, pod := range n.Pods {
			one(pod, "Existing[%d].Pods[%d]", i, j)
		}
	}
}

// supply checks pools and catalogs.
func (f *faults) supply(p *Problem) {
	f.catalog("", p.Catalog)
	names := map[string]bool{}
	for i := range p.Pools {
		pool := &p.Pools[i]
		path := fmt.Sprintf("Pools[%d]", i)
		if names[pool.Name] {
			f.add(path+".Name", fmt.Errorf("%q %w", pool.Name, errDuplicate))
		}
		names[pool.Name] = true
		f.catalog(path+".", pool.Catalog)
		f.requirements(path+".Requirements", pool.Requirements)
		f.resources(path+".Limits", pool.Limits)
		f.taints(path+".Taints", pool.Taints)
		f.taints(path+".StartupTaints", pool.StartupTaints)
	}
}

// rest checks what is left: quotas.
func (f *faults) rest(p *Problem) {
	names := map[string]bool{}
	for i, q := range p.Quotas {
		path := fmt.Sprintf("Quotas[%d]", i)
		switch {
		case q.Name == "":
			f.add(path+".Name", errUnnamed)
		case names[q.Name]:
			f.add(path+".Name", fmt.Errorf("%q %w", q.Name, errDuplicate))
		}
		names[q.Name] = true
		f.requirements(path+".Requirements", q.Requirements)
		f.resources(path+".Left", q.Left)
	}
}

// catalog adds the faults of c, with the path of the field that holds it.
func (f *faults) catalog(prefix string, c catalog.Catalog) {
	for i, t := range c {
		if t != nil && len(t.Choices) > 0 {
			f.add(fmt.Sprintf("%sCatalog[%d].Choices", prefix, i), errors.New("cannot be planned on: make an entry of each choice, with Catalog.Split"))
		}
	}
	err := c.Validate()
	if err == nil {
		return
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var invalid *catalog.InvalidError
		if errors.As(err, &invalid) {
			f.add(prefix+invalid.Path, invalid.Err)
		} else {
			f.add(prefix+"Catalog", err)
		}
	}
}

func (f *faults) resources(path string, list corev1.ResourceList) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		f.add(fmt.Sprintf("%s[%s]", path, name), checkQuantity(list[name]))
	}
}

func (f *faults) requirements(path string, reqs []corev1.NodeSelectorRequirement) {
	for i, r := range reqs {
		term := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r}}
		f.add(fmt.Sprintf("%s[%d]", path, i), kube.CheckTerms([]corev1.NodeSelectorTerm{term}))
	}
}

func (f *faults) taints(path string, taints []corev1.Taint) {
	for i, t := range taints {
		switch t.Effect {
		case corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute:
		default:
			f.add(fmt.Sprintf("%s[%d].effect", path, i), fmt.Errorf("%q is no taint effect", t.Effect))
		}
	}
}

// pod checks what the rules read of a pod.
func (f *faults) pod(path string, pod *corev1.Pod) {
	s := &pod.Spec
	if len(s.Containers) == 0 {
		f.add(path+".spec.containers", errors.New("there are none"))
	}
	f.containers(path+".spec.containers", s.Containers)
	f.containers(path+".spec.initContainers", s.InitContainers)
	f.resources(path+".spec.overhead", s.Overhead)
	if s.Resources != nil {
		f.resources(path+".spec.resources.requests", s.Resources.Requests)
		f.resources(path+".spec.resources.limits", s.Resources.Limits)
	}
	for i, t := range s.Tolerations {
		if !kube.KnownOperator(t.Operator) {
			f.add(fmt.Sprintf("%s.spec.tolerations[%d].operator", path, i), fmt.Errorf("%q is no operator", t.Operator))
		}
	}
	for i, c := range s.TopologySpreadConstraints {
		at := fmt.Sprintf("%s.spec.topologySpreadConstraints[%d]", path, i)
		f.add(at+".labelSelector", kube.CheckSelector(c.LabelSelector))
		if c.TopologyKey == "" {
			f.add(at+".topologyKey", errUnstated)
		}
		if c.MaxSkew < 1 {
			f.add(at+".maxSkew", fmt.Errorf("%d is less than 1", c.MaxSkew))
		}
	}
	if at, err := kube.CheckNodePreferences(pod); err != nil {
		f.add(path+"."+at, err)
	}
	f.neighbours(path, pod)
	if terms, at := kube.RequiredTerms(pod); terms != nil {
		f.add(path+"."+at, kube.CheckTerms(terms))
	}
}

// neighbours checks a pod's rules about the pods near it.
func (f *faults) neighbours(path string, pod *corev1.Pod) {
	if at, err := kube.CheckPodTerms(pod); err != nil {
		f.add(path+"."+at, err)
	}
}

func (f *faults) containers(path string, containers []corev1.Container) {
	for i := range containers {
		at := fmt.Sprintf("%s[%d].resources", path, i)
		f.resources(at+".requests", containers[i].Resources.Requests)
		f.resources(at+".limits", containers[i].Resources.Limits)
	}
}
