package verify

import (
	"fmt"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// An inDomain is a rule in one of its domains.
type inDomain struct {
	rule   int
	domain string
}

// standing is what rules between pods make of those on existing nodes.
type standing struct {
	apart     map[inDomain]int64  // how many of them a rule of peers.apart selects
	repelling map[inDomain]string // the path of a rule of peers.repelling that one of them has
}

// stand notes what rules between pods make of those on one node.
func (j *judge) stand(s *site, path string, n *binpack.ExistingNode) {
	for _, on := range s.there {
		for _, rule := range on.kind.countedBy.apart {
			if domain, ok := naive.Domain(s.node, j.peers.apart.rules[rule].Key); ok {
				j.standing.apart[inDomain{rule, domain}] += on.count
			}
		}
	}
	for i, pod := range n.Pods {
		if naive.Ended(pod) {
			continue
		}
		for _, o := range j.peers.enterThere(pod) {
			domain, ok := naive.Domain(s.node, o.rule.Key)
			at := inDomain{o.number, domain}
			if _, known := j.standing.repelling[at]; ok && !known {
				j.standing.repelling[at] = fmt.Sprintf("%s.Pods[%d].%s", path, i, o.rule.Path)
			}
		}
	}
}

// between returns the rules between pods that keep pods of the kind off a node
// wherever others go: the node lacks a label that a rule of theirs goes by, or
// they and a pod on an existing node keep each other off its domain.
func (j *judge) between(k *judgedKind, s *site) []*naive.Refusal {
	var out []*naive.Refusal
	refuse := func(code naive.Code, path, format string, args ...any) {
		out = append(out, &naive.Refusal{Code: code, Path: path, Rule: fmt.Sprintf(format, args...)})
	}
	needs := func(code naive.Code, path, key string) {
		if _, ok := naive.Domain(s.node, key); !ok {
			refuse(code, path, "the node has no label %s", key)
		}
	}
	for _, o := range k.spreads {
		needs(naive.TopologySpread, o.rule.Path, o.rule.Key)
	}
	for _, o := range k.together {
		for _, key := range o.rule.Keys {
			needs(naive.PodAffinity, o.rule.Path, key)
		}
	}
	for _, o := range k.apart {
		domain, ok := naive.Domain(s.node, o.rule.Key)
		if n := j.standing.apart[inDomain{o.number, domain}]; ok && n > 0 {
			refuse(naive.PodAntiAffinity, o.rule.Path, "%s: %s=%s has %d already", o.rule.Rule, o.rule.Key, domain, n)
		}
	}
	for _, number := range k.countedBy.repelling {
		key := j.peers.repelling.rules[number].Key
		domain, ok := naive.Domain(s.node, key)
		if path, repels := j.standing.repelling[inDomain{number, domain}]; ok && repels {
			refuse(naive.PodAntiAffinity, path, "%s=%s", key, domain)
		}
	}
	return out
}
