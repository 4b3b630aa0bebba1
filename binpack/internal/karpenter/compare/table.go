package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A row is one problem, solved by both.
type row struct {
	name      string
	problem   binpack.Problem
	karpenter karpenter.Result
	broken    []string // rules of the problem that Karpenter's plan breaks
	first     time.Duration
	stowage   []solution // one for each time limit
}

// A solution is a plan of Stowage's, and how long it took.
type solution struct {
	plan binpack.Plan
	took time.Duration
}

// last is the plan of the longest search.
func (r *row) last() *binpack.Plan { return &r.stowage[len(r.stowage)-1].plan }

// table renders rows in Markdown. Under them it sums up, says which rules of a problem
// one of the two leaves out or breaks, and how much of the existing nodes each uses.
func table(limits []time.Duration, rows []row) string {
	var b strings.Builder
	b.WriteString(head(limits))
	for _, r := range rows {
		k := &r.karpenter.Plan
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %.4f | %.3f | %.2f |", r.name, r.pods(), r.shapes(), r.types(),
			k.Cost.USD(), r.karpenter.Time.Seconds(), 1000*r.first.Seconds())
		for _, s := range r.stowage {
			fmt.Fprintf(&b, " %.4f | %.4f | %.2f %% | %.2f |", s.plan.Cost.USD(), s.plan.LowerBound.USD(), 100*s.plan.Gap(), s.took.Seconds())
		}
		fmt.Fprintf(&b, " %s | %d / %d |\n", r.costRatio(r.last()), unplaced(k), unplaced(r.last()))
	}
	b.WriteString("\n" + summary(limits, rows))
	for _, r := range rows {
		if ignored := karpenter.Ignored(r.problem); len(ignored) > 0 {
			fmt.Fprintf(&b, "- %s: Karpenter ignores %s.\n", r.name, strings.Join(ignored, ", "))
		}
		if len(r.broken) > 0 {
			fmt.Fprintf(&b, "- %s: Karpenter's plan breaks %s.\n", r.name, strings.Join(r.broken, ", "))
		}
		if len(r.problem.Existing) > 0 {
			fmt.Fprintf(&b, "- %s: on existing nodes are %d pods of Karpenter's plan, %d of Stowage's.\n", r.name, r.karpenter.OnExisting, r.onExisting())
		}
		if unsupported := r.unsupported(); len(unsupported) > 0 {
			fmt.Fprintf(&b, "- %s: Stowage does not model %s yet.\n", r.name, strings.Join(unsupported, ", "))
		}
	}
	return b.String()
}

func head(limits []time.Duration) string {
	first, second := "| problem | pods | shapes | types | Karpenter $/h | s | first plan ms |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
	for _, limit := range limits {
		first += fmt.Sprintf(" Stowage %s $/h | bound | gap | s |", limitName(limit))
		second += " ---: | ---: | ---: | ---: |"
	}
	return first + " cost ratio | unplaced (K / S) |\n" + second + " ---: | ---: |\n"
}

func limitName(limit time.Duration) string {
	if limit == 0 {
		return "work limit"
	}
	return limit.String()
}

// unsupported lists the rules for whose sake Stowage left pods over.
func (r *row) unsupported() []string {
	var paths []string
	for _, u := range r.last().Unschedulable {
		for _, why := range u.Reasons {
			if why.Reason == binpack.Unsupported {
				paths = append(paths, why.Detail.Path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// onExisting counts the pods that Stowage puts on existing nodes.
func (r *row) onExisting() int {
	n := 0
	for _, nomination := range r.last().Nominations {
		for _, on := range nomination.Pods {
			n += on.Count
		}
	}
	return n
}

// brokenRules lists the reasons of the violations that Verify joined, and how
// often each is there.
func brokenRules(err error) []string {
	counts := map[binpack.Reason]int{}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, err := range joined.Unwrap() {
			var v *verify.Violation
			if errors.As(err, &v) {
				counts[v.Reason]++
			}
		}
	}
	var out []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%d × %s", counts[reason], reason))
	}
	return out
}

// costRatio is the cost of a plan of Stowage's over Karpenter's; a dash where they
// place different numbers of pods, or Karpenter pays nothing.
func (r *row) costRatio(s *binpack.Plan) string {
	if ratio, ok := r.ratio(s); ok {
		return fmt.Sprintf("%.4f", ratio)
	}
	return "–"
}

func (r *row) ratio(s *binpack.Plan) (float64, bool) {
	k := &r.karpenter.Plan
	if unplaced(k) != unplaced(s) || k.Cost == 0 {
		return 0, false
	}
	return s.Cost.USD() / k.Cost.USD(), true
}

func (r *row) pods() int {
	n := len(r.problem.Pods)
	for _, w := range r.problem.Workloads {
		n += w.Replicas
	}
	return n
}

// shapes counts the pods that differ in labels, namespace or spec.
func (r *row) shapes() int {
	seen := map[string]bool{}
	see := func(pod *corev1.Pod) {
		key, _ := json.Marshal([]any{pod.Namespace, pod.Labels, pod.Spec}) // plain data: cannot fail
		seen[string(key)] = true
	}
	for _, pod := range r.problem.Pods {
		see(pod)
	}
	for _, w := range r.problem.Workloads {
		see(w.Pod)
	}
	return len(seen)
}

// types counts the instance types of the problem and of the pools with a
// catalog of their own.
func (r *row) types() int {
	names := map[string]bool{}
	catalogs := []catalog.Catalog{r.problem.Catalog}
	for _, t := range r.problem.Pools {
		catalogs = append(catalogs, t.Catalog)
	}
	for _, it := range slices.Concat(catalogs...) {
		names[it.Name] = true
	}
	return len(names)
}

func unplaced(p *binpack.Plan) int {
	n := 0
	for _, u := range p.Unschedulable {
		n += u.Count
	}
	return n
}
