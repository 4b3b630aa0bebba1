package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
)

// An Answer is what the scheduler and Stowage say of one place.
type Answer struct {
	Place
	Refusals []string // plugins that keep the pod off
	Verify   error    // what Verify says of the plan that puts it there
	Solve    bool     // whether Solve puts it there
	Wary     bool     // Solve may leave the place out, for daemons that could come to its domain
}

// Spared reports whether Solve leaves out a place that the pod may go to, and may.
func (a Answer) Spared() bool { return a.Wary && a.Allowed() && !a.Solve }

// Allowed reports whether the pod may go to the place.
func (a Answer) Allowed() bool { return a.Available && len(a.Refusals) == 0 }

// Fault returns how Stowage's answers differ from the scheduler's, or "".
func (a Answer) Fault() string {
	plugins := "all plugins let it"
	if len(a.Refusals) > 0 {
		plugins = "refused by " + strings.Join(a.Refusals, ", ")
	}
	switch {
	case a.Allowed() != a.Solve && !a.Spared():
		return fmt.Sprintf("solve: %s: %s, placed: %t", a.Node.Name, plugins, a.Solve)
	case a.Allowed() != (a.Verify == nil):
		return fmt.Sprintf("verify: %s: %s, but: %v", a.Node.Name, plugins, a.Verify)
	}
	return ""
}

// Compare asks the scheduler and Stowage about each place of the problem.
func Compare(ctx context.Context, s *Scheduler, p binpack.Problem) ([]Answer, error) {
	places := Places(p)
	if err := s.man(ctx, p, places); err != nil {
		return nil, err
	}
	refusals, err := s.Ask(ctx, p, places)
	if err != nil {
		return nil, err
	}
	chosen, err := Solve(ctx, p, places)
	if err != nil {
		return nil, fmt.Errorf("solve: %w", err)
	}
	answers, wary := make([]Answer, len(places)), wary(p, places)
	for i, place := range places {
		answers[i] = Answer{
			Place: place, Refusals: refusals[i], Verify: verify.Plan(context.Background(), p, place.Plan),
			Wary:  wary,
			Solve: slices.ContainsFunc(chosen, func(at Place) bool { return at.Node.Name == place.Node.Name }),
		}
	}
	return answers, nil
}

// wary reports whether Solve holds a rule for the worst: the pod, or a daemon that a launch
// would bring, has a rule about the pods of a domain of several nodes.
func wary(p binpack.Problem, places []Place) bool {
	comes := func(at Place) bool { return at.isNew() && len(at.Crew) > 0 }
	if !slices.ContainsFunc(places, comes) {
		return false
	}
	overDomains := func(terms []corev1.PodAffinityTerm) bool {
		return slices.ContainsFunc(terms, func(t corev1.PodAffinityTerm) bool { return t.TopologyKey != corev1.LabelHostname })
	}
	apart := func(pod *corev1.Pod) bool {
		a := pod.Spec.Affinity
		return a != nil && a.PodAntiAffinity != nil && overDomains(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
	}
	a := p.Pods[0].Spec.Affinity
	together := a != nil && a.PodAffinity != nil && overDomains(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
	return together || apart(p.Pods[0]) || slices.ContainsFunc(p.DaemonPods, apart)
}
