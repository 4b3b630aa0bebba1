package verify_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A town is a problem whose nodes are all alike but for their zone, and a plan
// for it. Pods are known by their app, which is their label too. Each new node
// is a line, "a web web db": its zone and the pods on it; each existing node is
// one, "old-a a web | db": its name, its zone ("-": none), the pods that are
// there, and those that the plan adds.
type town struct {
	problem binpack.Problem
	plan    binpack.Plan
	pods    map[string]*corev1.Pod
}

var zones = []string{"a", "b", "c"}

func newTown() *town {
	machine := &catalog.InstanceType{Name: "m", Capacity: corev1.ResourceList{"cpu": resource.MustParse("64"), "memory": resource.MustParse("64Gi")}}
	for _, zone := range zones {
		for _, market := range []catalog.CapacityType{catalog.OnDemand, catalog.Spot} {
			machine.Offerings = append(machine.Offerings, catalog.Offering{Zone: zone, CapacityType: market, Price: 10})
		}
	}
	return &town{problem: binpack.Problem{Catalog: catalog.Catalog{machine}}, pods: map[string]*corev1.Pod{}}
}

// pod returns the one pod of an app.
func (w *town) pod(app string) *corev1.Pod {
	if w.pods[app] == nil {
		w.pods[app] = podOf(app, "1")
		w.pods[app].Labels = map[string]string{"app": app}
	}
	return w.pods[app]
}

// launch adds nodes to the plan.
func (w *town) launch(lines ...string) {
	for _, line := range lines {
		words := strings.Fields(line)
		key := catalog.Key{InstanceType: "m", Zone: words[0], CapacityType: catalog.OnDemand}
		if zone, spot := strings.CutSuffix(words[0], "/spot"); spot {
			key.Zone, key.CapacityType = zone, catalog.Spot
		}
		w.plan.Launches = append(w.plan.Launches, binpack.Launch{Offering: key, Price: 10, Pods: w.place(words[1:])})
		w.plan.Cost += 10
	}
}

// stand adds existing nodes, and nominations for those that get pods.
func (w *town) stand(lines ...string) {
	for _, line := range lines {
		before, after, _ := strings.Cut(line, "|")
		words := strings.Fields(before)
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: words[0], Labels: map[string]string{}}}
		if words[1] != "-" {
			node.Labels[corev1.LabelFailureDomainBetaZone] = words[1]
		}
		if words[0] == "tainted" {
			node.Spec.Taints = []corev1.Taint{{Key: "closed", Effect: corev1.TaintEffectNoSchedule}}
		}
		node.Status.Allocatable = w.problem.Catalog[0].Capacity
		existing := binpack.ExistingNode{Node: node}
		for _, app := range words[2:] {
			existing.Pods = append(existing.Pods, w.pod(app).DeepCopy())
		}
		w.problem.Existing = append(w.problem.Existing, existing)
		if pods := w.place(strings.Fields(after)); len(pods) > 0 {
			w.plan.Nominations = append(w.plan.Nominations, binpack.Nomination{Node: node, Pods: pods})
		}
	}
}

// place asks for the pods of the apps, and returns them as placements.
func (w *town) place(apps []string) []binpack.Placement {
	var out []binpack.Placement
	for _, app := range apps {
		pod := w.pod(app)
		out = append(out, binpack.Placement{Pod: pod, Count: 1})
		found := false
		for i := range w.problem.Workloads {
			if w.problem.Workloads[i].Pod == pod {
				w.problem.Workloads[i].Replicas++
				found = true
			}
		}
		if !found {
			w.problem.Workloads = append(w.problem.Workloads, binpack.Workload{Pod: pod, Replicas: 1})
		}
	}
	return out
}

// A townRule changes a pod.
type townRule func(*corev1.Pod)

// spreads adds a constraint over a key on pods of the apps.
func spreads(key string, skew int32, changes ...func(*corev1.TopologySpreadConstraint)) func(names ...string) townRule {
	return func(names ...string) townRule {
		return func(pod *corev1.Pod) {
			c := corev1.TopologySpreadConstraint{MaxSkew: skew, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: problemtest.Apps(names...)}
			for _, change := range changes {
				change(&c)
			}
			pod.Spec.TopologySpreadConstraints = append(pod.Spec.TopologySpreadConstraints, c)
		}
	}
}

