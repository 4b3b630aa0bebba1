package manifest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// workload returns a controller of one container, with lines of its spec and of
// its pods' spec.
func workload(kind, name, spec, podSpec string) string {
	version := map[string]string{"Job": "batch/v1", "ReplicationController": "v1"}[kind]
	if version == "" {
		version = "apps/v1"
	}
	return "---\napiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n  " + spec +
		"\n  template:\n    metadata: {labels: {app: " + name + "}}\n    spec:\n      " + podSpec + "\n      containers: [{name: c, image: x, resources: {requests: {cpu: 100m}}}]\n"
}

// ownedPod returns a pod that a controller made.
func ownedPod(name, node, kind, owner, more string) string {
	return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", labels: {app: web, pod-template-hash: abc}, ownerReferences: [{apiVersion: v1, kind: " + kind + ", name: " + owner + ", uid: u, controller: true}]" + more + "}\nspec: {nodeName: \"" + node + "\", containers: [{name: c, image: x}]}\n"
}

const node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: 4, pods: 50}}\n"

// TestReplicas counts what each workload asks for.
func TestReplicas(t *testing.T) {
	web := workload("Deployment", "web", "selector: {matchLabels: {app: web}}", "")
	scaler := "---\napiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 9}\n"
	many := workload("Deployment", "web", "replicas: 3", "")
	for _, tt := range []struct {
		about, text string
		opts        manifest.Options
		want        int
	}{
		{"one, if it does not say", web, manifest.Options{}, 1},
		{"what it says", many, manifest.Options{}, 3},
		{"none", workload("Deployment", "web", "replicas: 0", ""), manifest.Options{}, 0},
		{"a ReplicaSet", workload("ReplicaSet", "web", "replicas: 2", ""), manifest.Options{}, 2},
		{"a ReplicationController", workload("ReplicationController", "web", "replicas: 2", ""), manifest.Options{}, 2},
		{"a StatefulSet", workload("StatefulSet", "web", "replicas: 2", ""), manifest.Options{}, 2},
		{"the options", many, manifest.Options{Replicas: map[string]int{"web": 5}}, 5},
		{"the options, by namespace", many, manifest.Options{Replicas: map[string]int{"default/web": 5}}, 5},
		{"the options, by kind", many, manifest.Options{Replicas: map[string]int{"Deployment default/web": 5}}, 5},
		{"an autoscaler's least is 1", many + scaler, manifest.Options{}, 1},
		{"an autoscaler's most", many + scaler, manifest.Options{MaxReplicas: true}, 9},
		{"an autoscaler leaves 0 alone", workload("Deployment", "web", "replicas: 0", "") + scaler, manifest.Options{}, 0},
		{"the options beat an autoscaler", many + scaler, manifest.Options{Replicas: map[string]int{"web": 2}}, 2},
		{"a job", workload("Job", "web", "parallelism: 4", ""), manifest.Options{}, 4},
		{"a job with less to do", workload("Job", "web", "parallelism: 4\n  completions: 2", ""), manifest.Options{}, 2},
		{"a job that waits", workload("Job", "web", "suspend: true", ""), manifest.Options{}, 0},
		{"a job that is done", workload("Job", "web", "parallelism: 2", "") + "status: {conditions: [{type: Complete, status: \"True\"}]}\n", manifest.Options{}, 0},
		{"pods that run", many + node + ownedPod("web-abc-1", "n1", "ReplicaSet", "web-abc", ""), manifest.Options{}, 2},
		{"pods that wait", many + node + ownedPod("web-abc-1", "", "ReplicaSet", "web-abc", ""), manifest.Options{}, 3},
		{"pods that go", many + node + ownedPod("web-abc-1", "n1", "ReplicaSet", "web-abc", ", deletionTimestamp: \"2026-01-01T00:00:00Z\""), manifest.Options{}, 3},
		{"more pods than asked for", web + node + ownedPod("web-abc-1", "n1", "ReplicaSet", "web-abc", "") + ownedPod("web-abc-2", "n1", "ReplicaSet", "web-abc", ""), manifest.Options{}, 0},
	} {
		t.Run(tt.about, func(t *testing.T) {
			text := tt.text
			if !strings.Contains(text, "selector") && strings.Contains(text, "kind: Deployment") {
				text = strings.Replace(text, "\nspec:\n  ", "\nspec:\n  selector: {matchLabels: {app: web}}\n  ", 1)
			}
			p := problem(t, tt.opts, text).Problem
			require.Len(t, p.Workloads, 1)
			require.Equal(t, tt.want, p.Workloads[0].Replicas)
			require.Empty(t, p.Pods)
		})
	}
}

