package solver_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
)

// ksClass is a storage class that waits for the first consumer, for volumes in
// the topologies.
func ksClass(name, provisioner string, allowed ...corev1.TopologySelectorTerm) storagev1.StorageClass {
	wait := storagev1.VolumeBindingWaitForFirstConsumer
	return storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: provisioner, VolumeBindingMode: &wait,
		AllowedTopologies: allowed}
}

// ksDefault makes the class a default, created seconds after another.
func ksDefault(class storagev1.StorageClass, seconds int64) storagev1.StorageClass {
	class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	class.CreationTimestamp = metav1.NewTime(time.Unix(1_000_000+seconds, 0))
	return class
}

// ksAllowed is a term of labels, key after key.
func ksAllowed(labels ...string) corev1.TopologySelectorTerm {
	var term corev1.TopologySelectorTerm
	for i := 0; i < len(labels); i += 2 {
		term.MatchLabelExpressions = append(term.MatchLabelExpressions,
			corev1.TopologySelectorLabelRequirement{Key: labels[i], Values: labels[i+1 : i+2]})
	}
	return term
}

// ksClaim is a claim for a class, changed.
func ksClaim(name, class string, change ...func(*corev1.PersistentVolumeClaim)) corev1.PersistentVolumeClaim {
	c := corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"},
		Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: &class}}
	for _, f := range change {
		f(&c)
	}
	return c
}

// ksBound binds the claim to a volume.
func ksBound(volume string) func(*corev1.PersistentVolumeClaim) {
	return func(c *corev1.PersistentVolumeClaim) {
		c.Spec.VolumeName = volume
		c.Annotations = map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
		c.Status.Phase = corev1.ClaimBound
	}
}

// ksVolume is a volume that one of the requirements reaches; none: all nodes.
func ksVolume(name string, either ...corev1.NodeSelectorRequirement) corev1.PersistentVolume {
	v := corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if len(either) > 0 {
		var s corev1.PodSpec
		ksEither(either...)(&s)
		v.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: s.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution}
	}
	return v
}

// ksClaims lets the pod use claims.
func ksClaims(names ...string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		for i, name := range names {
			s.Volumes = append(s.Volumes, corev1.Volume{Name: fmt.Sprint("volume-", i), VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}})
		}
	}
}

// ksEphemeral gives the pod a volume of its own; nil: of the default class.
func ksEphemeral(class *string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Volumes = append(s.Volumes, corev1.Volume{Name: "tmp", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{
			VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: class}}}}})
	}
}

// ksStored is a pod of the namespace default.
func ksStored(name string, change ...func(*corev1.PodSpec)) *corev1.Pod {
	p := problemtest.Pod(nil, change...)
	p.Name, p.Namespace = name, "default"
	return p
}

// ksStorage adds claims, volumes and classes.
func ksStorage(things ...any) ksChange {
	return func(p *binpack.Problem) {
		for _, thing := range things {
			switch o := thing.(type) {
			case corev1.PersistentVolumeClaim:
				p.Storage.Claims = append(p.Storage.Claims, &o)
			case corev1.PersistentVolume:
				p.Storage.Volumes = append(p.Storage.Volumes, &o)
			case storagev1.StorageClass:
				p.Storage.Classes = append(p.Storage.Classes, &o)
			}
		}
	}
}

// ksHuge is the cloud of these situations: one type, large enough for all.
func ksHuge() ksChange {
	return ksCatalog(ksType("instance-type", "cpu", "1024", "pods", "1024"))
}

// ksAttached is a node in zone 1 to which the driver attaches limit volumes.
func ksAttached(driver, limit string, pods ...*corev1.Pod) ksChange {
	return func(p *binpack.Problem) {
		ksUp("up", "instance-type", "test-zone-1", pods...)(p)
		ksNode(func(n *corev1.Node) {
			n.Status.Allocatable[corev1.ResourceName("attachable-volumes-csi-"+driver)] = problemtest.List("n", limit)["n"]
		})(p)
	}
}

