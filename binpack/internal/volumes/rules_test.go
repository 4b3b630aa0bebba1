package volumes_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

const driver = "ebs.csi.aws.com"

// store has a volume in zone a, one of a driver without a zone, one of neither, and
// classes that wait, that wait in zones b and c, and that do not.
func store() *volumes.Storage {
	named := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }
	claim := func(namespace, name, volume string, class *string) *corev1.PersistentVolumeClaim {
		return &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: corev1.PersistentVolumeClaimSpec{VolumeName: volume, StorageClassName: class}}
	}
	of := func(s string) *string { return &s }
	wait := storagev1.VolumeBindingWaitForFirstConsumer
	zoned := &corev1.PersistentVolume{ObjectMeta: named("zoned")}
	zoned.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term(requirement(zone, "In", "a"))}}}
	driven := &corev1.PersistentVolume{ObjectMeta: named("driven")}
	driven.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: driver}
	topology := func(key string, values ...string) corev1.TopologySelectorTerm {
		return corev1.TopologySelectorTerm{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: key, Values: values}}}
	}
	both := topology(zone, "c")
	both.MatchLabelExpressions = append(both.MatchLabelExpressions, topology("rack", "1").MatchLabelExpressions...)
	return volumes.New(context.Background(), &binpack.Problem{Storage: binpack.Storage{
		Claims: []*corev1.PersistentVolumeClaim{
			claim("default", "bound", "zoned", nil), claim("", "driven", "driven", nil), claim("default", "anywhere", "plain", nil), claim("default", "lost", "nowhere", nil),
			claim("default", "waits", "", of("waits")), claim("default", "waits-zoned", "", of("waits-zoned")), claim("default", "at-once", "", of("at-once")),
			claim("default", "usual", "", nil), claim("default", "by-hand", "", of("")), claim("default", "no-class", "", of("none")), claim("prod", "bound", "plain", nil),
		},
		Volumes: []*corev1.PersistentVolume{zoned, driven, {ObjectMeta: named("plain")}},
		Classes: []*storagev1.StorageClass{
			{ObjectMeta: named("waits"), Provisioner: driver, VolumeBindingMode: &wait},
			{ObjectMeta: named("waits-zoned"), Provisioner: driver, VolumeBindingMode: &wait, AllowedTopologies: []corev1.TopologySelectorTerm{topology(corev1.LabelFailureDomainBetaZone, "b"), both}},
			{ObjectMeta: named("at-once"), Provisioner: driver},
		},
	}})
}

const zone = corev1.LabelTopologyZone

func requirement(key string, operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: operator, Values: values}
}

func term(r ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchExpressions: r}
}

func on(labels ...string) kube.Node {
	n := kube.Node{Name: "n", Labels: map[string]string{}}
	for i := 0; i < len(labels); i += 2 {
		n.Labels[labels[i]] = labels[i+1]
	}
	nodelabel.AddAliases(n.Labels)
	return n
}

func mounts(names ...string) *corev1.Pod {
	pod := &corev1.Pod{}
	for _, name := range names {
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}})
	}
	return pod
}

func makes(class *string) *corev1.Pod {
	pod := &corev1.Pod{}
	template := &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: class, VolumeName: "zoned"}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "own", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: template}}}}
	return pod
}