// TestOwners has pods whose controllers are there, or not.
func TestOwners(t *testing.T) {
	for _, tt := range []struct {
		about, text              string
		pods, daemons, onNode, n int // pods, daemons, pods on the node, workloads
	}{
		{"an owner that is not there", ownedPod("p", "", "ReplicaSet", "gone", ""), 1, 0, 0, 0},
		{"bound to a node that is not there", ownedPod("p", "far", "ReplicaSet", "gone", ""), 1, 0, 0, 0},
		{"on a node", node + ownedPod("p", "n1", "ReplicaSet", "gone", ""), 0, 0, 1, 0},
		{"a name alone makes no owner", workload("Deployment", "web", "selector: {matchLabels: {app: other}}", "") + ownedPod("p", "", "ReplicaSet", "web-abc", ""), 1, 0, 0, 1},
		{"daemons stand for their set, once", node + ownedPod("d-1", "n1", "DaemonSet", "d", "") + ownedPod("d-2", "m", "DaemonSet", "d", ""), 0, 1, 1, 0},
		{"a set that is there", node + workload("DaemonSet", "d", "selector: {}", "") + ownedPod("d-1", "n1", "DaemonSet", "d", ""), 0, 1, 1, 0},
		{"a job of a CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c}]}}}}}\n" +
			ownedPod("c-123-x", "", "Job", "c-123", ""), 0, 0, 0, 1},
		{"a job that a CronJob makes", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c}]}}}}}\n" +
			strings.Replace(workload("Job", "c-123", "completions: 1", ""), "name: c-123}", "name: c-123, ownerReferences: [{kind: CronJob, name: c, controller: true}]}", 1), 0, 0, 0, 1},
		{"owners in a circle", strings.Replace(workload("ReplicaSet", "a", "replicas: 1", ""), "name: a}", "name: a, ownerReferences: [{kind: ReplicaSet, name: b, controller: true}]}", 1) +
			strings.Replace(workload("ReplicaSet", "b", "replicas: 1", ""), "name: b}", "name: b, ownerReferences: [{kind: ReplicaSet, name: a, controller: true}]}", 1), 0, 0, 0, 2},
		{"a static pod of another node", ownedPod("p", "far", "Node", "far", ""), 0, 0, 0, 0},
	} {
		t.Run(tt.about, func(t *testing.T) {
			p := problem(t, manifest.Options{}, tt.text).Problem
			onNode := 0
			for _, e := range p.Existing {
				onNode += len(e.Pods)
			}
			require.Equal(t, []int{tt.pods, tt.daemons, tt.onNode, tt.n}, []int{len(p.Pods), len(p.DaemonPods), onNode, len(p.Workloads)})
			for _, pod := range append(p.Pods, p.DaemonPods...) {
				require.Empty(t, pod.Spec.NodeName)
			}
		})
	}
}

