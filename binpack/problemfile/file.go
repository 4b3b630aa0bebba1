package problemfile

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// newFile returns the file that says p.
func newFile(p binpack.Problem) (file, error) {
	var (
		most = availability(p.Availability)
		f    = file{GangLabel: p.GangLabel, NodeLabels: newNodeLabels(p.NodeLabels), JoiningTaints: p.JoiningTaints}
		err  error
	)
	if f.Pods, err = newPodEntries(p); err != nil {
		return file{}, err
	}
	if f.InstanceTypes, err = newInstanceTypes("Catalog", p.Catalog, most); err != nil {
		return file{}, err
	}
	if f.Pools, err = newPools(p, most); err != nil {
		return file{}, err
	}
	if f.DaemonPods, err = newNodePods("DaemonPods", p.DaemonPods); err != nil {
		return file{}, err
	}
	if f.ExistingNodes, err = newExistingNodes(p.Existing); err != nil {
		return file{}, err
	}
	for i, n := range p.Namespaces {
		if n == nil {
			return file{}, fault(at("Namespaces", i), "is nil")
		}
		f.Namespaces = append(f.Namespaces, newNamespace(n))
	}
	for _, q := range p.Quotas {
		f.Quotas = append(f.Quotas, quota(q))
	}
	if s := storage(p.Storage); !equal(s, storage{}) {
		f.Storage = &s
	}
	return f, nil
}

// problem returns the Problem that f says.
func (f *file) problem() (binpack.Problem, error) {
	var (
		p   = binpack.Problem{GangLabel: f.GangLabel, NodeLabels: nodeLabelsOf(f.NodeLabels), JoiningTaints: f.JoiningTaints}
		err error
	)
	if err := addPods(&p, f.Pods); err != nil {
		return binpack.Problem{}, err
	}
	if p.Catalog, err = catalogOf("instanceTypes", f.InstanceTypes); err != nil {
		return binpack.Problem{}, err
	}
	if p.Pools, err = poolsOf(f.Pools, p.Catalog); err != nil {
		return binpack.Problem{}, err
	}
	for i := range p.Pools {
		if f.Pools[i].Keys == nil {
			p.Pools[i].Keys = p.OwnKeys(&p.Pools[i])
		}
	}
	for i := range f.DaemonPods {
		path := at("daemonPods", i)
		if f.DaemonPods[i].Count != nil {
			return binpack.Problem{}, fault(path+".count", "a daemon has none: one runs on each node")
		}
		pod, err := f.DaemonPods[i].pod(path)
		if err != nil {
			return binpack.Problem{}, err
		}
		p.DaemonPods = append(p.DaemonPods, pod)
	}
	if p.Existing, err = existingOf(f.ExistingNodes); err != nil {
		return binpack.Problem{}, err
	}
	if p.Namespaces, err = namespacesOf(f.Namespaces); err != nil {
		return binpack.Problem{}, err
	}
	for _, q := range f.Quotas {
		p.Quotas = append(p.Quotas, binpack.Quota(q))
	}
	if f.Storage != nil {
		if err := f.Storage.noNil(); err != nil {
			return binpack.Problem{}, err
		}
		p.Storage = binpack.Storage(*f.Storage)
	}
	return p, nil
}

// noNil returns the fault of the first object that is not there.
func (s *storage) noNil() error {
	return cmp.Or(noNil("storage.claims", s.Claims), noNil("storage.volumes", s.Volumes), noNil("storage.classes", s.Classes),
		noNil("storage.nodes", s.Nodes), noNil("storage.attachments", s.Attachments))
}

func noNil[T any](path string, list []*T) error {
	if i := slices.Index(list, nil); i >= 0 {
		return fault(at(path, i), "is nil")
	}
	return nil
}

// availability returns a function that asks a once per key and remembers.
func availability(a binpack.Availability) func(catalog.Key) int {
	if a == nil {
		return func(catalog.Key) int { return binpack.Unlimited }
	}
	answers := map[catalog.Key]int{}
	return func(k catalog.Key) int {
		n, ok := answers[k]
		if !ok {
			n = max(0, a.Available(k))
			answers[k] = n
		}
		return n
	}
}

// newNamespace returns the entry of a namespace: short where that says it all.
func newNamespace(n *corev1.Namespace) namespace {
	w := namespace{Name: n.Name, Labels: n.Labels}
	if !equal(w.namespace(), n) {
		return namespace{Namespace: n}
	}
	return w
}

// namespace returns the namespace that w stands for.
func (w *namespace) namespace() *corev1.Namespace {
	if w.Namespace != nil {
		return w.Namespace
	}
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.Name, Labels: w.Labels}}
}

func namespacesOf(entries []namespace) ([]*corev1.Namespace, error) {
	var all []*corev1.Namespace
	seen := map[string]bool{}
	for i := range entries {
		w, path := &entries[i], at("namespaces", i)
		if w.Namespace != nil && (w.Name != "" || len(w.Labels) > 0) {
			return nil, fault(path, "has fields of a namespace beside the whole namespace")
		}
		n := w.namespace()
		if seen[n.Name] {
			return nil, fault(path, "a second namespace %q", n.Name)
		}
		seen[n.Name] = true
		all = append(all, n)
	}
	return all, nil
}
