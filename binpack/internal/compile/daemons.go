package compile

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// Daemons of new nodes are pods to the rules between pods, and are there first. Rules over
// domains hold for the worst: a domain has a daemon as soon as some launch there has it.

// Repels reports whether a daemon of the profile and the kind may not share a node.
func (k *Kind) Repels(profile int) bool { return k.repelled != nil && k.repelled[profile] }

// meetDaemons finds what daemons and kinds mean to each other. A spread over domains that
// counts daemons is not modelled.
func (r *Reading) meetDaemons() {
	for k := range r.Kinds {
		kind := &r.Kinds[k]
		if kind.Blocked != nil {
			continue
		}
		if len(kube.SpreadOverNodes(kind.Pod)) > 0 {
			kind.noNode = !r.Supply.Comes(kind.Rules)
		}
		if path, daemon := r.Supply.SpreadOverDaemons(kind.Pod, r.namespaces); path != "" {
			kind.Blocked = &Blocked{binpack.Unsupported, path, "it counts daemon " + kube.Name(daemon) + ", which each new node brings", false}
		}
		kind.repelled = r.Supply.Repelled(kind.Pod, r.namespaces)
	}
}

// Conflicts returns the rules by which two pods may not be in one domain.
func (c *Compiled) Conflicts(pod, other *corev1.Pod) []kube.Conflict {
	return kube.Conflicts(pod, other, c.Reading.namespaces)
}

// daemonRules returns, per kind, the rules by which daemons keep it out of their domains.
func (r *ruleReader) daemonRules() [][]kube.DomainRule {
	out := make([][]kube.DomainRule, len(r.kinds))
	for d := range r.supply.Daemons {
		daemon := &r.supply.Daemons[d]
		if daemon.Peer == nil {
			continue
		}
		for _, rule := range kube.RequiredApart(daemon.Peer, r.namespaces) {
			if rule.Key == corev1.LabelHostname {
				continue
			}
			repels := rule.Selects
			rule.Path = fmt.Sprintf("DaemonPods[%d].%s", d, rule.Path)
			rule.Whom = "daemon " + kube.Name(daemon.Pod) + ", which repels it,"
			rule.Selects = func(pod *corev1.Pod) bool { return pod == daemon.Peer }
			for k := range r.kinds {
				if r.kinds[k].Blocked == nil && repels(r.kinds[k].Pod) {
					out[k] = append(out[k], rule)
				}
			}
		}
	}
	return out
}
