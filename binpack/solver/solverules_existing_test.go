package solver_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// onNode changes the last existing node.
func onNode(change func(*corev1.Node)) ksChange {
	return func(p *binpack.Problem) { change(p.Existing[len(p.Existing)-1].Node) }
}

func cordoned(n *corev1.Node) { n.Spec.Unschedulable = true }

func leaving(n *corev1.Node) { n.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }

// holdsPort claims a port of the host.
func holdsPort(port int32) podRule {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: port}} }
}

// TestExistingNodes: what exists costs nothing, takes what fits beside what is there, and
// shows no more than it states. A machine for one cpu costs something.
func TestExistingNodes(t *testing.T) {
	box := catalog.Catalog{server("m", 1, 1)}
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu("1"))...)
	}
	there := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "old", append(rules, cpu("1"))...)
	}
	allocatable := func(kv ...string) ksChange {
		return onNode(func(n *corev1.Node) { n.Status.Allocatable = problemtest.List(kv...) })
	}
	rule(t, map[string]ruling{
		"it takes what fits":                       {asked(box, pods{web(3)}, up("node", 2, nil)), "m: 1 web; node: 2 web"},
		"beside what is there":                     {asked(box, pods{web(3)}, up("node", 2, nil, there(1))), "m: 1 web; m: 1 web; node: 1 web"},
		"beside what is there no more":             {asked(box, pods{web(2)}, up("node", 2, nil, there(1, phase(corev1.PodSucceeded)), there(1, phase(corev1.PodFailed)))), "node: 2 web"},
		"beside what is about to go":               {asked(box, pods{web(2)}, up("node", 2, nil, there(1, deleted))), "m: 1 web; node: 1 web"},
		"it is full":                               {asked(box, pods{web(1)}, up("node", 2, nil, there(2))), "m: 1 web"},
		"it is more than full":                     {asked(box, pods{web(1)}, up("node", 2, nil, there(3))), "m: 1 web"},
		"more than full, but not of what is asked": {asked(box, pods{deployment(2, "idle")}, up("node", 2, nil, there(3))), "node: 2 idle"},
		"a resource that it lacks":                 {asked(box, pods{web(1)}, up("node", 2, nil), allocatable("memory", "9Gi", "pods", "9")), "m: 1 web"},
		"no number of pods is no limit":            {asked(box, pods{deployment(30, "idle")}, up("node", 2, nil), allocatable("cpu", "1")), "node: 30 idle"},
		"a number of pods is":                      {asked(box, pods{deployment(1, "idle")}, up("node", 2, nil, deployment(2, "old")), allocatable("pods", "2")), "m: 1 idle"},
		"it is cordoned":                           {asked(box, pods{web(1)}, up("node", 2, nil), onNode(cordoned)), "m: 1 web"},
		"cordoned for all but some":                {asked(box, pods{web(1, tolerating(corev1.TaintNodeUnschedulable, "Exists", "", ""))}, up("node", 2, nil), onNode(cordoned)), "node: 1 web"},
		"it is being deleted":                      {asked(box, pods{web(1, tolerating("", "Exists", "", ""))}, up("node", 2, nil), onNode(leaving)), "m: 1 web"},
		"it is tainted":                            {asked(box, pods{web(1)}, up("node", 2, nil), ksTainted(ksNoSchedule("only", "x"))), "m: 1 web"},
		"labels that it states":                    {asked(box, pods{web(1, selecting("team", "a"))}, up("node", 2, labelsOf("team", "a"))), "node: 1 web"},
		"no label of pools":                        {asked(box, pods{web(1, selecting("team", "a"))}, up("node", 2, nil), ksPools(poolOf("p", bearing("team", "a")))), "p m: 1 web"},
		"no label of types":                        {asked(box, pods{web(1, selecting(keyType, "m"))}, up("m", 2, nil)), "m: 1 web"},
		"an old name of a label":                   {asked(box, pods{web(1, selecting(keyZone, "a"))}, up("node", 2, labelsOf(corev1.LabelFailureDomainBetaZone, "a"))), "node: 1 web"},
		"its name":                                 {asked(box, pods{web(3, selecting(keyNode, "node"))}, up("node", 2, nil), up("other", 9, nil)), "node: 2 web; left: 1 web"},
		"its hostname, which is another":           {asked(box, pods{web(1, selecting(keyNode, "node"))}, up("node", 2, labelsOf(keyNode, "host"))), "left: 1 web"},
		"by the field of its name":                 {asked(box, pods{web(1, byName("node"))}, up("node", 2, labelsOf(keyNode, "host"))), "node: 1 web"},
		"by the field of another name":             {asked(box, pods{web(1, byName("other"))}, up("node", 2, nil)), "left: 1 web"},
		"daemons do not come again":                {asked(box, pods{web(2)}, up("node", 2, nil), ksDaemons(deployment(1, "daemon", cpu("1")).Pod)), "node: 2 web"},
		"limits and quotas do not see it":          {asked(box, pods{web(2)}, up("node", 2, nil), ksPools(poolOf("p", limited("nodes", "0"))), quota("cpu", "0")), "node: 2 web"},
		"the important ones":                       {asked(nil, pods{web(2), deployment(1, "vip", cpu("1"), priority(9))}, up("node", 2, nil)), "node: 1 vip 1 web; left: 1 web"},
		"alike nodes":                              {asked(box, pods{web(6)}, up("b", 2, nil), up("a", 2, nil), up("c", 1, nil)), "a: 2 web; b: 2 web; c: 1 web; m: 1 web"},
		"a port that is taken":                     {asked(box, pods{web(1, holdsPort(80))}, up("node", 2, nil, deployment(1, "old", holdsPort(80)))), "m: 1 web"},
		"another port":                             {asked(box, pods{web(1, holdsPort(80))}, up("node", 2, nil, deployment(1, "old", holdsPort(81)))), "node: 1 web"},
		"a port that was taken":                    {asked(box, pods{web(1, holdsPort(80))}, up("node", 2, nil, deployment(1, "old", holdsPort(80), phase(corev1.PodFailed)))), "node: 1 web"},
		"volume that is attached and shared":       {asked(box, pods{web(2, claiming("data"))}, up("node", 2, nil, deployment(1, "old", claiming("data"))), attaching(2)), "node: 2 web"},
	})
}

