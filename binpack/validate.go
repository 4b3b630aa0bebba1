package binpack

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// InvalidError is a fault of a Problem: its Path, like
// Pods[3].spec.containers[0].resources.requests[cpu], and what is wrong there.
type InvalidError = catalog.InvalidError

// Validate returns every fault that makes no sense of p as a whole, as *InvalidError
// values that are joined; nil: none. What is wrong with one pod is none of them: a pending
// one is left with reason Invalid, of a running one counts what can be read, and of a
// daemon that a Note tells.
func (p Problem) Validate() error {
	f := &faults{}
	f.pods(&p)
	f.objects(&p)
	f.supply(&p)
	f.quotas(&p)
	f.under("", check.Taints("JoiningTaints", withEffect(p.JoiningTaints)))
	return errors.Join(f.found...)
}

// faults gathers what is wrong.
type faults struct{ found []error }

func (f *faults) add(path string, err error) {
	if err != nil {
		f.found = append(f.found, &InvalidError{Path: path, Err: err})
	}
}

// under adds faults whose paths go on from path.
func (f *faults) under(path string, faults []check.Fault) {
	for _, fault := range faults {
		f.add(path+fault.Path, fault.Err)
	}
}

// withEffect returns the taints that state an effect.
func withEffect(taints []corev1.Taint) []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(t corev1.Taint) bool { return t.Effect == "" })
}

var (
	errNil       = errors.New("is nil")
	errTwice     = errors.New("is there twice")
	errUnnamed   = errors.New("has no name")
	errNode      = errors.New(`is no resource: "nodes"?`)
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
			f.under("", check.Resources(path+".Node.status.allocatable", n.Node.Status.Allocatable))
		}
		j := 0
		for pod, times := range n.Alike() { // one that follows itself stands for several
			one(pod, "Existing[%d].Pods[%d]", i, j)
			j += times
		}
	}
}

// objects checks that what the pods refer to is there.
func (f *faults) objects(p *Problem) {
	noNil(f, "Namespaces", p.Namespaces)
	noNil(f, "Storage.Claims", p.Storage.Claims)
	noNil(f, "Storage.Volumes", p.Storage.Volumes)
	noNil(f, "Storage.Classes", p.Storage.Classes)
	noNil(f, "Storage.Nodes", p.Storage.Nodes)
	noNil(f, "Storage.Attachments", p.Storage.Attachments)
}

func noNil[T any](f *faults, path string, list []*T) {
	for i := range list {
		if list[i] == nil {
			f.add(fmt.Sprintf("%s[%d]", path, i), errNil)
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
		f.under("", check.Requirements(path+".Requirements", pool.Requirements))
		f.keys(p, pool, path)
		if policy := pool.MinValuesPolicy; policy != "" && policy != Strict && policy != BestEffort {
			f.add(path+".MinValuesPolicy", fmt.Errorf("%q is neither %s nor %s", policy, Strict, BestEffort))
		}
		f.limits(path+".Limits", pool.Limits)
		f.limits(path+".Used", pool.Used)
		f.under("", check.Taints(path+".Taints", pool.Taints))
		f.under("", check.Taints(path+".StartupTaints", pool.StartupTaints))
	}
}

// limits checks a list of what launches use together.
func (f *faults) limits(path string, list corev1.ResourceList) {
	f.under("", check.Resources(path, list))
	if _, is := list["node"]; is {
		f.add(path+"[node]", errNode)
	}
}

// quotas checks the quotas.
func (f *faults) quotas(p *Problem) {
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
		f.under("", check.Requirements(path+".Requirements", q.Requirements))
		for j, r := range q.Requirements {
			if p.chosen(nodelabel.Canonical(r.Key)) {
				f.add(fmt.Sprintf("%s.Requirements[%d].key", path, j), fmt.Errorf("%q is a label that launches choose: it counts nothing", r.Key))
			}
		}
		f.limits(path+".Left", q.Left)
	}
}

// catalog adds the faults of c, with the path of the field that holds it.
func (f *faults) catalog(prefix string, c catalog.Catalog) {
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