// TestStorage completes what volumes name.
func TestStorage(t *testing.T) {
	mounts := workload("Deployment", "web", "replicas: 1", "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]")
	claim := func(spec string) string {
		return "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {" + spec + "}\n"
	}
	class := "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\nprovisioner: p\n"
	for _, tt := range []struct{ about, text, note string }{
		{"no claim", mounts, "PersistentVolumeClaim c is not there: its volume can be had on any node"},
		{"no class", mounts + claim("storageClassName: s"), "StorageClass s is not there: its volume can be had on any node"},
		{"no usual class", mounts + claim(""), "default StorageClass is not there: its volume can be had on any node"},
		{"no volume", mounts + claim("volumeName: v"), "PersistentVolume v is not there: its volume can be had on any node"},
		{"a class that does not wait", mounts + claim("storageClassName: s") + class, "makes volumes at once: taken to wait for the pod, as it is not known where"},
		{"one of the pod's own", workload("Deployment", "web", "replicas: 1", "volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: s}}}}]"),
			"StorageClass s is not there: its volume can be had on any node"},
		{"all there", mounts + claim("storageClassName: s") + class + "volumeBindingMode: WaitForFirstConsumer\n", ""},
	} {
		t.Run(tt.about, func(t *testing.T) {
			r := problem(t, manifest.Options{Provisioner: "p"}, tt.text)
			var whys []string
			for _, n := range r.Notes {
				whys = append(whys, n.Why)
			}
			if tt.note != "" {
				require.Contains(t, whys, tt.note)
			} else {
				require.Empty(t, whys)
			}
			plan, err := solver.Solve(t.Context(), r.Problem)
			require.NoError(t, err)
			require.Empty(t, plan.Unschedulable)
		})
	}
}

// TestNames has reasons and faults in the words of the manifests.
func TestNames(t *testing.T) {
	text := workload("Deployment", "web", "replicas: 2", "nodeSelector: {size: \"16\"}") +
		"---\napiVersion: v1\nkind: Pod\nmetadata: {name: big, namespace: shop}\nspec: {containers: [{name: c, resources: {requests: {cpu: 64}}}]}\n" +
		"---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {limits: {cpu: 0}, template: {spec: {requirements: [{key: size, operator: In, values: [\"4\"]}]}}}\n" +
		workload("Deployment", "one", "replicas: 1", "")
	r := problem(t, manifest.Options{}, text)
	plan, err := solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	got := map[string]string{}
	for _, u := range plan.Unschedulable {
		got[r.Name(u.Pod)] = r.Reason(u.Pod, u.Reasons[0]).String()
	}
	require.Len(t, got, 3)
	require.Contains(t, got["Deployment web"], "spec.template.spec.nodeSelector")
	require.NotContains(t, got["Pod shop/big"], "template")
	require.Contains(t, got["Deployment one"], "NodePool p spec.limits[cpu]")

	r.Problem.DaemonPods = append(r.Problem.DaemonPods, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "own"}}) // the caller's
	for path, want := range map[string][2]string{
		"Pods[0].spec.containers[0]":        {"Pod shop/big", "spec.containers[0]"},
		"Pods[0]":                           {"Pod shop/big", ""},
		"DaemonPods[0].spec":                {"Pod own", "spec"},
		"Workloads[0].Pod.spec.tolerations": {"Deployment web", "spec.template.spec.tolerations"},
		"Pools[0].Requirements[0]":          {"NodePool p", "spec.template.spec.requirements[0]"},
		"Pools[0].labels[a/b]":              {"NodePool p", "spec.template.metadata.labels[a/b]"},
		"Pools[0].weight":                   {"NodePool p", "spec.weight"},
		"Pools[0].minValues[size]":          {"NodePool p", "spec.template.spec.requirements[size].minValues"},
		"Pools[7].weight":                   {"", "Pools[7].weight"},
		"Solver.Work":                       {"", "Solver.Work"},
	} {
		origin, in := r.Path(nil, path)
		require.Equal(t, want, [2]string{origin.String(), in})
	}
	require.Equal(t, "with Deployment web spec.template.spec.hostPID, and NodePool p.", r.Text("with Workloads[0].Pod.spec.hostPID, and Pools[0]."))
	require.Equal(t, "which Pod own claims", r.Text("which DaemonPods[0] claims"))

	bad := problem(t, manifest.Options{}, small)
	bad.Problem.Workloads[0].Replicas = -1
	require.EqualError(t, bad.Explain(bad.Problem.Validate()), "a.yaml: document 1: Deployment shop/web: spec.replicas: -1 is negative")
}

