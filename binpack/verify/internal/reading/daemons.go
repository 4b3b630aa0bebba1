package reading

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// daemonsOf reads the daemon pods. Of one that cannot be read as a whole, or that has
// what is not modelled, the requests count and nothing else.
func daemonsOf(p *binpack.Problem) []naive.Daemon {
	var out []naive.Daemon
	for _, pod := range p.DaemonPods {
		plain := naive.UnsupportedDaemon(pod) != "" || len(check.Pod(pod)) > 0
		out = append(out, naive.DaemonOf(check.Readable(pod), plain))
	}
	return out
}

// man puts the daemon pods of a new node on its template.
func (t *NodeTemplate) man(crew naive.Crew, rules *Rules) {
	t.Residents, t.Ports = loadsOf(crew.Pods, rules), crew.Ports
	for _, pod := range crew.Pods {
		t.repels = append(t.repels, rules.internResident(pod)...)
	}
}

// refusalsOfDaemons returns the rules between pods of the kind and the daemon pods of a
// new node that keep them off it.
func (t *NodeTemplate) refusalsOfDaemons(k *Kind) []*naive.Refusal {
	if t.Exists() || len(t.Residents) == 0 {
		return nil
	}
	var out []*naive.Refusal
	for _, ref := range k.Rules.AntiAffinities {
		_, ok := naive.Domain(t.Node, ref.Rule.Key)
		if n := t.residentsWith(func(s Selection) []int { return s.AntiAffinities }, ref.Number); ok && n > 0 {
			out = append(out, &naive.Refusal{Code: naive.PodAntiAffinity, Path: ref.Rule.Path, Rule: fmt.Sprintf("%s: %d daemon pods of the node", ref.Rule.Rule, n)})
		}
	}
	for _, ref := range k.Rules.Limits {
		self := int64(0)
		if slices.Contains(k.Rules.SelectedBy.Limits, ref.Number) {
			self = 1
		}
		if n := t.ResidentsIn(ref.Number); n > 0 && n+self > ref.Rule.Most {
			out = append(out, &naive.Refusal{Code: ref.Rule.Code, Path: ref.Rule.Path, Rule: fmt.Sprintf("%s: %d daemon pods of the node", ref.Rule.Rule, n)})
		}
	}
	for _, ref := range t.repels {
		_, ok := naive.Domain(t.Node, ref.Rule.Key)
		if ok && slices.Contains(k.Rules.SelectedBy.Repelling, ref.Number) {
			out = append(out, &naive.Refusal{Code: naive.PodAntiAffinity, Path: ref.Rule.Path, Rule: ref.Rule.Rule + ": of a daemon pod of the node"})
		}
	}
	return out
}

// residentsWith returns how many residents a rule, by number, selects.
func (t *NodeTemplate) residentsWith(of func(Selection) []int, rule int) int64 {
	n := int64(0)
	for _, l := range t.Residents {
		if slices.Contains(of(l.Kind.Rules.SelectedBy), rule) {
			n += l.Count
		}
	}
	return n
}

// Repels returns the anti-affinity of the daemon pods of a new node.
func (t *NodeTemplate) Repels() []Ref[naive.Term] { return t.repels }

// withholdSpreads withholds the kinds with a spread over domains that counts daemon pods
// of nodes that can be launched: how many there are hangs on how many nodes there are,
// which is not modelled.
func (p *Problem) withholdSpreads() {
	for _, kind := range p.Kinds.All {
		for _, ref := range kind.Rules.Spreads {
			if kind.Withheld == nil && !ref.Rule.ByNode() && p.brings(kind, ref) {
				kind.Withheld = &naive.Refusal{Code: naive.Unsupported, Path: ref.Rule.Path, Rule: "it counts daemon pods"}
			}
		}
	}
}

// brings reports whether some launch brings a daemon pod that the spread counts.
func (p *Problem) brings(kind *Kind, ref Ref[naive.Spread]) bool {
	for _, pool := range p.Supply.Pools {
		for _, t := range p.Supply.Templates(pool, kind) {
			n := t.residentsWith(func(s Selection) []int { return s.Spreads }, ref.Number)
			if n > 0 && t.Barred == "" && p.Supply.Open(t) && ref.Rule.Counts(t.Node) {
				return true
			}
		}
	}
	return false
}
