package gen

import (
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

// Rules says which families of rules Problems draws besides those that it
// always draws. The zero value adds none.
type Rules struct {
	Existing     bool // nodes that are there, with pods: room, labels, taints, cordons, ports, repulsion
	Spread       bool // over zones, capacity types and labels: minDomains, policies, several at once
	Affinity     bool // of pods by zone, hostname and labels, to their like and to others
	AntiAffinity bool // of pods by zone and labels
	Weights      bool // of pools
	MinValues    bool // of pools
	OpenKeys     bool // of pools, and pods that ask for their values
	Volumes      bool // claims, bound and not, classes, attachments
	Claims       bool // claims that take volumes that are there, that one pod may have, or whose node was chosen; what is attached to existing nodes
	OwnValues    bool // pools that leave a choice of the values of keys that they leave open
	Gangs        bool // pods that are placed together or not at all
	Preferences  bool // of pods for nodes, for and against pods, and to be spread
	Priorities   bool // of pods
	Nodes        bool // daemons that others see, nodes on their way, labels of offerings and of every node, closed domains, pods that cannot be read
}

// All returns the families that are drawn together: not those of nodes, and not those that
// leave hardly a pod a place beside the others.
func All() Rules {
	return Rules{
		Existing: true, Spread: true, Affinity: true, AntiAffinity: true, Weights: true, MinValues: true,
		OpenKeys: true, Volumes: true, Gangs: true, Preferences: true, Priorities: true, Nodes: true,
	}
}

// oneIn returns how rarely a rule of a family is drawn, for sometimes: the more
// families, the fewer of each, or no pod would have a place.
func (r Rules) oneIn() int {
	n := 0
	for _, on := range []bool{r.Spread, r.Affinity, r.AntiAffinity, r.OpenKeys, r.Volumes, r.Claims, r.Gangs, r.Preferences, r.Priorities} {
		if on {
			n++
		}
	}
	return max(2, n/2)
}

// podRules adds rules to a shape of pods.
func (r Rules) podRules(t *rapid.T, p *corev1.Pod) {
	n := r.oneIn()
	if r.Spread && sometimes(t, n, "spread over domains") {
		p.Spec.TopologySpreadConstraints = spreads(t, corev1.DoNotSchedule)
	}
	if r.Affinity && sometimes(t, n, "pod affinity") {
		affinityOf(p).PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms(t)}
	}
	if r.AntiAffinity && sometimes(t, n, "anti-affinity by domain") {
		affinityOf(p).PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms(t)}
	}
	if r.OpenKeys && sometimes(t, n, "asks for a flavor") {
		flavor(t, p)
	}
	if r.Volumes && sometimes(t, n, "volumes") {
		volumes(t, p)
	}
	if r.Claims && sometimes(t, n, "claims") {
		claims(t, p)
	}
	if r.Gangs && sometimes(t, n, "in a gang") {
		p.Labels[gangLabel] = oneOf(t, "gang", "g1", "g2")
	}
	if r.Preferences && sometimes(t, n, "preferences") {
		preferences(t, p)
	}
	if r.Priorities && sometimes(t, n, "priority") {
		p.Spec.Priority = new(int32)
		*p.Spec.Priority = int32(rapid.IntRange(-1, 2).Draw(t, "level"))
	}
}

// affinityOf returns the affinity of the pod, which then has one.
func affinityOf(p *corev1.Pod) *corev1.Affinity {
	if p.Spec.Affinity == nil {
		p.Spec.Affinity = &corev1.Affinity{}
	}
	return p.Spec.Affinity
}

// poolRules adds rules to a pool.
func (r Rules) poolRules(t *rapid.T, p *binpack.Pool) {
	if r.Weights {
		p.Weight = int32(rapid.IntRange(0, 2).Draw(t, "weight"))
	}
	if r.MinValues && sometimes(t, 2, "min values") {
		p.MinValues = map[string]int{
			oneOf(t, "key of values", corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, "karpenter.sh/capacity-type", "size"): rapid.IntRange(1, 2).Draw(t, "least"),
		}
	}
	if r.OpenKeys && sometimes(t, 2, "open key") {
		openKey(t, p)
	}
	if r.OwnValues && sometimes(t, 2, "flavors to choose from") {
		if p.MinValues == nil {
			p.MinValues = map[string]int{}
		}
		p.MinValues[flavorKey] = rapid.IntRange(1, 2).Draw(t, "least flavors")
	}
}

// cluster adds what there is beside pods and pools.
func (r Rules) cluster(t *rapid.T, p *binpack.Problem) {
	if r.Existing {
		for i := range rapid.IntRange(0, 2).Draw(t, "existing nodes") {
			p.Existing = append(p.Existing, r.existing(t, i))
		}
	}
	if r.Nodes {
		r.nodes(t, p)
	}
	if r.Volumes {
		p.Storage = storage(t)
		attachments(t, p)
	}
	if r.Claims {
		stock(t, p)
		attached(t, p)
	}
	if r.Gangs {
		p.GangLabel = gangLabel
	}
}

// gangLabel is the label key of gangs.
const gangLabel = "gang"