func affinityOfPod(pod *corev1.Pod) *corev1.Affinity {
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = &corev1.Affinity{}
	}
	return pod.Spec.Affinity
}

// avoids adds a term of required anti-affinity.
func avoids(key string, names ...string) townRule {
	return func(pod *corev1.Pod) {
		a := affinityOfPod(pod)
		if a.PodAntiAffinity == nil {
			a.PodAntiAffinity = &corev1.PodAntiAffinity{}
		}
		terms := &a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		*terms = append(*terms, corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: problemtest.Apps(names...)})
	}
}

// joins adds a term of required affinity.
func joins(key string, names ...string) townRule {
	return func(pod *corev1.Pod) {
		a := affinityOfPod(pod)
		if a.PodAffinity == nil {
			a.PodAffinity = &corev1.PodAffinity{}
		}
		terms := &a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		*terms = append(*terms, corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: problemtest.Apps(names...)})
	}
}

// onlyIn lets the pod go to some zones only.
func onlyIn(zones ...string) townRule {
	return func(pod *corev1.Pod) {
		terms := []corev1.NodeSelectorTerm{{MatchExpressions: problemtest.In(corev1.LabelTopologyZone, zones...)}}
		affinityOfPod(pod).NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}
	}
}

const (
	zoneKey   = corev1.LabelTopologyZone
	hostKey   = corev1.LabelHostname
	marketKey = "karpenter.sh/capacity-type"
)

// A townCase is rules, nodes, and what is wrong with them.
type townCase struct {
	rules  map[string][]townRule // of each app
	stand  []string
	launch []string
	want   binpack.Reason // "": nothing is wrong
}

func (c townCase) run(t *testing.T) {
	w := newTown()
	for app, rules := range c.rules {
		for _, rule := range rules {
			rule(w.pod(app))
		}
	}
	w.stand(c.stand...)
	w.launch(c.launch...)
	err := verify.Plan(context.Background(), w.problem, w.plan)
	if c.want == "" {
		require.NoError(t, err)
		return
	}
	found := problemtest.Reasons(err)
	require.NotEmpty(t, found)
	for _, reason := range found {
		require.Equal(t, c.want, reason, "%v", err)
	}
}

