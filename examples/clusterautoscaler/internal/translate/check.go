package translate

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// check returns for each pod what cannot be read; nil: nothing. The solver says so of
// pods that it leaves, and where there is nothing to launch it leaves all of them.
func check(pods ...*corev1.Pod) []error {
	faults := make([]error, len(pods))
	p := binpack.Problem{Catalog: catalog.Catalog{}}
	at := make(map[*corev1.Pod]int)
	for i, pod := range pods {
		own := *pod // pods are known by pointer
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: &own, Replicas: 1})
		at[&own] = i
	}
	plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
	if err != nil {
		for i := range faults {
			faults[i] = err
		}
		return faults
	}
	for _, u := range plan.Unschedulable {
		for _, r := range u.Reasons {
			if r.Reason == binpack.Invalid {
				faults[at[u.Pod]] = errors.New(fault(r.Detail))
			}
		}
	}
	return faults
}

func fault(d binpack.Detail) string {
	if s := d.String(); s != "" {
		return s
	}
	return fmt.Sprintf("%s: cannot be read", d.Path)
}