// TestLastCounts has objects twice.
func TestLastCounts(t *testing.T) {
	r := problem(t, manifest.Options{}, small, with("replicas: 2", "replicas: 5"))
	require.Equal(t, 5, r.Problem.Workloads[0].Replicas)
	require.Equal(t, "a.yaml: document 1: Deployment shop/web: is there again later, and that one counts", r.Notes[0].String())
	r = problem(t, manifest.Options{}, small, small)
	require.True(t, r.Notes[0].Whole)
}

// TestTypedLists reads lists whose items do not say what they are.
func TestTypedLists(t *testing.T) {
	r := problem(t, manifest.Options{}, `{"apiVersion": "v1", "kind": "PodList", "items": [
		{"metadata": {"generateName": "a-"}, "spec": {"containers": [{"name": "c"}]}},
		{"metadata": {"generateName": "a-"}, "spec": {"containers": [{"name": "c"}], "hostNetwrk": true}}]} {"apiVersion": "v1", "kind": "ConfigMap"}`)
	require.Len(t, r.Problem.Pods, 2)
	require.Equal(t, "items[1].spec.hostNetwrk", r.Notes[0].Path)
	require.Equal(t, 2, r.Notes[1].Document)
}

// TestPlaceholders reads a pool in which values are still to be filled in.
func TestPlaceholders(t *testing.T) {
	r := problem(t, manifest.Options{}, "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: [\n"+
		"{key: topology.kubernetes.io/zone, operator: In, values: [<<ZONE>>]}, {key: size, operator: In, values: [\"4\", \"${SIZE}\"]}, {key: <<KEY>>, operator: Exists}]}}}\n---"+small+"---\n- op: add\n")
	require.Len(t, r.Problem.Pools[0].Requirements, 3)
	require.Equal(t, []string{"4"}, r.Problem.Pools[0].Requirements[1].Values)
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.String())
	}
	require.Equal(t, []string{
		"a.yaml: document 3: is a list: it is no Kubernetes object",
		`a.yaml: document 1: NodePool p: spec.template.spec.requirements[0].values: "<<ZONE>>" is no value of a label: it is left out`,
		`a.yaml: document 1: NodePool p: spec.template.spec.requirements[1].values: "${SIZE}" is no value of a label: it is left out`,
		`a.yaml: document 1: NodePool p: spec.template.spec.requirements[2].key: "<<KEY>>" is no key of a label: the requirement is left out`,
	}, notes)
	plan, err := solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
}

// TestOpenKeys has a pool whose pods choose the values of a key.
func TestOpenKeys(t *testing.T) {
	pool := "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: [{key: example.com/team, operator: Exists}, {key: size, operator: Exists}]}}}\n"
	r := problem(t, manifest.Options{}, pool+workload("Deployment", "one", "replicas: 1", "nodeSelector: {example.com/team: a}")+
		workload("Deployment", "two", "replicas: 1", "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: example.com/team, operator: In, values: [b]}]}]}}}"))
	require.Equal(t, map[string][]string{"example.com/team": nil}, r.Problem.Pools[0].Keys)
	plan, err := solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	require.Len(t, plan.Launches, 2)
	require.Empty(t, plan.Unschedulable)

	r = problem(t, manifest.Options{}, pool+workload("Deployment", "one", "replicas: 1", ""))
	plan, err = solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	require.Len(t, plan.Launches, 1)
}

