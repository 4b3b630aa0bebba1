package verify

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// A valuedKind is pods that neither rules nor the certificate tell apart.
type valuedKind struct {
	kind     *reading.Kind
	values   []int64        // by each cut; where they differ by domain the least
	byDomain []*domainValue // by each cut, where they differ by domain
	count    int64
	lost     bool // no plan places them
}

// valuedKinds splits the kinds by the values that the certificate gives their
// pods, and by whether these are among those that no plan places. It returns them, and the number of each pod's.
func valuedKinds(ctx context.Context, p *reading.Problem, c binpack.Certificate, lost unplaced) ([]valuedKind, map[*corev1.Pod]int, error) {
	if err := checkCertificate(p.Given, c); err != nil {
		return nil, nil, err
	}
	podDomains, workloadDomains, err := domainValuesOf(p.Given, c)
	if err != nil {
		return nil, nil, err
	}
	type content struct {
		kind            *reading.Kind
		values, domains string
		lost            bool
	}
	var out []valuedKind
	at, of := map[content]int{}, map[*corev1.Pod]int{}
	add := func(pod *corev1.Pod, count int64, index int, domains []map[int]*domainValue, valueOf func(binpack.Cut) int64) {
		values, by, text := make([]int64, len(c.Cuts)), make([]*domainValue, len(c.Cuts)), ""
		for i, cut := range c.Cuts {
			if values[i] = valueOf(cut); domains[i][index] != nil {
				by[i] = domains[i][index]
				values[i] = by[i].least()
				text += fmt.Sprint(i, *by[i], ";")
			}
		}
		gang, _ := naive.Gang(pod, p.Given.GangLabel)
		name := content{p.Kinds.Of[pod], fmt.Sprint(values), text, lost.gangs[gang] || lost.kinds[p.Kinds.Of[pod]]}
		k, known := at[name]
		if !known {
			k = len(out)
			at[name] = k
			out = append(out, valuedKind{kind: name.kind, values: values, byDomain: by, lost: name.lost})
		}
		out[k].count += count
		of[pod] = k
	}
	for i, pod := range p.Given.Pods {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		add(pod, 1, i, podDomains, func(c binpack.Cut) int64 { return valueAt(c.Pods, i) })
	}
	for i, w := range p.Given.Workloads {
		add(w.Pod, int64(w.Replicas), i, workloadDomains, func(c binpack.Cut) int64 { return valueAt(c.Workloads, i) })
	}
	return out, of, nil
}

// checkCertificate returns what is wrong with the form of a certificate.
func checkCertificate(p *binpack.Problem, c binpack.Certificate) error {
	for i, cut := range c.Cuts {
		if len(cut.Pods) > len(p.Pods) || len(cut.Workloads) > len(p.Workloads) {
			return fmt.Errorf("certificate: cut %d has %d pods and %d workloads, the problem %d and %d",
				i, len(cut.Pods), len(cut.Workloads), len(p.Pods), len(p.Workloads))
		}
		negative := func(value int64) bool { return value < 0 }
		if slices.ContainsFunc(cut.Pods, negative) || slices.ContainsFunc(cut.Workloads, negative) {
			return fmt.Errorf("certificate: a value of cut %d is negative", i)
		}
	}
	return nil
}

func valueAt(values []int64, i int) int64 {
	if i < len(values) {
		return values[i]
	}
	return 0
}