func TestVerifyHoldsSpread(t *testing.T) {
	honor, ignore, three := corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore, int32(3)
	byZone := spreads(zoneKey, 1)("web")
	web := func(rules ...townRule) map[string][]townRule { return map[string][]townRule{"web": rules} }
	for name, test := range map[string]townCase{
		"one in each zone":           {web(byZone), nil, []string{"a web", "b web", "c web"}, ""},
		"one more in one":            {web(byZone), nil, []string{"a web web", "b web", "c web"}, ""},
		"two more in one":            {web(byZone), nil, []string{"a web web web", "b web", "c web"}, binpack.TopologySpread},
		"two more, over two nodes":   {web(byZone), nil, []string{"a web web", "a web", "b web", "c web"}, binpack.TopologySpread},
		"two more, on alike nodes":   {web(byZone), nil, []string{"a web", "a web", "a web", "b web", "c web"}, binpack.TopologySpread},
		"a zone without any":         {web(byZone), nil, []string{"a web web", "b web web"}, binpack.TopologySpread},
		"a skew of two":              {web(spreads(zoneKey, 2)("web")), nil, []string{"a web web", "b web web"}, ""},
		"by an old name of the key":  {web(spreads(corev1.LabelFailureDomainBetaZone, 1)("web")), nil, []string{"a web web"}, binpack.TopologySpread},
		"another's pods count":       {web(spreads(zoneKey, 1)("web", "db")), nil, []string{"a web db"}, binpack.TopologySpread},
		"only where the owner is":    {web(spreads(zoneKey, 1)("db")), nil, []string{"a db db db", "b web"}, ""},
		"owner that is not counted":  {web(spreads(zoneKey, 1)("db")), nil, []string{"a db web", "a db"}, binpack.TopologySpread},
		"only preferred":             {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = corev1.ScheduleAnyway })("web")), nil, []string{"a web web web"}, ""},
		"by market":                  {web(spreads(marketKey, 1)("web")), nil, []string{"a web", "b/spot web"}, ""},
		"by market, heaped":          {web(spreads(marketKey, 1)("web")), nil, []string{"a web", "b web"}, binpack.TopologySpread},
		"by zone and market":         {web(byZone, spreads(marketKey, 1)("web")), nil, []string{"a web", "b/spot web", "c web"}, ""},
		"by zone, not by market":     {web(byZone, spreads(marketKey, 1)("web")), nil, []string{"a web", "b web", "c web"}, binpack.TopologySpread},
		"zones that it cannot go to": {web(byZone, onlyIn("a", "b")), nil, []string{"a web web", "b web web"}, ""},
		"zones that count all the same": {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.NodeAffinityPolicy = &ignore })("web"), onlyIn("a", "b")), nil,
			[]string{"a web web", "b web web"}, binpack.TopologySpread},
		"too few zones":              {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.MinDomains = &three })("web"), onlyIn("a", "b")), nil, []string{"a web web", "b web web"}, binpack.TopologySpread},
		"too few zones, one in each": {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.MinDomains = &three })("web"), onlyIn("a", "b")), nil, []string{"a web", "b web"}, ""},
		"as many zones as asked for": {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.MinDomains = &three })("web")), nil, []string{"a web web", "b web web", "c web"}, ""},
		"of one revision": {map[string][]townRule{"web": {spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.MatchLabelKeys = []string{"rev"} })("web", "web2"), labelledAs("rev", "1")},
			"web2": {labelledAs("rev", "2")}}, nil, []string{"a web web2"}, ""},
		"of two revisions": {map[string][]townRule{"web": {spreads(zoneKey, 1)("web", "web2"), labelledAs("rev", "1")}, "web2": {labelledAs("rev", "2")}}, nil, []string{"a web web2"}, binpack.TopologySpread},

		"pods that are there count":         {web(byZone), []string{"old a web web"}, []string{"b web", "c web"}, ""},
		"pods there and new ones":           {web(byZone), []string{"old a web web"}, []string{"a web", "b web", "c web"}, binpack.TopologySpread},
		"pods there are no owners":          {web(byZone), []string{"old a web web web"}, []string{"b web"}, ""},
		"added to a node that is there":     {web(byZone), []string{"old a web | web"}, []string{"b web", "c web"}, ""},
		"too many added to it":              {web(byZone), []string{"old a web | web web"}, []string{"b web", "c web"}, binpack.TopologySpread},
		"a zone of old nodes only":          {web(byZone), []string{"old d"}, []string{"a web web", "b web", "c web"}, binpack.TopologySpread},
		"a node without a zone":             {web(byZone), []string{"old - | web"}, nil, binpack.TopologySpread},
		"a node without one of two keys":    {web(byZone, spreads(marketKey, 1)("web")), []string{"old a | web"}, nil, binpack.TopologySpread},
		"pods on a node without all labels": {web(byZone, spreads(marketKey, 9)("web")), []string{"old a web web web"}, []string{"a web", "b web", "c web"}, ""},
		"by node, on a node that is there":  {web(spreads(hostKey, 2)("web")), []string{"old a web | web"}, nil, ""},
		"by node, too many there":           {web(spreads(hostKey, 2)("web")), []string{"old a web web | web"}, nil, binpack.TopologySpread},
		"by node, elsewhere":                {web(spreads(hostKey, 1)("web")), []string{"old a web web"}, []string{"a web"}, ""},
		"a tainted zone counts":             {web(byZone), []string{"tainted d"}, []string{"a web web", "b web", "c web"}, binpack.TopologySpread},
		"a tainted zone does not": {web(spreads(zoneKey, 1, func(c *corev1.TopologySpreadConstraint) { c.NodeTaintsPolicy = &honor })("web")), []string{"tainted d"},
			[]string{"a web web", "b web", "c web"}, ""},
	} {
		t.Run(name, test.run)
	}
}

