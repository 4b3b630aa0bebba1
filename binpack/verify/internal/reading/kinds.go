package reading

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A Kind is pods that the rules do not tell apart.
type Kind struct {
	Number   int
	Pod      *corev1.Pod   // the first of them
	Requests naive.Amounts // without volumes that other pods mount too
	Volumes  claims.Volumes
	Withheld *naive.Refusal // why none of them may be placed; nil: they may
	Priority int32
	Rules    PodRules
	RuleSet  int // kinds with one number have equal rules about nodes
}

// Kinds are the pods that a problem asks to be placed, by kind.
type Kinds struct {
	All []*Kind
	Of  map[*corev1.Pod]*Kind
}

// A Load is alike pods on one node.
type Load struct {
	Kind  *Kind
	Pod   *corev1.Pod // the first of them
	Count int64
}

func readKinds(ctx context.Context, p *binpack.Problem, rules *Rules, storage *claims.Storage) (*Kinds, error) {
	k := &Kinds{Of: map[*corev1.Pod]*Kind{}}
	byContent, ruleSets := map[string]*Kind{}, map[string]int{}
	add := func(pod *corev1.Pod) {
		kind, content, aboutNodes := kindOf(pod, rules, storage)
		if alike, known := byContent[content]; known {
			k.Of[pod] = alike
			return
		}
		if _, known := ruleSets[aboutNodes]; !known {
			ruleSets[aboutNodes] = len(ruleSets)
		}
		kind.RuleSet, kind.Number = ruleSets[aboutNodes], len(k.All)
		byContent[content], k.Of[pod] = kind, kind
		k.All = append(k.All, kind)
	}
	for _, pod := range p.Pods {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		add(pod)
	}
	for _, w := range p.Workloads {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		add(w.Pod)
	}
	return k, nil
}

// kindOf returns the kind that the pod would be the first of, not numbered; its
// content, which alike pods share; and that of its rules about nodes.
func kindOf(pod *corev1.Pod, rules *Rules, storage *claims.Storage) (kind *Kind, content, aboutNodes string) {
	kind = &Kind{Pod: pod, Requests: naive.Requests(check.Readable(pod)), Volumes: storage.VolumesOf(pod), Withheld: naive.Withheld(pod)}
	kind.Requests.Add(kind.Volumes.Attachments)
	if faults := check.Pod(pod); kind.Withheld == nil && len(faults) > 0 {
		kind.Withheld = &naive.Refusal{Code: naive.Invalid, Path: faults[0].Path, Rule: faults[0].Err.Error()}
	}
	if kind.Withheld == nil {
		kind.Withheld = kind.Volumes.Nowhere
	}
	if pod.Spec.Priority != nil {
		kind.Priority = *pod.Spec.Priority
	}
	aboutNodes = nodeRulesContent(pod) + kind.Volumes.Content()
	var between string
	kind.Rules, between = rules.of(pod)
	content = fmt.Sprintf("%s\n%s\n%d\n%s\n%s", amountsContent(kind.Requests), aboutNodes, kind.Priority, between, kind.Volumes.Others())
	if kind.Withheld != nil {
		content += fmt.Sprintf("\n%v", *kind.Withheld)
	}
	return kind, content, aboutNodes
}

// Refusal returns the first rule about nodes that keeps pods of the kind off a
// node, or nil.
func (k *Kind) Refusal(node *corev1.Node) *naive.Refusal {
	if r := naive.Refuses(k.Pod, node); r != nil {
		return r
	}
	return k.Volumes.Refuses(node)
}

// nodeRulesContent returns all that the rules about nodes read of the pod.
func nodeRulesContent(pod *corev1.Pod) string {
	if len(pod.Spec.NodeSelector) == 0 && len(pod.Spec.Tolerations) == 0 && pod.Spec.Affinity == nil {
		return ""
	}
	content, err := json.Marshal([]any{pod.Spec.NodeSelector, pod.Spec.Tolerations, pod.Spec.Affinity})
	if err != nil {
		return fmt.Sprintf("%p", pod) // alike to none
	}
	return string(content)
}

func amountsContent(a naive.Amounts) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a)) {
		fmt.Fprint(&b, string(name), "=", a[name].String(), " ")
	}
	return b.String()
}