// TestStaticPool has a pool whose nodes are launched whatever pods ask for.
func TestStaticPool(t *testing.T) {
	pool := "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {replicas: 3, template: {spec: {taints: [{key: a, effect: NoSchedule}], requirements: []}}}\n"
	r := problem(t, manifest.Options{}, pool+workload("Deployment", "one", "replicas: 2", "tolerations: [{key: a, operator: Exists}]"))
	plan, err := solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	require.Equal(t, "0.3", plan.Cost.String())
	require.Empty(t, plan.Unschedulable)
	require.NoError(t, verify.Plan(t.Context(), r.Problem, plan))

	objects, err := read(t, strings.Replace(pool, "replicas: 3", "replicas: -3", 1))
	require.NoError(t, err)
	_, err = objects.Problem(manifest.Options{Catalog: types})
	require.EqualError(t, err, "a.yaml: document 1: NodePool p: spec.replicas: -3 is not from 0 to 1000000")
}

// TestAutoMode reads the node class of EKS Auto Mode.
func TestAutoMode(t *testing.T) {
	var class manifest.NodeClass
	problem(t, manifest.Options{Catalog: func(c manifest.NodeClass) (catalog.Catalog, error) {
		class = c
		return types(c)
	}}, "apiVersion: eks.amazonaws.com/v1\nkind: NodeClass\nmetadata: {name: default}\nspec: {ephemeralStorage: {size: 100Gi}}\n"+
		"---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {nodeClassRef: {group: eks.amazonaws.com, kind: NodeClass, name: default}, requirements: []}}}\n")
	require.Equal(t, "NodeClass default", class.Origin.String())
	require.Equal(t, "100Gi", class.EphemeralVolume().String())
}

// TestNoRequests says which pods ask for nothing.
func TestNoRequests(t *testing.T) {
	for text, want := range map[string]int{
		with("{requests: {cpu: 100m}}", "{}"):                 1,
		with("{requests: {cpu: 100m}}", "{limits: {cpu: 1}}"): 0,
		small: 0,
	} {
		require.Len(t, problem(t, manifest.Options{}, text).Notes, want)
	}
}

func TestZones(t *testing.T) {
	objects, err := read(t, "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: [{key: topology.kubernetes.io/zone, operator: In, values: [b, a]}]}}}\n"+node)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, objects.Zones())
}

// TestLimits has a pool with a node that is there.
func TestLimits(t *testing.T) {
	pool := "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {limits: {cpu: 10, memory: 1Gi, nodes: 4}, template: {spec: {requirements: []}}}\n"
	there := "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {karpenter.sh/nodepool: p}}\nstatus: {capacity: {cpu: 4, memory: 8Gi}}\n"
	p := problem(t, manifest.Options{}, pool+there).Problem.Pools[0]
	require.Equal(t, "cpu=10 memory=1Gi nodes=4", list(p.Limits))
	require.Equal(t, "cpu=4 memory=8Gi nodes=1", list(p.Used))
}

var errNoCatalog = errors.New("no catalog")

// TestNoCatalog has nothing to launch.
func TestNoCatalog(t *testing.T) {
	objects, err := read(t, small+"---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: []}}}\n")
	require.NoError(t, err)
	r, err := objects.Problem(manifest.Options{})
	require.NoError(t, err)
	require.Empty(t, r.Problem.Pools[0].Catalog)
	_, err = objects.Problem(manifest.Options{Catalog: func(manifest.NodeClass) (catalog.Catalog, error) { return nil, errNoCatalog }})
	require.ErrorIs(t, err, errNoCatalog)
}

// TestMinValuesPolicy is Karpenter's setting, of all pools.
func TestMinValuesPolicy(t *testing.T) {
	pool := "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: [{key: node.kubernetes.io/instance-type, operator: Exists, minValues: 9}]}}}\n"
	for policy, left := range map[binpack.MinValuesPolicy]int{"": 1, binpack.Strict: 1, binpack.BestEffort: 0} {
		r := problem(t, manifest.Options{MinValuesPolicy: policy}, pool+workload("Deployment", "one", "replicas: 1", ""))
		plan, err := solver.Solve(t.Context(), r.Problem)
		require.NoError(t, err)
		require.Len(t, plan.Unschedulable, left, policy)
	}
}

