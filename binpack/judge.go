package binpack

import (
	"cmp"
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
	storage *naive.Storage
	peers   peers
	sites   int // read so far

	existing   []*site
	existingOf map[*corev1.Node]*site
	standing   standing

	vocabulary *naive.Vocabulary // nil: not read yet
	answers    map[int][]answer  // of each rule set, by number of the site; as far as asked
}

// A judgedPool is a pool and what it may launch.
type judgedPool struct {
	*Pool
	path    string // in the Problem
	catalog catalog.Catalog
	open    []naive.OpenKey
	sites   map[siteName]*site
	allowed []*site // what sitesOf returns; nil: not read yet
}

// A siteName names a site within its pool.
type siteName struct {
	key    catalog.Key
	chosen string // labels, by content
}

// A site is a node as pods see it before any of the plan's comes: an offering as
// a pool launches it, with the labels chosen, or an existing node.
type site struct {
	number      int // among the sites read so far
	key         catalog.Key
	price       catalog.Price
	node        *corev1.Node
	allocatable naive.Amounts // what daemon pods, or the pods there, leave
	capacity    naive.Amounts // counted by limits and quotas
	ports       []naive.Port  // of its daemon pods, or of the pods there
	quotas      []int         // that it draws on
	allowed     bool          // by the pool's rules, whether or not its daemon pods can all run
	barred      string        // why the pool cannot launch it, or it takes no pod; "": it can
	exists      bool          // an existing node
	there       []judgedLoad  // pods on an existing node
}

// A judgedKind is pods that the rules do not tell apart.
type judgedKind struct {
	number   int
	pod      *corev1.Pod // one of them
	count    int64
	requests naive.Amounts
	volumes  naive.Volumes
	withheld *naive.Refusal // why none of them may be placed; nil: they may
	rules    int            // number of its rules about nodes
	peerRules
}

func newJudge(p *Problem) *judge {
	j := &judge{
		problem: p, most: map[catalog.Key]int64{}, kindOf: map[*corev1.Pod]*judgedKind{}, ofRules: map[string]int{},
		daemons: naive.Daemons(p.DaemonPods), storage: naive.NewStorage(p.Storage.Claims, p.Storage.Volumes, p.Storage.Classes),
		answers: map[int][]answer{},
		peers:   peers{namespaces: p.Namespaces, selected: map[string]selection{}},
	}
	j.readPools()
	j.readRules()
	j.readPods()
	j.readExisting()
	return j
}

func (j *judge) readPools() {
	pools := j.problem.Pools
	if pools == nil {
		pools = []Pool{{}}
	}
	for i := range pools {
		pool := judgedPool{Pool: &pools[i], path: fmt.Sprintf("Pools[%d]", i), catalog: pools[i].Catalog, sites: map[siteName]*site{}}
		if pool.catalog == nil {
			pool.catalog = j.problem.Catalog
		}
		pool.open = naive.OpenKeys(pool.Requirements, pool.Labels, j.typeLabels())
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

// typeLabels returns the labels of every type that some pool may launch, and of
// its offerings.
func (j *judge) typeLabels() []map[string]string {
	catalogs := []catalog.Catalog{j.problem.Catalog}
	for i := range j.problem.Pools {
		catalogs = append(catalogs, j.problem.Pools[i].Catalog)
	}
	var labels []map[string]string
	for _, t := range slices.Concat(catalogs...) {
		labels = append(labels, t.Labels)
		for i := range t.Offerings {
			labels = append(labels, t.Offerings[i].Labels)
			if t.Offerings[i].CapacityType != "" && t.CapacityTypeKey != "" {
				labels = append(labels, map[string]string{t.CapacityTypeKey: ""})
			}
		}
	}
	return labels
}

// find returns the pool and the site that a plan names, or nil.
func (j *judge) find(l *Launch) (*judgedPool, *site) {
	for i := range j.pools {
		if pool := &j.pools[i]; pool.Name == l.Pool {
			return pool, j.site(pool, l.Offering, l.Labels)
		}
	}
	return nil, nil
}

// site returns the pool's site of an offering with the labels chosen, or nil
// where its catalog has no such offering.
func (j *judge) site(p *judgedPool, key catalog.Key, chosen map[string]string) *site {
	if s, known := p.sites[siteName{key, labelsContent(chosen)}]; known {
		return s
	}
	for _, t := range p.catalog {
		if t.Name != key.InstanceType {
			continue
		}
		for i := range t.Offerings {
			if t.Key(i) == key {
				return j.siteOf(p, t, i, chosen)
			}
		}
	}
	return nil
}

// siteOf returns the pool's site of offering i of a type. There is one of each
// choice of labels.
func (j *judge) siteOf(p *judgedPool, t *catalog.InstanceType, i int, chosen map[string]string) *site {
	name := siteName{t.Key(i), labelsContent(chosen)}
	s, known := p.sites[name]
	if !known {
		s = j.newSite(p, t, i, chosen)
		s.number = j.sites
		j.sites++
		p.sites[name] = s
	}
	return s
}

func labelsContent(set map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(&b, "%q=%q ", key, set[key])
	}
	return b.String()
}

func (j *judge) newSite(p *judgedPool, t *catalog.InstanceType, i int, chosen map[string]string) *site {
	o := &t.Offerings[i]
	launch := naive.Launch{
		InstanceType: cmp.Or(t.TypeLabel, t.Name), Zone: o.Zone, CapacityType: string(o.CapacityType),
		CapacityTypeKey: t.CapacityTypeKey, TypeLabels: t.Labels, OfferingLabels: o.Labels,
		PoolLabels: p.Labels, Chosen: chosen, PoolTaints: p.Taints,
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
	if fault := naive.Mischosen(p.open, chosen); fault != "" {
		s.barred = fault
	} else if key := naive.Contradicts(launch); key != "" {
		s.barred = "the pool's label " + key + " is not the machine's"
	} else if unmet, ok := naive.Unmet(p.Requirements, s.node); ok {
		s.barred = "the pool requires " + unmet
	} else {
		s.allowed, s.barred = true, crew.Fault
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
		kind := &judgedKind{pod: pod, requests: naive.Requests(pod), volumes: j.storage.VolumesOf(pod), withheld: j.withheld(pod)}
		kind.requests.Add(kind.volumes.Attachments)
		if kind.withheld == nil {
			kind.withheld = kind.volumes.Nowhere
		}
		rules, between := rulesContent(pod)+kind.volumes.Content(), ""
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
	for i, daemon := range j.problem.DaemonPods {
		if path := naive.UnsupportedDaemon(daemon); path != "" {
			return &naive.Refusal{Code: naive.Unsupported, Path: fmt.Sprintf("DaemonPods[%d].%s", i, path)}
		}
	}
	return nil
}

// refusal returns the first rule about nodes that keeps pods of the kind off a
// node, or nil.
func (k *judgedKind) refusal(node *corev1.Node) *naive.Refusal {
	if r := naive.Refuses(k.pod, node); r != nil {
		return r
	}
	return k.volumes.Refuses(node)
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
