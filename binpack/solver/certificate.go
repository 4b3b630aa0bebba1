package solver

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
)

// certificate gives the pods the values of their classes.
func (r *run) certificate() binpack.Certificate {
	c := binpack.Certificate{Strongest: r.prover.Strongest()}
	reading := r.proven.Reading
	for _, values := range r.prover.Cuts() {
		of := func(kinds []int) []int64 {
			out := make([]int64, len(kinds))
			for i, k := range kinds {
				if class := r.proven.ClassOf[k]; class >= 0 {
					out[i] = r.subject.Mean(class, values)
				}
			}
			return out
		}
		c.Cuts = append(c.Cuts, binpack.Cut{Pods: of(reading.OfPod), Workloads: of(reading.OfWorkload), Domains: r.domainValues(values)})
	}
	return c
}

// domainValues returns the values of the pods whose values differ by domain.
func (r *run) domainValues(values []int64) []binpack.DomainValues {
	var out []binpack.DomainValues
	for class := range r.proven.Model.Classes {
		parts := r.subject.PartsOf(class)
		if len(parts) < 2 {
			continue
		}
		rule := &r.proven.Rules[r.subject.Parts[parts[0]].Rule]
		kind := slices.Index(r.proven.ClassOf, class) // its only one
		of := binpack.DomainValues{Pods: indices(r.proven.Reading.OfPod, kind), Workloads: indices(r.proven.Reading.OfWorkload, kind), Key: keyOf(rule), Values: map[string]int64{}}
		for _, i := range parts {
			of.Values[rule.Values[r.subject.Parts[i].Domain]] = values[i]
		}
		out = append(out, of)
	}
	return out
}

// indices returns where a list has a number.
func indices(list []int, number int) []int {
	var out []int
	for i, n := range list {
		if n == number {
			out = append(out, i)
		}
	}
	return out
}

// keyOf returns the key by which all who state a rule over domains do so; "": by several, or
// of nodes, or not as a requirement of pods.
func keyOf(d *compile.DomainRule) string {
	key := ""
	for _, stated := range d.Stated {
		if stated.Preferred || stated.Key == corev1.LabelHostname || key != "" && stated.Key != key || d.Volumes != "" {
			return ""
		}
		key = stated.Key
	}
	return key
}

// startCuts returns the cuts of a certificate as values of the classes that bounds are
// of: on average over the pods that it names. It names pods by their place in the
// Problem; where there are more or fewer now than it names it says nothing.
func (r *run) startCuts(c binpack.Certificate) [][]int64 {
	var out [][]int64
	reading := r.proven.Reading
	for _, cut := range c.Cuts {
		if len(cut.Pods) != len(reading.OfPod) || len(cut.Workloads) != len(reading.OfWorkload) {
			return nil
		}
		sum, pods := make([]float64, len(r.proven.Model.Classes)), make([]float64, len(r.proven.Model.Classes))
		note := func(kind int, value, count int64) {
			if class := r.proven.ClassOf[kind]; class >= 0 {
				sum[class] += float64(value) * float64(count)
				pods[class] += float64(count)
			}
		}
		for i, v := range cut.Pods {
			note(reading.OfPod[i], v, 1)
		}
		for i, v := range cut.Workloads {
			note(reading.OfWorkload[i], v, int64(reading.Problem.Workloads[i].Replicas))
		}
		values := make([]int64, len(r.subject.Parts))
		for i, p := range r.subject.Parts {
			values[i] = int64(sum[p.Class]/max(pods[p.Class], 1) + 0.5)
		}
		r.startDomains(cut.Domains, values)
		out = append(out, values)
	}
	return out
}

// startDomains fills in values that differ by domain, as far as the rule is the same.
func (r *run) startDomains(domains []binpack.DomainValues, values []int64) {
	reading := r.proven.Reading
	for _, of := range domains {
		var kinds []int
		for _, i := range of.Workloads {
			if i >= 0 && i < len(reading.OfWorkload) {
				kinds = append(kinds, reading.OfWorkload[i])
			}
		}
		for _, i := range of.Pods {
			if i >= 0 && i < len(reading.OfPod) {
				kinds = append(kinds, reading.OfPod[i])
			}
		}
		for _, k := range kinds {
			class := r.proven.ClassOf[k]
			if class < 0 || len(r.subject.PartsOf(class)) < 2 {
				continue
			}
			for _, i := range r.subject.PartsOf(class) {
				p := r.subject.Parts[i]
				if v, known := of.Values[r.proven.Rules[p.Rule].Values[p.Domain]]; known {
					values[i] = v
				}
			}
		}
	}
}