// TestJoining has nodes that are not initialized, with what their claims know.
func TestJoining(t *testing.T) {
	node := func(name, meta, spec, status string) string {
		return "---\napiVersion: v1\nkind: Node\nmetadata: {name: " + name + ", " + meta + "}\nspec: {" + spec + "}\nstatus: {" + status + "}\n"
	}
	claim := func(node, condition string) string {
		return "---\napiVersion: karpenter.sh/v1\nkind: NodeClaim\nmetadata: {name: c, labels: {karpenter.sh/nodepool: p}}\n" +
			"spec: {startupTaints: [{key: agent, effect: NoExecute}], requirements: [{key: size, operator: In, values: [\"8\"]}]}\n" +
			"status: {nodeName: " + node + ", capacity: {cpu: 8}, allocatable: {cpu: 7, pods: 50}, conditions: [" + condition + "]}\n"
	}
	const made, ready = "labels: {karpenter.sh/nodepool: p}", "{type: Initialized, status: \"True\"}"
	for _, tt := range []struct {
		about, text string
		joining     bool
		size        string
		taints      int
	}{
		{"a node of nobody's", node("n1", "", "", "allocatable: {cpu: 7}"), false, "", 0},
		{"one that the cloud has not seen yet", node("n1", "", "taints: [{key: node.cloudprovider.kubernetes.io/uninitialized, effect: NoSchedule}]", ""), true, "", 1},
		{"Karpenter's", node("n1", made, "", "allocatable: {cpu: 7}"), true, "", 0},
		{"Karpenter's, initialized", node("n1", "labels: {karpenter.sh/nodepool: p, karpenter.sh/initialized: \"true\"}", "", ""), false, "", 0},
		{"its claim says that it is not", node("n1", made, "taints: [{key: agent, effect: NoExecute}, {key: b, effect: NoSchedule}]", "") + claim("n1", "{type: Initialized, status: Unknown}"), true, "8", 1},
		{"its claim says that it is", node("n1", made, "", "allocatable: {cpu: 7}") + claim("n1", ready), false, "", 0},
		{"a claim without a node", claim("n1", ""), true, "8", 0},
	} {
		t.Run(tt.about, func(t *testing.T) {
			p := problem(t, manifest.Options{}, tt.text).Problem
			require.Len(t, p.Existing, 1)
			e := p.Existing[0]
			require.Equal(t, tt.joining, e.Joining)
			require.Equal(t, tt.size, e.Node.Labels["size"])
			require.Len(t, e.Node.Spec.Taints, tt.taints)
			if tt.size != "" {
				require.Equal(t, "cpu=7 pods=50", list(e.Node.Status.Allocatable))
			}
		})
	}
}

// TestJoiningDaemons leaves room on a joining node for the daemon that is missing, and
// none for the one that is there, whose set is not from the cluster.
func TestJoiningDaemons(t *testing.T) {
	set := workload("DaemonSet", "d", "selector: {}", "")
	text := strings.Replace(node, "{name: n1}", "{name: n1, labels: {karpenter.sh/nodepool: p}}", 1)
	text = strings.Replace(text, "cpu: 4", "cpu: 150m", 1) + set + workload("Deployment", "web", "replicas: 1", "")
	for onNode, want := range map[string]int{"": 0, ownedPod("d-x", "n1", "DaemonSet", "d", ""): 1} {
		r := problem(t, manifest.Options{}, text+onNode)
		plan, err := solver.Solve(t.Context(), r.Problem)
		require.NoError(t, err)
		require.Len(t, plan.Nominations, want)
		require.NoError(t, verify.Plan(t.Context(), r.Problem, plan))
	}
}

// TestNodeLabels has a pod that asks for a label of Karpenter's nodes that are there.
func TestNodeLabels(t *testing.T) {
	r := problem(t, manifest.Options{}, "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: []}}}\n"+
		workload("Deployment", "web", "replicas: 1", "nodeSelector: {karpenter.sh/initialized: \"true\"}"))
	plan, err := solver.Solve(t.Context(), r.Problem)
	require.NoError(t, err)
	require.Len(t, plan.Launches, 1)
}