func labelledAs(key, value string) townRule {
	return func(pod *corev1.Pod) { pod.Labels[key] = value }
}

func TestVerifyHoldsAntiAffinity(t *testing.T) {
	for name, test := range map[string]townCase{
		"one in each zone":           {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, nil, []string{"a web", "b web", "c web"}, ""},
		"two in a zone":              {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, nil, []string{"a web", "a web"}, binpack.PodAntiAffinity},
		"two on a node":              {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, nil, []string{"a web web"}, binpack.PodAntiAffinity},
		"another in its zone":        {map[string][]townRule{"web": {avoids(zoneKey, "db")}}, nil, []string{"a web", "a db"}, binpack.PodAntiAffinity},
		"another elsewhere":          {map[string][]townRule{"web": {avoids(zoneKey, "db")}}, nil, []string{"a web web", "b db"}, ""},
		"the second of two terms":    {map[string][]townRule{"web": {avoids(zoneKey, "db"), avoids(marketKey, "web")}}, nil, []string{"a web", "b web"}, binpack.PodAntiAffinity},
		"both markets":               {map[string][]townRule{"web": {avoids(marketKey, "web")}}, nil, []string{"a web", "a/spot web"}, ""},
		"one that is there":          {map[string][]townRule{"web": {avoids(zoneKey, "db")}}, []string{"old a db"}, []string{"a web"}, binpack.PodAntiAffinity},
		"one there, elsewhere":       {map[string][]townRule{"web": {avoids(zoneKey, "db")}}, []string{"old a db"}, []string{"b web"}, ""},
		"its like is there":          {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, []string{"old a web"}, []string{"a web"}, binpack.PodAntiAffinity},
		"two that are there":         {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, []string{"old a web web"}, []string{"b web"}, ""},
		"one there repels":           {map[string][]townRule{"db": {avoids(zoneKey, "web")}}, []string{"old a db"}, []string{"a web"}, binpack.PodAntiAffinity},
		"one there repels, there":    {map[string][]townRule{"db": {avoids(hostKey, "web")}}, []string{"old a db | web"}, nil, binpack.PodAntiAffinity},
		"repels on its node only":    {map[string][]townRule{"db": {avoids(hostKey, "web")}}, []string{"old a db"}, []string{"a web"}, ""},
		"by node, one there":         {map[string][]townRule{"web": {avoids(hostKey, "db")}}, []string{"old a db | web"}, nil, binpack.PodAntiAffinity},
		"by node, its like is there": {map[string][]townRule{"web": {avoids(hostKey, "web")}}, []string{"old a web | web"}, nil, binpack.PodAntiAffinity},
		"nodes without the label":    {map[string][]townRule{"web": {avoids(zoneKey, "web")}}, []string{"old - web | web"}, []string{"a web"}, ""},
		"a label that nothing has":   {map[string][]townRule{"web": {avoids("rack", "web")}}, nil, []string{"a web web"}, ""},
		"only preferred": {map[string][]townRule{"web": {func(pod *corev1.Pod) {
			term := corev1.PodAffinityTerm{TopologyKey: zoneKey, LabelSelector: problemtest.Apps("web")}
			affinityOfPod(pod).PodAntiAffinity = &corev1.PodAntiAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{Weight: 9, PodAffinityTerm: term}}}
		}}}, nil, []string{"a web web"}, ""},
	} {
		t.Run(name, test.run)
	}
}

