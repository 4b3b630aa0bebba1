package binpack

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// A judge reads a Problem by the rules of package naive, for Verify and
// VerifyBound. It shares nothing with the compiler.
type judge struct {
	problem *Problem
	pools   []judgedPool
	most    map[catalog.Key]int64 // launches of each offering, over all pools
	kinds   []*judgedKind
	kindOf  map[*corev1.Pod]*judgedKind
	ofRules map[string]int // numbers of rule sets, by content
	daemons []naive.Daemon
	peers   peers
	sites   int // read so far
}

// A judgedPool is a pool and what it may launch.
type judgedPool struct {
	*Pool
	catalog     catalog.Catalog
	unsupported string // path of its first rule that is not modelled; "": none
	sites       map[catalog.Key]*site
}

// A site is an offering as a pool launches it.
type site struct {
	number      int // among the sites read so far
	key         catalog.Key
	price       catalog.Price
	node        *corev1.Node
	allocatable naive.Amounts // what daemon pods leave
	capacity    naive.Amounts // counted by limits and quotas
	ports       []naive.Port  // of its daemon pods
	quotas      []int         // that it draws on
	barred      string        // why the pool cannot launch it; "": it can
}

// A judgedKind is pods that the rules do not tell apart.
type judgedKind struct {
	number   int
	pod      *corev1.Pod // one of them
	count    int64
	requests naive.Amounts
	withheld *naive.Refusal // why none of them may be placed; nil: they may
	rules    int            // number of its rules about nodes
	peerRules
}

func newJudge(p *Problem) *judge {
	j := &judge{
		problem: p, most: map[catalog.Key]int64{}, kindOf: map[*corev1.Pod]*judgedKind{}, ofRules: map[string]int{},
		daemons: naive.Daemons(p.DaemonPods),
		peers:   peers{namespaces: p.Namespaces, numbers: map[string]int{}, selected: map[string][]int{}},
	}
	j.readPools()
	j.readPods()
	return j
}

func (j *judge) readPools() {
	pools := j.problem.Pools
	if pools == nil {
		pools = []Pool{{}}
	}
	for i := range pools {
		pool := judgedPool{Pool: &pools[i], catalog: pools[i].Catalog, sites: map[catalog.Key]*site{}}
		if pool.catalog == nil {
			pool.catalog = j.problem.Catalog
		}
		pool.unsupported = j.unsupportedPool(pools, i)
		for key, o := range pool.catalog.Offerings() {
			j.readLimit(key, o)
		}
		j.pools = append(j.pools, pool)
	}
}

// readLimit lowers the most launches of an offering to what the catalog states
// and the Availability knows. One key is one supply, whichever pool draws on it.
func (j *judge) readLimit(key catalog.Key, o *catalog.Offering) {
	most, known := j.most[key]
	if !known {
		most = Unlimited
		if j.problem.Availability != nil {
			most = max(int64(j.problem.Availability.Available(key)), 0)
		}
	}
	if o.Unavailable {
		most = 0
	}
	if o.Limit > 0 {
		most = min(most, int64(o.Limit))
	}
	j.most[key] = most
}

// unsupportedPool returns the path of a rule of the pool that nothing here
// knows how to keep, or "".
func (j *judge) unsupportedPool(pools []Pool, i int) string {
	path := fmt.Sprintf("Pools[%d]", i)
	for _, other := range pools {
		if other.Weight != pools[i].Weight {
			return path + ".weight"
		}
	}
	if len(pools[i].MinValues) > 0 {
		return path + ".minValues"
	}
	var labels []map[string]string
	for _, t := range j.problem.Catalog {
		labels = append(labels, t.Labels)
	}
	for _, pool := range pools {
		for _, t := range pool.Catalog {
			labels = append(labels, t.Labels)
		}
	}
	if r := naive.OpenKey(pools[i].Requirements, pools[i].Labels, labels); r >= 0 {
		return fmt.Sprintf("%s.requirements[%d]", path, r)
	}
	return ""
}

// site returns the pool's site of an offering, or nil where its catalog has no
// such offering.
func (j *judge) site(p *judgedPool, key catalog.Key) *site {
	if s, ok := p.sites[key]; ok {
		return s
	}
	for _, t := range p.catalog {
		if t.Name != key.InstanceType {
			continue
		}
		for i := range t.Offerings {
			if t.Key(i) == key {
				s := j.newSite(p, t, i)
				s.number = j.sites
				j.sites++
				p.sites[key] = s
				return s
			}
		}
	}
	return nil
}

