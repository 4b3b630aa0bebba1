package binpack

import (
	"iter"
	"math"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/catalog"
)

// A Problem says what must be placed and what may be launched. Nothing that is
// reachable from it is modified. Pods are known by pointer: results hold the
// same pointers.
type Problem struct {
	// Pods wait for a node. Those that have one in view already (status.nominatedNodeName),
	// and those that another scheduler places, are for the caller to leave out.
	Pods []*corev1.Pod

	Workloads    []Workload          // alike pods as one template and a count
	DaemonPods   []*corev1.Pod       // run on every new node that accepts them
	Pools        []Pool              // nil: one pool without a name and without rules
	Catalog      catalog.Catalog     // what may be launched
	Existing     []ExistingNode      // nodes that are there or on their way; free to use
	Quotas       []Quota             // supply that offerings share
	Namespaces   []*corev1.Namespace // read for namespaceSelector only
	Storage      Storage             // claims, volumes and classes that the pods name
	GangLabel    string              // pods of a namespace with the same value of this label: all placed or none; "": no gangs
	Availability Availability        // asked once per offering, before the search; nil: the catalog says it all

	NodeLabels    map[string]string // what every launched or joining node has once it is initialized, whatever pool and offering say
	JoiningTaints []corev1.Taint    // by key, and effect where one is stated: gone once a node has joined; nil: DefaultJoiningTaints
}

// EffectivePools returns the pools that count: those of p, or where p.Pools is nil one
// without a name and without rules.
func (p Problem) EffectivePools() []Pool {
	if p.Pools == nil {
		return []Pool{{}}
	}
	return p.Pools
}

// CatalogOf returns what a pool may launch: its own Catalog, or where that is nil the
// Catalog of p.
func (p Problem) CatalogOf(pool *Pool) catalog.Catalog {
	if pool.Catalog != nil {
		return pool.Catalog
	}
	return p.Catalog
}

// A Workload is a number of alike pods.
type Workload struct {
	Pod      *corev1.Pod
	Replicas int // 0: none
}

// A Pool is a kind of node that the cluster accepts: a NodePool, a node group.
type Pool struct {
	Name            string
	Labels          map[string]string                // on every node of this pool
	Taints          []corev1.Taint                   // on every node of this pool
	StartupTaints   []corev1.Taint                   // gone once the node is ready: no pod need tolerate them
	Requirements    []corev1.NodeSelectorRequirement // over the labels of type, offering and pool
	Keys            map[string][]string              // label keys whose value each launch chooses → the values to choose from; none: any, see OwnKeys
	MinValues       map[string]int                   // label key → least distinct values that a launch and its alternatives leave to choose from
	MinValuesPolicy MinValuesPolicy                  // what becomes of pods for which there are too few values
	Limits          corev1.ResourceList              // most in capacity of all its nodes, those that are Used included: "cpu", "memory", ...; "nodes" counts nodes
	Used            corev1.ResourceList              // of Limits, by its nodes that are there or on their way; nil: nothing, Limits are what may still be added
	Weight          int32                            // higher is used first, whatever the price
	Catalog         catalog.Catalog                  // what this pool may launch; nil: Problem.Catalog
}

// A MinValuesPolicy says what becomes of pods for which a pool has fewer values than its
// MinValues ask for. A pod with a hard rule over the pods of a domain, or with a volume,
// leaves one value of its key to choose from.
type MinValuesPolicy string

const (
	Strict     MinValuesPolicy = "Strict"     // the pool launches nothing for them; so does the zero value
	BestEffort MinValuesPolicy = "BestEffort" // it launches for pods that by themselves would leave too few; its other launches keep MinValues
)

// An ExistingNode is a node that exists or is on its way, and the pods on it.
type ExistingNode struct {
	Node *corev1.Node
	Pods []*corev1.Pod // a pod that follows itself stands for several alike

	// Joining says that the node is launched and not initialized yet. Then it is seen as
	// it will be: without startup taints and JoiningTaints; with NodeLabels, and what
	// labels Launch says beside its own; of each resource it has the larger of what it
	// states and what its launch brings; and its missing daemons take their room. Taints
	// are those that Node states: where it has not registered yet, Problem.Node(*Launch)
	// with a name is what it will be.
	Joining bool
	Pool    string  // of a joining node; "": that of Launch, or the pool of whose labels it has most, all of them
	Launch  *Launch // of a joining node, where it is known; nil: found in the catalog by the node's labels
}

// Alike yields the pods of the node in runs: a pod, and how often it follows itself.
//
// No example: readers of a Problem go by it, so that a repeated pod is read once.
func (n ExistingNode) Alike() iter.Seq2[*corev1.Pod, int] {
	return func(yield func(*corev1.Pod, int) bool) {
		for i := 0; i < len(n.Pods); {
			from, pod := i, n.Pods[i]
			for i < len(n.Pods) && n.Pods[i] == pod {
				i++
			}
			if !yield(pod, i-from) {
				return
			}
		}
	}
}

// A Quota caps what the offerings that it selects may use together, over all
// pools: an account's vCPU quota, a reservation that several pools see, the
// free addresses of a zone.
type Quota struct {
	Name         string
	Requirements []corev1.NodeSelectorRequirement // over the labels of type and offering
	Left         corev1.ResourceList              // "nodes" counts launches; others ("cpu", ...) count capacity
}

// An Availability knows how many launches of an offering are possible now.
type Availability interface {
	// Available returns the most launches of k now; 0: none; Unlimited: no
	// limit known.
	Available(k catalog.Key) int
}

// Unlimited is the answer of an Availability that knows no limit. It is the
// largest int, so that several answers combine by min.
const Unlimited = math.MaxInt

// Storage is what the volumes of pods refer to, and what existing nodes have of them.
type Storage struct {
	Claims  []*corev1.PersistentVolumeClaim
	Volumes []*corev1.PersistentVolume
	Classes []*storagev1.StorageClass

	// Nodes say how many volumes of each CSI driver existing nodes of their names may
	// have attached, in place of the resource attachable-volumes-csi-DRIVER, which counts
	// for nodes that are not among them.
	Nodes []*storagev1.CSINode

	// Attachments are volumes that are attached to existing nodes. Those that no pod of
	// the node mounts any more count too.
	Attachments []*storagev1.VolumeAttachment
}
