package reading

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// Existing are the existing nodes, and what rules between pods make of the
// resident pods, which are on them.
type Existing struct {
	Nodes []*NodeTemplate
	Of    map[*corev1.Node]*NodeTemplate

	rules     *Rules
	avoided   map[inDomain]int64  // how many residents a rule of Rules.AntiAffinities selects
	repelling map[inDomain]string // the path of a rule of Rules.Repelling that a resident has
}

// An inDomain is a rule, by number, in one of its domains.
type inDomain struct {
	rule   int
	domain string
}

func readExisting(p *binpack.Problem, rules *Rules, storage *claims.Storage) *Existing {
	e := &Existing{
		Of: map[*corev1.Node]*NodeTemplate{}, rules: rules,
		avoided: map[inDomain]int64{}, repelling: map[inDomain]string{},
	}
	for i := range p.Existing {
		n := &p.Existing[i]
		if _, again := e.Of[n.Node]; again {
			continue
		}
		t := existingTemplate(p, n, rules, storage)
		e.Of[n.Node] = t
		e.Nodes = append(e.Nodes, t)
		e.countResidents(t)
		e.noteRepelling(t, i, n)
	}
	return e
}

func existingTemplate(p *binpack.Problem, n *binpack.ExistingNode, rules *Rules, storage *claims.Storage) *NodeTemplate {
	crew, there := naive.CrewThere(nil), &loads{rules: rules, at: map[string]int{}}
	for pod, times := range n.Alike() {
		if naive.Ended(pod) {
			continue
		}
		pod = check.Readable(pod)
		crew.Join(pod, times)
		there.add(pod, int64(times))
	}
	pods := slices.Clip(crew.Pods)
	node, room := n.Node, naive.AmountsOf(n.Node.Status.Allocatable)
	if n.Joining {
		j := joiningOf(p, n)
		node, room = j.Joined(n.Node), j.Room(n.Node)
		crew.AddMissing(naive.Missing(daemonsOf(p), naive.Existing(node), n.Pods))
	}
	t := &NodeTemplate{Node: naive.Existing(node), Barred: naive.Leaving(n.Node), missing: crew.Pods[len(pods):]}
	for _, pod := range t.missing {
		there.add(pod, 1)
	}
	t.Residents = there.list
	volumes := storage.NodeOf(n.Node.Name, pods)
	crew.Requests.Add(volumes.Taken)
	t.Allocatable, t.Ports, t.attached = crew.Room(volumes.Allocatable(room)), crew.Ports, volumes.Attached
	return t
}

// joiningOf returns what is known of a node that is on its way.
func joiningOf(p *binpack.Problem, n *binpack.ExistingNode) naive.Joining {
	allocatable, labels := p.LaunchOf(*n)
	all := maps.Clone(p.NodeLabels)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, labels)
	return naive.Joining{Passing: p.PassingTaints(*n), Taints: p.LaunchTaints(*n), Labels: all, Allocatable: naive.AmountsOf(allocatable)}
}

// loads gathers pods that are there first: those that no rule of others tells apart.
type loads struct {
	rules *Rules
	list  []Load
	at    map[string]int // in list, by content
}

// loadsOf gathers pods.
func loadsOf(pods []*corev1.Pod, rules *Rules) []Load {
	l := &loads{rules: rules, at: map[string]int{}}
	for _, pod := range pods {
		l.add(pod, 1)
	}
	return l.list
}

// add adds a pod that is there the given number of times.
func (l *loads) add(pod *corev1.Pod, times int64) {
	selectedBy := l.rules.selecting(pod, naive.Ports(pod))
	content := fmt.Sprint(selectedBy)
	if _, known := l.at[content]; !known {
		l.at[content] = len(l.list)
		l.list = append(l.list, Load{Kind: &Kind{Pod: pod, Rules: PodRules{SelectedBy: selectedBy}}, Pod: pod})
	}
	l.list[l.at[content]].Count += times
}

// countResidents counts those of a node that anti-affinity of others selects.
func (e *Existing) countResidents(t *NodeTemplate) {
	for _, on := range t.Residents {
		for _, number := range on.Kind.Rules.SelectedBy.AntiAffinities {
			if domain, ok := naive.Domain(t.Node, e.rules.AntiAffinities.Rule(number).Key); ok {
				e.avoided[inDomain{number, domain}] += on.Count
			}
		}
	}
}

// noteRepelling notes the anti-affinity of the pods of a node.
func (e *Existing) noteRepelling(t *NodeTemplate, node int, n *binpack.ExistingNode) {
	note := func(pod *corev1.Pod, where string) {
		for _, ref := range e.rules.internResident(pod) {
			domain, ok := naive.Domain(t.Node, ref.Rule.Key)
			at := inDomain{ref.Number, domain}
			if _, known := e.repelling[at]; ok && !known {
				e.repelling[at] = where + ref.Rule.Path
			}
		}
	}
	i := 0
	for pod, times := range n.Alike() {
		if !naive.Ended(pod) {
			note(pod, fmt.Sprintf("Existing[%d].Pods[%d].", node, i))
		}
		i += times
	}
	for _, pod := range t.missing { // daemons that are yet to come
		note(pod, fmt.Sprintf("daemon %s/%s: ", pod.Namespace, pod.Name))
	}
}

// Refusals returns the rules between pods that keep pods of the kind off a node
// wherever others go: the node lacks a label that a rule of theirs goes by, or
// they and a resident pod keep each other out of its domain.
func (e *Existing) Refusals(k *Kind, t *NodeTemplate) []*naive.Refusal {
	var out []*naive.Refusal
	refuse := func(code naive.Code, path, format string, args ...any) {
		out = append(out, &naive.Refusal{Code: code, Path: path, Rule: fmt.Sprintf(format, args...)})
	}
	needs := func(code naive.Code, path, key string) {
		if _, ok := naive.Domain(t.Node, key); !ok {
			refuse(code, path, "the node has no label %s", key)
		}
	}
	for _, ref := range k.Rules.Spreads {
		needs(naive.TopologySpread, ref.Rule.Path, ref.Rule.Key)
	}
	for _, ref := range k.Rules.Affinities {
		for _, key := range ref.Rule.Keys {
			needs(naive.PodAffinity, ref.Rule.Path, key)
		}
	}
	for _, ref := range k.Rules.AntiAffinities {
		domain, ok := naive.Domain(t.Node, ref.Rule.Key)
		if n := e.avoided[inDomain{ref.Number, domain}]; ok && n > 0 {
			refuse(naive.PodAntiAffinity, ref.Rule.Path, "%s: %s=%s has %d already", ref.Rule.Rule, ref.Rule.Key, domain, n)
		}
	}
	for _, number := range k.Rules.SelectedBy.Repelling {
		key := e.rules.Repelling.Rule(number).Key
		domain, ok := naive.Domain(t.Node, key)
		if path, repels := e.repelling[inDomain{number, domain}]; ok && repels {
			refuse(naive.PodAntiAffinity, path, "%s=%s", key, domain)
		}
	}
	return append(out, t.refusalsOfDaemons(k)...)
}