func byName(name string) podRule {
	return func(p *corev1.Pod) {
		affinityOf(p).NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchFields: []corev1.NodeSelectorRequirement{problemtest.Requirement("metadata.name", "In", name)}}}}
	}
}

// attaching lets the last node attach n volumes of a driver; one is bound to the claim
// data.
func attaching(n int64) ksChange {
	return func(p *binpack.Problem) {
		p.Existing[len(p.Existing)-1].Node.Status.Allocatable["attachable-volumes-csi-disk"] = *resource.NewQuantity(n, resource.DecimalSI)
		volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "v"}}
		volume.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "disk"}
		p.Storage = binpack.Storage{
			Claims:  []*corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}, Spec: corev1.PersistentVolumeClaimSpec{VolumeName: "v"}}},
			Volumes: []*corev1.PersistentVolume{volume},
		}
	}
}

// TestExistingNeighbours: pods that are there keep others away and attract them, and
// are counted, but are bound by nothing. One node is in each of the zones a and b, with
// room for one pod.
func TestExistingNeighbours(t *testing.T) {
	zones := catalog.Catalog{server("m", 1, 1, "a", "b")}
	nodes := func(a, b pods) ksChange {
		return func(p *binpack.Problem) {
			up("na", 1, labelsOf(keyZone, "a"), a...)(p)
			up("nb", 1, labelsOf(keyZone, "b"), b...)(p)
		}
	}
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu("1"))...)
	}
	rule(t, map[string]ruling{
		"apart from one that is there":               {asked(zones, pods{web(2, apart("old", keyZone))}, nodes(pods{deployment(1, "old")}, nil)), "m b: 1 web; nb: 1 web"},
		"one that is there keeps apart":              {asked(zones, pods{web(2)}, nodes(pods{deployment(1, "old", apart("web", keyZone))}, nil)), "m b: 1 web; nb: 1 web"},
		"one that was there keeps nobody away":       {asked(zones, pods{web(2)}, nodes(pods{deployment(1, "old", apart("web", keyZone), phase(corev1.PodFailed))}, nil)), "na: 1 web; nb: 1 web"},
		"one that would rather keep apart":           {asked(zones, pods{web(2)}, nodes(pods{deployment(1, "old", ratherApart("web", keyZone))}, nil)), "na: 1 web; nb: 1 web"},
		"apart by node":                              {asked(zones, pods{web(2, apart("old", keyNode))}, nodes(pods{deployment(1, "old")}, nil)), "m a: 1 web; nb: 1 web"},
		"one keeps apart by node":                    {asked(zones, pods{web(2)}, nodes(pods{deployment(1, "old", apart("web", keyNode))}, nil)), "m a: 1 web; nb: 1 web"},
		"one keeps apart its like, which it is":      {asked(zones, pods{web(2)}, nodes(pods{deployment(1, "web", apart("web", keyNode))}, nil)), "m a: 1 web; nb: 1 web"},
		"each zone has one that keeps apart":         {asked(zones, pods{web(1)}, nodes(pods{deployment(1, "old", apart("web", keyZone))}, pods{deployment(1, "old", apart("web", keyZone))})), "left: 1 web"},
		"with one that is there":                     {asked(zones, pods{web(2, near("old", keyZone))}, nodes(nil, pods{deployment(1, "old")})), "m b: 1 web; nb: 1 web"},
		"with one that is there, on its node":        {asked(zones, pods{web(2, near("old", keyNode))}, nodes(nil, pods{deployment(1, "old")})), "nb: 1 web; left: 1 web"},
		"with one that is about to go":               {asked(zones, pods{web(1, near("old", keyNode))}, nodes(nil, pods{deployment(1, "old", deleted)})), "nb: 1 web"},
		"with one of another namespace":              {asked(zones, pods{web(1, near("old", keyZone))}, nodes(nil, pods{deployment(1, "old", namespaced("prod"))})), "left: 1 web"},
		"no first where one is there":                {asked(zones, pods{web(2, near("web", keyZone), selecting(keyZone, "a"))}, nodes(nil, pods{deployment(1, "web")})), "left: 2 web"},
		"spread counts them":                         {asked(zones, pods{web(3, spread(keyZone, 1))}, nodes(pods{deployment(2, "web")}, nil)), "m b: 1 web; na: 1 web; nb: 1 web"},
		"spread does not count who is about to go":   {asked(zones, pods{web(2, spread(keyZone, 1))}, nodes(pods{deployment(2, "web", deleted)}, nil)), "na: 1 web; nb: 1 web"},
		"spread by node counts them":                 {asked(zones, pods{web(2, spread(keyNode, 1))}, nodes(pods{deployment(1, "web")}, nil)), "m a: 1 web; nb: 1 web"},
		"a spread that is broken already":            {asked(zones, pods{web(2, spread(keyZone, 1))}, nodes(pods{deployment(9, "web")}, nil)), "m b: 1 web; nb: 1 web"},
		"their own spread binds nobody":              {asked(zones, pods{web(2)}, nodes(pods{deployment(2, "web", spread(keyZone, 1))}, nil)), "na: 1 web; nb: 1 web"},
		"a zone that only a node has":                {asked(catalog.Catalog{server("m", 1, 1, "a")}, pods{web(4, spread(keyZone, 1))}, nodes(nil, nil)), "m a: 1 web; na: 1 web; nb: 1 web; left: 1 web"},
		"a node without a zone is none":              {asked(zones, pods{web(3, spread(keyZone, 1))}, up("node", 9, nil)), "m a: 1 web; m a: 1 web; m b: 1 web"},
		"apart on a node without a zone from nobody": {asked(zones, pods{web(4, apart("web", keyZone))}, up("node", 2, nil)), "m a: 1 web; m b: 1 web; node: 2 web"},
	})
}