func (j *judge) newSite(p *judgedPool, t *catalog.InstanceType, i int) *site {
	o := &t.Offerings[i]
	launch := naive.Launch{
		InstanceType: t.Name, Zone: o.Zone, CapacityType: string(o.CapacityType),
		TypeLabels: t.Labels, PoolLabels: p.Labels, PoolTaints: p.Taints,
	}
	s := &site{key: t.Key(i), price: o.Price, node: naive.New(launch), capacity: naive.AmountsOf(t.Capacity)}
	allocatable := naive.AmountsOf(t.Allocatable())
	maps.Copy(allocatable, naive.AmountsOf(o.Allocatable))
	crew := naive.CrewOf(s.node, allocatable, j.daemons)
	s.allocatable, s.ports = crew.Room(allocatable), crew.Ports
	s.capacity[nodesResource] = big.NewInt(1_000_000_000)
	for i, q := range j.problem.Quotas {
		if naive.Covers(q.Requirements, launch) {
			s.quotas = append(s.quotas, i)
		}
	}
	if key := naive.Contradicts(launch); key != "" {
		s.barred = "the pool's label " + key + " is not the machine's"
	} else if unmet, ok := naive.Unmet(p.Requirements, s.node); ok {
		s.barred = "the pool requires " + unmet
	} else {
		s.barred = crew.Fault
	}
	return s
}

func (j *judge) readPods() {
	byContent := map[string]*judgedKind{}
	add := func(pod *corev1.Pod, n int64) {
		if kind, again := j.kindOf[pod]; again {
			kind.count += n
			return
		}
		kind := &judgedKind{pod: pod, requests: naive.Requests(pod), withheld: j.withheld(pod)}
		rules, between := rulesContent(pod), ""
		kind.peerRules, between = j.peers.rulesOf(pod)
		content := fmt.Sprintf("%s\n%s\n%d\n%s", amountsContent(kind.requests), rules, priorityOf(pod), between)
		if kind.withheld != nil {
			content += fmt.Sprintf("\n%v", *kind.withheld)
		}
		if alike, ok := byContent[content]; ok {
			kind = alike
		} else {
			if _, ok := j.ofRules[rules]; !ok {
				j.ofRules[rules] = len(j.ofRules)
			}
			kind.rules = j.ofRules[rules]
			kind.number = len(j.kinds)
			byContent[content] = kind
			j.kinds = append(j.kinds, kind)
		}
		kind.count += n
		j.kindOf[pod] = kind
	}
	for _, pod := range j.problem.Pods {
		j.peers.add(pod)
	}
	for _, w := range j.problem.Workloads {
		j.peers.add(w.Pod)
	}
	for _, pod := range j.problem.Pods {
		add(pod, 1)
	}
	for _, w := range j.problem.Workloads {
		add(w.Pod, int64(w.Replicas))
	}
}

// withheld returns why the pod may be placed nowhere, or nil: because of
// itself, or because of something else in the Problem that is not modelled and
// would change what any launch holds or whether it is needed.
func (j *judge) withheld(pod *corev1.Pod) *naive.Refusal {
	if r := naive.Withheld(pod); r != nil {
		return r
	}
	if value, ok := pod.Labels[j.problem.GangLabel]; ok && j.problem.GangLabel != "" {
		return &naive.Refusal{Code: naive.Unsupported, Path: "metadata.labels[" + j.problem.GangLabel + "]", Rule: value}
	}
	if len(j.problem.Existing) > 0 {
		return &naive.Refusal{Code: naive.Unsupported, Path: "Existing[0]"}
	}
	for i, daemon := range j.problem.DaemonPods {
		if path := naive.UnsupportedDaemon(daemon); path != "" {
			return &naive.Refusal{Code: naive.Unsupported, Path: fmt.Sprintf("DaemonPods[%d].%s", i, path)}
		}
	}
	return nil
}

// rulesContent returns all that the rules about nodes read of the pod.
func rulesContent(pod *corev1.Pod) string {
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

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}