// TestVolumes: on which nodes a pod reaches its volumes, how many of them it attaches
// there, and why it waits.
func TestVolumes(t *testing.T) {
	waiting := "waits"
	a, b, c, rack, bare := on(zone, "a"), on(zone, "b"), on(zone, "c"), on(zone, "c", "rack", "1"), on()
	inProd := mounts("bound")
	inProd.Namespace = "prod"
	everywhere := []bool{true, true, true, true, true}
	for name, tt := range map[string]struct {
		pod              *corev1.Pod
		reaches          []bool // a, b, c, rack, bare
		attached         int64
		unknown, unbound string
	}{
		"none":                           {&corev1.Pod{}, everywhere, 0, "", ""},
		"bound to a volume of a zone":    {mounts("bound"), []bool{true, false, false, false, false}, 0, "", ""},
		"of a driver":                    {mounts("driven"), everywhere, 1, "", ""},
		"of neither":                     {mounts("anywhere"), everywhere, 0, "", ""},
		"of its own namespace":           {inProd, everywhere, 0, "", ""},
		"two of a driver":                {mounts("driven", "waits"), everywhere, 2, "", ""},
		"a class that waits":             {mounts("waits"), everywhere, 1, "", ""},
		"a class that waits in zones":    {mounts("waits-zoned"), []bool{false, true, false, true, false}, 1, "", ""},
		"two zones at once":              {mounts("bound", "waits-zoned"), []bool{false, false, false, false, false}, 1, "", ""},
		"made with the pod":              {makes(&waiting), everywhere, 1, "", ""},
		"made with the pod, of no class": {makes(nil), everywhere, 0, "spec.volumes[0].ephemeral: class of the claim, which names none,", ""},
		"a class that does not wait":     {mounts("at-once"), everywhere, 0, "", "spec.volumes[0].persistentVolumeClaim"},
		"to be bound by hand":            {mounts("waits", "by-hand"), everywhere, 1, "", "spec.volumes[1].persistentVolumeClaim"},
		"no such claim":                  {mounts("never"), everywhere, 0, "spec.volumes[0].persistentVolumeClaim: claim default/never", ""},
		"no such volume":                 {mounts("lost"), everywhere, 0, "spec.volumes[0].persistentVolumeClaim: volume nowhere", ""},
		"no such class":                  {mounts("waits", "no-class"), everywhere, 1, "spec.volumes[1].persistentVolumeClaim: class none", ""},
		"no usual class":                 {mounts("usual"), everywhere, 0, "spec.volumes[0].persistentVolumeClaim: class of the claim, which names none,", ""},
	} {
		t.Run(name, func(t *testing.T) {
			rules := store().Rules(tt.pod)
			require.Equal(t, tt.unknown, rules.Unknown)
			if tt.unbound == "" {
				require.Nil(t, rules.Unbound)
			} else {
				require.Equal(t, tt.unbound, rules.Unbound.Path)
			}
			attached := rules.Attached[kube.AttachPrefix+driver]
			require.Equal(t, tt.attached, attached.Value())
			var reaches []bool
			for _, n := range []kube.Node{a, b, c, rack, bare} {
				node := kube.NodeRulesOf(tt.pod).With(rules)
				require.Equal(t, node.Match(n), len(node.OutOfReach(n)) == 0)
				reaches = append(reaches, node.Match(n))
			}
			require.Equal(t, tt.reaches, reaches)
			require.Equal(t, name != "none", kube.HasClaims(tt.pod))
		})
	}
}

// TestUsualClass: claims that name no class are of the one that is marked, of several
// the latest.
func TestUsualClass(t *testing.T) {
	wait := storagev1.VolumeBindingWaitForFirstConsumer
	class := func(name, usual string, made int64) *storagev1.StorageClass {
		return &storagev1.StorageClass{Provisioner: name, VolumeBindingMode: &wait, ObjectMeta: metav1.ObjectMeta{
			Name: name, CreationTimestamp: metav1.Unix(made, 0), Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": usual}}}
	}
	for name, tt := range map[string]struct {
		classes []*storagev1.StorageClass
		want    corev1.ResourceName
	}{
		"one is":               {[]*storagev1.StorageClass{class("a", "false", 9), class("b", "true", 1)}, "b"},
		"the latest":           {[]*storagev1.StorageClass{class("a", "true", 1), class("b", "true", 2), class("c", "true", 1)}, "b"},
		"the first of as late": {[]*storagev1.StorageClass{class("b", "true", 2), class("a", "true", 2)}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := volumes.New(context.Background(), &binpack.Problem{Storage: binpack.Storage{Classes: tt.classes}}).Rules(makes(nil))
			require.Empty(t, rules.Unknown)
			require.Contains(t, rules.Attached, kube.AttachPrefix+tt.want)
		})
	}
}

// TestVolumeKeys: pods with claims are alike when these ask for the same.
func TestVolumeKeys(t *testing.T) {
	key := func(pod *corev1.Pod) string { return string(store().Rules(pod).AppendKey(nil)) }
	require.Equal(t, key(mounts("driven")), key(mounts("waits")))
	different := []string{key(mounts("anywhere")), key(mounts("bound")), key(mounts("driven")), key(mounts("waits-zoned")), key(mounts("driven", "waits")), key(mounts("never")), key(mounts("lost")), key(mounts("at-once"))}
	for i := range different {
		require.NotContains(t, different[:i], different[i])
	}
}
