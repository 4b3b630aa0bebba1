package manifest

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Options say what the objects leave open. The zero value is ready, but knows
// nothing that could be launched.
type Options struct {
	// Replicas are counts that stand in for those of workloads: by name, by
	// namespace/name, or by kind and either, like "Deployment shop/cart". Of a
	// CronJob it is the parallelism.
	Replicas map[string]int

	// MaxReplicas takes a HorizontalPodAutoscaler's maxReplicas in place of its
	// minReplicas.
	MaxReplicas bool

	// Catalog returns what nodes of a class may be launched as, with prices. It is
	// asked once per class, for those that no NodePool names by its zero value. nil:
	// there is nothing.
	Catalog func(NodeClass) (catalog.Catalog, error)

	// MinValuesPolicy is Karpenter's setting of that name (MIN_VALUES_POLICY), which is the
	// same for all pools; "": Strict.
	MinValuesPolicy binpack.MinValuesPolicy

	// Provisioner is the CSI driver of storage classes that the objects name and do
	// not hold; "": none in particular.
	Provisioner string
}

// maxPods is the most pods that all workloads may ask for together: more than
// any cluster has, so that a slip of the pen does not fill the memory.
const maxPods = 1_000_000

// maxSingle is the most of them that are made one by one.
const maxSingle = 100_000

// A Result is what objects amount to, and how to speak of it in their terms.
type Result struct {
	Problem binpack.Problem

	// Notes are those of the Objects and what was noted since: what is missing, and
	// what was assumed.
	Notes []Note

	pods  map[*corev1.Pod]place
	pools []object // of Problem.Pools
}

// A place is where a pod comes from.
type place struct {
	object
	template string // its path; "": it is the object itself
}

// Problem returns what the objects amount to. An error names the object that it
// is about; whether the Problem is valid is for its Validate to say, and
// Result.Explain to say in the terms of the objects.
func (o *Objects) Problem(opts Options) (*Result, error) {
	b := &builder{
		opts: opts, notes: Objects{notes: slices.Clone(o.notes)},
		result: &Result{pods: map[*corev1.Pod]place{}},
		sorted: sorted{
			limits: map[string][]object{}, runtimes: map[string]*nodev1.RuntimeClass{},
			classObjects: map[string]object{}, priorities: wellKnownPriorities(),
		},
		owners:  map[owner]*controller{},
		nodes:   map[string]int{},
		claimed: map[[2]string]bool{},
		disks:   map[*corev1.Volume]int{},
	}
	b.sort(o.found)
	for _, step := range []func(){b.scale, b.readNodes, b.readPods, b.place, b.completeStorage, b.readPools} {
		step()
		if len(b.faults) > 0 {
			return nil, errors.Join(b.faults...)
		}
	}
	b.result.Notes = b.notes.notes
	return b.result, nil
}

// A builder makes a Problem.
type builder struct {
	opts   Options
	result *Result
	notes  Objects // only the notes of it
	faults []error

	sorted
	controllers []*controller
	owners      map[owner]*controller
	nodes       map[string]int         // index in Problem.Existing, by name
	disks       map[*corev1.Volume]int // the claim template of its StatefulSet that a volume is of
	claimed     map[[2]string]bool     // PersistentVolumeClaims, by namespace and name
	asked       int                    // pods
	single      int                    // of them, those made one by one
}

// sorted are the objects that are looked for later, where they are found.
type sorted struct {
	limits       map[string][]object // LimitRanges, by namespace
	priorities   map[string]int32    // by class
	usual        string              // the class of pods that name none; "": none
	runtimes     map[string]*nodev1.RuntimeClass
	scalers      []object
	pods         []object
	nodeObjects  []object
	claims       []object // NodeClaims
	pools        []object
	overlays     []object
	classes      []object          // node classes
	classObjects map[string]object // StorageClasses
}

// fault adds what is wrong with a value of an object.
func (b *builder) fault(about object, path, format string, args ...any) {
	b.faults = append(b.faults, &Error{Origin: about.origin, Path: about.path(path), Err: fmt.Errorf(format, args...)})
}
