package claims

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// stored is a claim of each kind, in two namespaces, and what it refers to.
func stored() *Storage {
	claim := func(namespace, name string, class *string, volume string) *corev1.PersistentVolumeClaim {
		c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
		c.Spec.StorageClassName, c.Spec.VolumeName = class, volume
		return c
	}
	volume := func(name, zone string) *corev1.PersistentVolume {
		v := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if zone != "" {
			v.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
				{MatchExpressions: []corev1.NodeSelectorRequirement{required("topology.kubernetes.io/zone", "In", zone)}},
			}}}
			v.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "disk"}
		}
		return v
	}
	named := func(name string) *string { return &name }
	return NewStorage(Objects{
		Claims: []*corev1.PersistentVolumeClaim{
			claim("default", "bound", named("wait"), "in-a"),
			claim("default", "shared", nil, "anywhere"),
			claim("default", "lost", nil, "gone"),
			claim("", "waiting", named("wait"), ""),
			claim("default", "zonal", named("zonal"), ""),
			claim("default", "racks", named("racks"), ""),
			claim("default", "nowhere", named("empty"), ""),
			claim("default", "at-once", named("at-once"), ""),
			claim("default", "by-default", nil, ""),
			claim("default", "without-class", named(""), ""),
			claim("default", "bound-without-class", named(""), "in-a"),
			claim("default", "unknown-class", named("fast"), ""),
			claim("default", "by-hand", named("by-hand"), ""),
			claim("blue", "mine", named("wait"), ""),
		},
		Volumes: []*corev1.PersistentVolume{volume("in-a", "a"), volume("anywhere", "")},
		Classes: []*storagev1.StorageClass{
			class("wait", true),
			class("zonal", true, corev1.TopologySelectorTerm{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{
				{Key: "failure-domain.beta.kubernetes.io/zone", Values: []string{"b", "c"}},
			}}),
			class("racks", true,
				corev1.TopologySelectorTerm{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{
					{Key: "topology.kubernetes.io/zone", Values: []string{"a"}}, {Key: "rack", Values: []string{"1"}},
				}},
				corev1.TopologySelectorTerm{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: "rack", Values: []string{"2"}}}},
			),
			class("empty", true, corev1.TopologySelectorTerm{}),
			class("at-once", false),
			func() *storagev1.StorageClass {
				c := class("by-hand", true)
				c.Provisioner = "kubernetes.io/no-provisioner"
				return c
			}(),
		},
	})
}

func required(key, operator string, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOperator(operator), Values: values}
}

func volumes(sources ...corev1.VolumeSource) corev1.Pod {
	pod := corev1.Pod{}
	for _, s := range sources {
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{VolumeSource: s})
	}
	return pod
}

func one(driver string, n int64) naive.Amounts {
	return naive.Amounts{naive.Attachable(driver): naive.Whole(n)}
}

func class(name string, waits bool, topologies ...corev1.TopologySelectorTerm) *storagev1.StorageClass {
	c := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: "disk", AllowedTopologies: topologies}
	if waits {
		mode := storagev1.VolumeBindingWaitForFirstConsumer
		c.VolumeBindingMode = &mode
	}
	return c
}

func claims(names ...string) *corev1.Pod {
	pod := &corev1.Pod{}
	for _, name := range names {
		source := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{VolumeSource: source})
	}
	return pod
}

// ephemeral is a pod with a volume of its own, of a class; nil: none stated.
func ephemeral(class *string) *corev1.Pod {
	template := &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: class}}
	pod := volumes(corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: template}})
	return &pod
}

func in(namespace string, pod *corev1.Pod) *corev1.Pod {
	pod.Namespace = namespace
	return pod
}

func TestVolumesReachNodes(t *testing.T) {
	zonal := "zonal"
	nodes := map[string]*corev1.Node{
		"a": naive.New(naive.Launch{Zone: "a"}), "a1": naive.New(naive.Launch{Zone: "a", TypeLabels: map[string]string{"rack": "1"}}),
		"b": naive.New(naive.Launch{Zone: "b"}), "b2": naive.New(naive.Launch{Zone: "b", TypeLabels: map[string]string{"rack": "2"}}), "none": naive.New(naive.Launch{}),
	}
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		want []string // nodes
	}{
		"no volumes":               {&corev1.Pod{}, []string{"a", "a1", "b", "b2", "none"}},
		"a volume's zone":          {claims("bound"), []string{"a", "a1"}},
		"a volume for all":         {claims("shared"), []string{"a", "a1", "b", "b2", "none"}},
		"made where the pod goes":  {claims("waiting"), []string{"a", "a1", "b", "b2", "none"}},
		"made in some zones":       {claims("zonal"), []string{"b", "b2"}},
		"terms of expressions":     {claims("racks"), []string{"a1", "b2"}},
		"both volumes":             {claims("bound", "racks"), []string{"a1"}},
		"two that no node reaches": {claims("bound", "zonal"), nil},
		"an empty term":            {claims("nowhere"), nil},
		"of one's own":             {ephemeral(&zonal), []string{"b", "b2"}},
		"bound, of no class":       {claims("bound-without-class"), []string{"a", "a1"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := stored().VolumesOf(test.pod)
			require.Nil(t, v.Nowhere)
			for at, node := range nodes {
				r := v.Refuses(node)
				require.Equal(t, !slices.Contains(test.want, at), r != nil, at)
				if r != nil {
					require.Equal(t, naive.VolumeZone, r.Code)
				}
			}
		})
	}
}