// TestKarpenterVolumeZones: where a pod may be for its volumes.
func TestKarpenterVolumeZones(t *testing.T) {
	zone := func(n string) corev1.NodeSelectorRequirement {
		return problemtest.Requirement(ksZone, "In", "test-zone-"+n)
	}
	apart := ksRepels(ksZone, "app")
	pair := ksPods(ksApp("app", ksStored("a", ksClaims("claim-a"), apart)), ksApp("app", ksStored("b", ksClaims("claim-b"), apart)))
	inTwo := ksAll(ksApart(0, 1), ksWant{"in the zones 1 and 2", func(o *ksOutcome) bool {
		a, b := o.of(0).Labels[ksZone], o.of(1).Labels[ksZone]
		return min(a, b) == "test-zone-1" && max(a, b) == "test-zone-2"
	}})
	hostOrZone := ksVolume("v", problemtest.Requirement(corev1.LabelHostname, "In", "existing-host"), zone("none"))
	hostOrZone.Spec.Local = &corev1.LocalVolumeSource{Path: "/disk"}
	ksRun(t, []ksRow{
		{"a volume of two zones", ksProblem(ksHuge(), pair, ksStorage(ksClaim("claim-a", "c", ksBound("va")), ksClaim("claim-b", "c", ksBound("vb")),
			ksVolume("va", zone("1"), zone("2")), ksVolume("vb", zone("1"), zone("2")))), inTwo},
		{"a class of two zones", ksProblem(ksHuge(), pair, ksStorage(ksClaim("claim-a", "c"), ksClaim("claim-b", "c"),
			ksClass("c", "p", ksAllowed(ksZone, "test-zone-1"), ksAllowed(ksZone, "test-zone-2")))), inTwo},
		{"two claims that leave one way", ksProblem(ksCatalog(ksSizes(5)...), ksPods(ksStored("a", ksClaims("claim-a", "claim-b"))),
			ksStorage(ksClaim("claim-a", "ca"), ksClaim("claim-b", "cb"),
				ksClass("ca", "p", ksAllowed("special", "required"), ksAllowed("special", "optional")),
				ksClass("cb", "p", ksAllowed(ksZone, "test-zone-1", "special", "optional"), ksAllowed(ksZone, "test-zone-2", "special", "required")))),
			ksOn(0, ksZone, "test-zone-1", "special", "optional")},
		{"a disk of a node that is gone", ksProblem(ksHuge(), ksPods(ksStored("a", ksClaims("claim"))),
			ksStorage(ksClaim("claim", "c", ksBound("v")), hostOrZone)),
			ksDiffers(ksLaunches(1), ksStays(binpack.VolumeZone, 0),
				"kube-scheduler puts no pod where its volume's node affinity does not match, whatever the volume is")},
	})
}

// TestKarpenterClaims: claims that are bound, will be, or never will.
func TestKarpenterClaims(t *testing.T) {
	deleting := func(c *corev1.PersistentVolumeClaim) { c.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }
	lost := func(c *corev1.PersistentVolumeClaim) { c.Status.Phase = corev1.ClaimLost }
	unfinished := func(c *corev1.PersistentVolumeClaim) { c.Annotations = nil }
	class := ksClass("c", "p", ksAllowed(ksZone, "test-zone-1"))
	immediate := class
	immediate.VolumeBindingMode = nil
	going := ksVolume("v")
	going.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	none, unknown := "", "non-existent"
	claimed := func(things ...any) binpack.Problem {
		return ksProblem(ksHuge(), ksPods(ksStored("a", ksClaims("claim"))), ksStorage(things...))
	}
	ephemeral := func(class *string, things ...any) binpack.Problem {
		return ksProblem(ksHuge(), ksPods(ksStored("a", ksEphemeral(class))), ksStorage(things...))
	}
	ksRun(t, []ksRow{
		{"to be bound", claimed(class, ksClaim("claim", "c")), ksOn(0, ksZone, "test-zone-1")},
		{"to be bound before any pod", claimed(immediate, ksClaim("claim", "c")), ksStays(binpack.VolumeZone, 0)},
		{"a class for a key that no node has", claimed(ksClass("c", "ebs", ksAllowed("topology.ebs.csi.aws.com/zone", "us-west-2a")),
			ksClaim("claim", "c")), ksStays(binpack.VolumeZone, 0)},
		{"a claim being deleted", claimed(class, ksClaim("claim", "c", deleting)), ksStays(binpack.VolumeZone, 0)},
		{"a claim that lost its volume", claimed(class, ksClaim("claim", "c", lost)), ksStays(binpack.VolumeZone, 0)},
		{"bound", claimed(class, ksVolume("v"), ksClaim("claim", "c", ksBound("v"))), ksLaunches(1)},
		{"bound for one side only", claimed(class, ksVolume("v"), ksClaim("claim", "c", ksBound("v"), unfinished)),
			ksDiffers(ksStays(binpack.VolumeZone, 0), ksLaunches(1), "a claim that names its volume counts as bound; kube-scheduler waits for the annotation pv.kubernetes.io/bind-completed")},
		{"bound to a volume being deleted", claimed(going, ksClaim("claim", "c", ksBound("v"))),
			ksDiffers(ksStays(binpack.VolumeZone, 0), ksLaunches(1),
				"kube-scheduler places such a pod: the volume stays as long as a claim is bound to it")},
		{"ephemeral, bound, of an unknown class", ephemeral(&unknown, ksVolume("v"), ksClaim("a-tmp", unknown, ksBound("v"))), ksLaunches(1)},
		{"ephemeral, bound, of no class", ephemeral(&none, ksVolume("v"), ksClaim("a-tmp", none, ksBound("v"))), ksLaunches(1)},
		{"ephemeral, unbound, of an unknown class", ephemeral(&unknown), ksStays(binpack.Unsupported, 0)},
		{"ephemeral, unbound, of no class", ephemeral(&none), ksStays(binpack.VolumeZone, 0)},
	})
}