func TestVerifyHoldsAffinity(t *testing.T) {
	web := func(rules ...townRule) map[string][]townRule { return map[string][]townRule{"web": rules} }
	for name, test := range map[string]townCase{
		"company in its zone":           {web(joins(zoneKey, "db")), nil, []string{"a web", "a db"}, ""},
		"company elsewhere":             {web(joins(zoneKey, "db")), nil, []string{"a web", "b db"}, binpack.PodAffinity},
		"no company":                    {web(joins(zoneKey, "db")), nil, []string{"a web"}, binpack.PodAffinity},
		"company on its node":           {web(joins(hostKey, "db")), nil, []string{"a web db"}, ""},
		"company on another node":       {web(joins(hostKey, "db")), nil, []string{"a web", "a db"}, binpack.PodAffinity},
		"company on one of two":         {web(joins(hostKey, "db")), nil, []string{"a web db", "a web"}, binpack.PodAffinity},
		"its own first":                 {web(joins(zoneKey, "web")), nil, []string{"a web", "a web web"}, ""},
		"one alone is its own first":    {web(joins(zoneKey, "web")), nil, []string{"a web"}, ""},
		"but one first":                 {web(joins(zoneKey, "web")), nil, []string{"a web", "b web"}, binpack.PodAffinity},
		"but one first, by node":        {web(joins(hostKey, "web")), nil, []string{"a web web", "a web web"}, binpack.PodAffinity},
		"but one first, of many nodes":  {web(joins(hostKey, "web")), nil, []string{"a web web", "a web web", "a web web"}, binpack.PodAffinity},
		"company that is there":         {web(joins(zoneKey, "db")), []string{"old a db"}, []string{"a web"}, ""},
		"company there, elsewhere":      {web(joins(zoneKey, "db")), []string{"old b db"}, []string{"a web"}, binpack.PodAffinity},
		"company there, on its node":    {web(joins(hostKey, "db")), []string{"old a db | web"}, nil, ""},
		"no first beside one there":     {web(joins(zoneKey, "web")), []string{"old b web"}, []string{"a web"}, binpack.PodAffinity},
		"one there without the label":   {web(joins(zoneKey, "web")), []string{"old - web"}, []string{"a web"}, ""},
		"a node without the label":      {web(joins(zoneKey, "db")), []string{"old - db | web"}, nil, binpack.PodAffinity},
		"two terms, two companies":      {web(joins(zoneKey, "db"), joins(marketKey, "mq")), nil, []string{"a web db mq"}, binpack.PodAffinity},
		"two terms, one company":        {web(joins(zoneKey, "db", "mq"), joins(marketKey, "db")), nil, []string{"a web", "a db"}, ""},
		"two terms, one for each":       {web(joins(zoneKey, "db"), joins(marketKey, "db")), nil, []string{"a web", "a/spot db", "b db"}, ""},
		"two terms, market elsewhere":   {web(joins(zoneKey, "db"), joins(marketKey, "db")), nil, []string{"a web", "a/spot db"}, binpack.PodAffinity},
		"a chain":                       {map[string][]townRule{"web": {joins(zoneKey, "db")}, "db": {joins(hostKey, "mq")}}, nil, []string{"a web", "a db mq"}, ""},
		"a chain with a weak link":      {map[string][]townRule{"web": {joins(zoneKey, "db")}, "db": {joins(hostKey, "mq")}}, nil, []string{"a web", "a db", "a mq"}, binpack.PodAffinity},
		"a ring":                        {map[string][]townRule{"web": {joins(zoneKey, "db")}, "db": {joins(zoneKey, "web")}}, nil, []string{"a web", "a db"}, binpack.PodAffinity},
		"a ring with a first":           {map[string][]townRule{"web": {joins(zoneKey, "web", "db")}, "db": {joins(zoneKey, "web")}}, nil, []string{"a web", "a db"}, ""},
		"a ring with two firsts, apart": {map[string][]townRule{"web": {joins(zoneKey, "web", "db")}, "db": {joins(zoneKey, "web", "db")}}, nil, []string{"a web", "b db"}, binpack.PodAffinity},
		"the right one first": {map[string][]townRule{"web": {joins(zoneKey, "web", "db")}, "db": {joins(zoneKey, "db")}}, nil,
			[]string{"a db", "b web"}, ""},
		"first before those who ask for nobody": {web(joins(zoneKey, "web", "db")), nil, []string{"a db", "b web"}, ""},
		"the right place first": {web(joins(zoneKey, "web", "db"), joins(marketKey, "web", "db")), nil,
			[]string{"a db", "a/spot web", "b/spot web"}, ""},
	} {
		t.Run(name, test.run)
	}
}
