package reading

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// A NodeTemplate is a node as pods see it before any of the plan's is on it: an
// offering as a pool launches it, with the labels chosen, or an existing node.
type NodeTemplate struct {
	Pool        *Pool                 // nil: an existing node
	Machine     *catalog.InstanceType // nil: an existing node
	Key         catalog.Key           // zero of an existing node, as are Chosen, Price, Capacity and Quotas
	Chosen      map[string]string     // labels
	Price       catalog.Price
	Node        *corev1.Node
	Allocatable naive.Amounts // what daemon pods, or the residents, leave
	Capacity    naive.Amounts // counted by limits and quotas
	Ports       []naive.Port  // of daemon pods, or of the residents
	Quotas      []int         // that it draws on
	Barred      string        // why the pool cannot launch it, or it takes no pod; "": it can
	Residents   []Load        // pods on an existing node, or the daemon pods of a new one

	repels  []Ref[naive.Term] // anti-affinity of the daemon pods of a new node
	missing []*corev1.Pod     // daemon pods that are yet to come to an existing node

	attached map[claims.Attachment]bool // of an existing node, for its residents

	permitted bool     // by the pool's rules, whether or not its daemon pods can all run
	answers   []answer // by rule set, as far as asked
}

// An answer says whether rules about nodes take a node; the zero one is not
// known yet.
type answer byte

const (
	taken answer = iota + 1
	refused
)

// Exists reports whether the node exists.
func (t *NodeTemplate) Exists() bool { return t.Pool == nil }

// Takes reports whether the rules about nodes of the kind take the node. Each
// rule set is asked once.
func (t *NodeTemplate) Takes(k *Kind) bool {
	if k.RuleSet >= len(t.answers) {
		t.answers = append(t.answers, make([]answer, k.RuleSet+1-len(t.answers))...)
	}
	if t.answers[k.RuleSet] == 0 {
		t.answers[k.RuleSet] = taken
		if k.Refusal(t.Node) != nil {
			t.answers[k.RuleSet] = refused
		}
	}
	return t.answers[k.RuleSet] == taken
}

// Holds reports whether an empty node, launched for them, holds the pods
// together. Rules between them are not asked: what they say of one such node they
// say of all.
func (t *NodeTemplate) Holds(loads []Load) bool {
	return t.admits(loads) && naive.Lacks(t.Allocatable, t.Asked(loads)) == ""
}

// admits is Holds but for what the pods ask of the node.
func (t *NodeTemplate) admits(loads []Load) bool {
	if t.Barred != "" {
		return false
	}
	for _, l := range loads {
		if _, clash := naive.Clash(t.Ports, l.Kind.Rules.Ports); clash || !t.Takes(l.Kind) || len(t.refusalsOfDaemons(l.Kind)) > 0 {
			return false
		}
	}
	return true
}

// Asked returns what the pods ask of the node together. A volume that several of them
// mount, or a resident does, is attached once.
func (t *NodeTemplate) Asked(loads []Load) naive.Amounts {
	sum := naive.Amounts{}
	seen := map[claims.Attachment]bool{}
	for _, l := range loads {
		sum.AddTimes(l.Kind.Requests, l.Count)
		for _, a := range l.Kind.Volumes.Shared {
			if l.Count > 0 && !seen[a] && !t.attached[a] {
				seen[a] = true
				sum.Add(naive.Amounts{naive.Attachable(a.Driver): naive.Whole(1)})
			}
		}
	}
	return sum
}

// ResidentsIn returns how many residents a limit, by number, selects.
func (t *NodeTemplate) ResidentsIn(limit int) int64 {
	n := int64(0)
	for _, l := range t.Residents {
		if slices.Contains(l.Kind.Rules.SelectedBy.Limits, limit) {
			n += l.Count
		}
	}
	return n
}
