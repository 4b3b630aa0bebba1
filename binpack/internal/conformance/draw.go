package conformance

import (
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// Draw returns a cluster of one to six nodes with pods on them, and one pod
// that waits, whose rules are of these families. Names and values are few, so
// that rules meet.
func Draw(r *rand.Rand, families Families, world World) binpack.Problem {
	d := &drawer{r, families, r.IntN(3) > 0}
	p := binpack.Problem{Namespaces: world.Namespaces}
	for range 1 + r.IntN(maxNodes) {
		p.Existing = append(p.Existing, d.existing(len(p.Existing)))
	}
	pod := d.pod(pending)
	d.rules(pod)
	p.Pods = []*corev1.Pod{pod}
	p.DaemonPods = d.daemons()
	p.Storage = world.storageOf(p)
	d.csiNodes(&p)
	d.supply(&p)
	d.joining(&p)
	return p
}

const (
	maxNodes = 6
	maxPods  = 4 // on one node
)

// podName names a pod that is there already.
func podName(node, i int) string { return fmt.Sprintf("pod-%d-%d", node, i) }

// pending is the name and the UID of the pod that waits.
const pending = "pending"

// A drawer draws at random.
type drawer struct {
	*rand.Rand
	families Families
	alike    bool // most pods are of one app and namespace
}

// chance is true in percent of a hundred calls.
func (d *drawer) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d *drawer, among ...T) T { return among[d.IntN(len(among))] }

func some[T any](d *drawer, among ...T) []T {
	var out []T
	for _, t := range among {
		if d.chance(50) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		out = append(out, pick(d, among...))
	}
	return out
}

// podLabels returns the labels of pods: a key and two values each.
func podLabels() [][3]string {
	return [][3]string{{"app", "web", "db"}, {"tier", "front", "back"}, {"rev", "1", "2"}}
}

const (
	rackKey = "example.com/rack"
	diskKey = "disk"
	genKey  = "generation"
	teamKey = "team"
	gpu     = corev1.ResourceName("example.com/gpu")
)

func (d *drawer) existing(i int) binpack.ExistingNode {
	n := binpack.ExistingNode{Node: d.node(fmt.Sprintf("node-%d", i))}
	for j := range d.IntN(maxPods + 1) {
		pod := d.pod(podName(i, j))
		d.bystander(pod)
		n.Pods = append(n.Pods, pod)
	}
	return n
}

func (d *drawer) node(name string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
	n.Status.Allocatable = d.allocatable()
	label := func(percent int, key string, values ...string) {
		if d.chance(percent) {
			n.Labels[key] = pick(d, values...)
		}
	}
	label(85, pick(d, corev1.LabelTopologyZone, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone), "a", "b", "c")
	label(80, rackKey, "r1", "r2")
	label(50, diskKey, "ssd", "hdd")
	label(50, genKey, "1", "2", "3", "new")
	label(50, corev1.LabelHostname, name, "host-of-"+name)
	n.Spec.Taints = d.taints()
	n.Spec.Unschedulable = d.families.Has(Taints|Spread) && d.chance(10)
	if d.chance(5) {
		n.DeletionTimestamp = &metav1.Time{Time: time.Unix(0, 0)}
	}
	return n
}

func (d *drawer) taints() []corev1.Taint {
	if !d.families.Has(Taints | Spread) {
		return nil
	}
	var out []corev1.Taint
	for range d.IntN(3) {
		out = append(out, corev1.Taint{
			Key: teamKey, Value: pick(d, "", "x", "y"),
			Effect: pick(d, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute, corev1.TaintEffectPreferNoSchedule),
		})
	}
	return out
}

func (d *drawer) allocatable() corev1.ResourceList {
	list := corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("100"),
		corev1.ResourceMemory: resource.MustParse("100Gi"),
		corev1.ResourcePods:   resource.MustParse("100"),
	}
	for _, driver := range drivers() {
		if d.families.Has(Attachments) && d.chance(70) {
			list[corev1.ResourceName(attachable+driver)] = resource.MustParse(pick(d, "0", "1", "2", "3"))
		}
	}
	if !d.families.Has(Resources) {
		return list
	}
	list[corev1.ResourceCPU] = resource.MustParse(pick(d, "1500m", "2", "3", "4"))
	list[corev1.ResourceMemory] = resource.MustParse(pick(d, "1Gi", "2Gi", "3G", "4Gi"))
	list[corev1.ResourcePods] = resource.MustParse(pick(d, "2", "3", "4", "10"))
	if d.chance(50) {
		list[gpu] = resource.MustParse(pick(d, "0", "1", "2"))
	}
	if d.chance(50) {
		list[corev1.ResourceEphemeralStorage] = resource.MustParse(pick(d, "0", "10G", "20G"))
	}
	return list
}

// pod returns a pod without rules, but for what it asks for.
func (d *drawer) pod(name string) *corev1.Pod {
	pod := &corev1.Pod{}
	pod.Name, pod.UID = name, types.UID(name)
	pod.Namespace = pick(d, "", "", corev1.NamespaceDefault, "blue", "green")
	pod.Labels = map[string]string{}
	if d.alike && d.chance(80) {
		pod.Namespace = ""
		pod.Labels[podLabels()[0][0]] = podLabels()[0][1]
	}
	for _, label := range podLabels() {
		if _, stated := pod.Labels[label[0]]; stated {
			continue
		}
		if i := d.IntN(3); i > 0 {
			pod.Labels[label[0]] = label[i]
		}
	}
	pod.Spec.Containers = []corev1.Container{{Name: "main", Image: "image"}}
	if d.families.Has(Resources) {
		d.requests(pod)
	}
	return pod
}