// TestKarpenterAttachments: how many volumes a node holds.
func TestKarpenterAttachments(t *testing.T) {
	zone1 := ksAllowed(ksZone, "test-zone-1")
	class := ksClass("c", "csi", zone1)
	six := ksProblem(ksHuge(), ksAttached("csi", "10", problemtest.Pod(nil)), ksStorage(class))
	for _, name := range []string{"0", "1", "2", "3", "4", "5"} {
		ksStorage(ksClaim("a-"+name, "c"), ksClaim("b-"+name, "c"))(&six)
		ksPods(ksStored("pod-"+name, ksClaims("a-"+name, "b-"+name)))(&six)
	}
	nfs := ksVolume("v", problemtest.Requirement(ksZone, "In", "test-zone-1"))
	nfs.Spec.NFS = &corev1.NFSVolumeSource{Server: "fake.server", Path: "/some/path"}
	disk := ksVolume("v", problemtest.Requirement(ksZone, "In", "test-zone-1"))
	disk.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "csi"}
	named := "c"
	second := func(driver string, class *string, classes ...any) binpack.Problem {
		return ksProblem(ksHuge(), ksStorage(classes...), ksAttached(driver, "1", ksStored("first", ksEphemeral(class))),
			ksPods(ksStored("second", ksEphemeral(class))))
	}
	inTree := ksDefault(ksClass("c", "kubernetes.io/aws-ebs", zone1), 0)
	ksRun(t, []ksRow{
		{"more claims than a node attaches", six, ksLaunches(1)},
		{"one claim of many pods", ksProblem(ksHuge(), ksAttached("csi", "10", problemtest.Pod(nil)), ksCopies(100, ksStored("a", ksClaims("claim"))),
			ksStorage(class, disk, ksClaim("claim", "c", ksBound("v")))),
			ksAllNominated()},
		{"one claim twice in a pod", ksProblem(ksHuge(), ksAttached("csi", "1"), ksPods(ksStored("a", ksClaims("claim", "claim"))),
			ksStorage(disk, ksClaim("claim", "c", ksBound("v")))), ksAllNominated()},
		{"volumes that are not attached", ksProblem(ksHuge(), ksAttached("csi", "1", problemtest.Pod(nil)),
			ksCopies(5, ksStored("a", ksClaims("claim", "claim"))), ksStorage(nfs, ksClaim("claim", "", ksBound("v")))),
			ksAllNominated()},
		{"an ephemeral volume of a class", second("csi", &named, class, ksDefault(ksClass("other", "other", zone1), 0)), ksLaunches(1)},
		{"an ephemeral volume of the default class", second("csi", nil, ksDefault(class, 0)), ksLaunches(1)},
		{"of two default classes the newer", second("csi", nil, ksDefault(ksClass("older", "other", zone1), 0), ksDefault(class, 2)), ksLaunches(1)},
		{"a claim of an in-tree driver", ksProblem(ksHuge(), ksStorage(inTree, ksClaim("c-1", "c"), ksClaim("c-2", "c")),
			ksAttached("ebs.csi.aws.com", "1", ksStored("first", ksClaims("c-1"))), ksPods(ksStored("second", ksClaims("c-2")))),
			ksLaunches(1)},
		{"an ephemeral volume of an in-tree driver", second("ebs.csi.aws.com", &named, inTree),
			ksLaunches(1)},
	})
}