func TestVolumesSayWhatDecides(t *testing.T) {
	v := stored().VolumesOf(claims("waiting", "racks"))
	require.Equal(t, &naive.Refusal{Code: naive.VolumeZone, Path: "spec.volumes[1].persistentVolumeClaim", Rule: "topology.kubernetes.io/zone In a and rack In 1 or rack In 2"}, v.Refuses(naive.New(naive.Launch{})))
	require.Len(t, v.Terms(), 2)
}

func TestVolumesNowhere(t *testing.T) {
	unknown, none := "fast", ""
	for name, test := range map[string]struct {
		pod        *corev1.Pod
		code       naive.Code
		path, rule string
	}{
		"no such claim":         {claims("waiting", "other"), naive.Unsupported, "spec.volumes[1].persistentVolumeClaim", "no PersistentVolumeClaim default/other"},
		"of another namespace":  {claims("mine"), naive.Unsupported, "spec.volumes[0].persistentVolumeClaim", "no PersistentVolumeClaim default/mine"},
		"no such volume":        {claims("lost"), naive.Unsupported, "spec.volumes[0].persistentVolumeClaim", "no PersistentVolume gone"},
		"no such class":         {claims("unknown-class"), naive.Unsupported, "spec.volumes[0].persistentVolumeClaim", "no StorageClass fast"},
		"no default class":      {claims("by-default"), naive.Unsupported, "spec.volumes[0].persistentVolumeClaim", "no default StorageClass"},
		"made by hand":          {claims("by-hand"), naive.VolumeZone, "spec.volumes[0].persistentVolumeClaim", "StorageClass by-hand makes no volumes, and none that is there fits"},
		"not made yet":          {claims("at-once"), naive.VolumeZone, "spec.volumes[0].persistentVolumeClaim", "StorageClass at-once has not made it yet"},
		"of no class":           {claims("without-class"), naive.VolumeZone, "spec.volumes[0].persistentVolumeClaim", "not bound, and of no StorageClass"},
		"own, no such class":    {ephemeral(&unknown), naive.Unsupported, "spec.volumes[0].ephemeral", "no StorageClass fast"},
		"own, no default class": {ephemeral(nil), naive.Unsupported, "spec.volumes[0].ephemeral", "no default StorageClass"},
		"own, of no class":      {ephemeral(&none), naive.VolumeZone, "spec.volumes[0].ephemeral", "not bound, and of no StorageClass"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, &naive.Refusal{Code: test.code, Path: test.path, Rule: test.rule}, stored().VolumesOf(test.pod).Nowhere)
		})
	}
	require.Nil(t, stored().VolumesOf(in("blue", claims("mine"))).Nowhere)
	require.NotNil(t, stored().VolumesOf(in("blue", claims("waiting"))).Nowhere)
}

func TestDefaultClass(t *testing.T) {
	marked := func(name string, age time.Duration) *storagev1.StorageClass {
		c := class(name, true)
		c.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
		c.CreationTimestamp = metav1.NewTime(time.Unix(1_000_000, 0).Add(-age))
		return c
	}
	not := class("not", true)
	not.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "false"}
	for name, test := range map[string]struct {
		classes []*storagev1.StorageClass
		want    string
	}{
		"none":           {[]*storagev1.StorageClass{not, class("plain", true)}, ""},
		"one":            {[]*storagev1.StorageClass{not, marked("a", 0)}, "a"},
		"the youngest":   {[]*storagev1.StorageClass{marked("a", time.Hour), marked("b", time.Minute), marked("c", time.Hour)}, "b"},
		"the first name": {[]*storagev1.StorageClass{marked("b", 0), marked("a", 0)}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			found := defaultClass(test.classes)
			require.Equal(t, test.want != "", found != nil)
			if found != nil {
				require.Equal(t, test.want, found.Name)
			}
		})
	}
	s := NewStorage(Objects{Classes: []*storagev1.StorageClass{marked("a", 0)}})
	require.Nil(t, s.VolumesOf(ephemeral(nil)).Nowhere)
}

func TestAttachments(t *testing.T) {
	waits := "wait"
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		want naive.Amounts
	}{
		"none":          {&corev1.Pod{}, naive.Amounts{}},
		"not attached":  {claims("shared"), naive.Amounts{}},
		"a volume":      {claims("bound"), one("disk", 1)},
		"two":           {claims("bound", "waiting"), one("disk", 2)},
		"mounted twice": {claims("bound", "bound"), one("disk", 1)},
		"of one's own":  {ephemeral(&waits), one("disk", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, fmt.Sprint(test.want), fmt.Sprint(stored().VolumesOf(test.pod).Attachments))
		})
	}
}

func TestVolumesContent(t *testing.T) {
	content := func(names ...string) string {
		v := stored().VolumesOf(claims(names...))
		return v.Content()
	}
	require.Equal(t, content("bound"), content("bound-without-class"), "both in zone a")
	require.Equal(t, content("shared"), content("waiting"), "both anywhere")
	require.NotEqual(t, content("bound"), content("zonal"))
	require.NotEqual(t, content("bound", "shared"), content("shared", "bound"), "their paths differ")
}

func TestFreeVolumes(t *testing.T) {
	pod := volumes(
		corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}, corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}},
		corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{}}, corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{}},
		corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{}}, corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}},
		corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{}}, corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "disk"}},
	)
	v := stored().VolumesOf(&pod)
	require.Nil(t, v.Nowhere)
	require.Nil(t, v.Refuses(naive.New(naive.Launch{})))
	require.Empty(t, v.Attachments)
	require.Nil(t, naive.Withheld(&pod))
}
