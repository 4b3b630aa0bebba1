package conformance

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/parallelize"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

// filters returns the plugins that are compared.
func filters() []string {
	return []string{
		names.NodeUnschedulable, names.TaintToleration, names.NodeAffinity, names.NodePorts,
		names.NodeResourcesFit, names.VolumeBinding, names.VolumeZone, names.VolumeRestrictions, names.NodeVolumeLimits,
		names.PodTopologySpread, names.InterPodAffinity,
	}
}

// A Scheduler is the filters of the kube-scheduler in its default profile, in
// a cluster whose nodes and pods change from question to question. It is not
// safe for concurrent use.
type Scheduler struct {
	plugins []fwk.Plugin
	stage   *stage
}

// A stage is the snapshot that the plugins look at.
type stage struct {
	*cache.Snapshot
	csi []*storagev1.CSINode
}

// handle is what the plugins need of a scheduler to filter.
type handle struct {
	fwk.Handle // nil: the rest
	client     kubernetes.Interface
	informers  informers.SharedInformerFactory
	stage      *stage
}

func (h *handle) ClientSet() kubernetes.Interface                        { return h.client }
func (h *handle) SharedInformerFactory() informers.SharedInformerFactory { return h.informers }
func (h *handle) SnapshotSharedLister() fwk.SharedLister                 { return h.stage }
func (h *handle) SharedCSIManager() fwk.CSIManager                       { return limits{on: h.stage} }
func (h *handle) SharedDRAManager() fwk.SharedDRAManager                 { return nil }
func (h *handle) Parallelizer() fwk.Parallelizer                         { return parallelize.NewParallelizer(1) }

// NewScheduler returns the scheduler of a cluster that has these objects beside
// its nodes and pods: namespaces, claims, volumes, storage classes. It listens
// to them until the context ends.
func NewScheduler(ctx context.Context, objects []runtime.Object) (*Scheduler, error) {
	metrics.Register()
	config, err := latest.Default()
	if err != nil {
		return nil, err
	}
	args := map[string]runtime.Object{}
	for _, c := range config.Profiles[0].PluginConfig {
		args[c.Name] = c.Args
	}
	s := &Scheduler{stage: &stage{Snapshot: cache.NewEmptySnapshot()}}
	h := &handle{client: fake.NewClientset(objects...), stage: s.stage}
	h.informers = informers.NewSharedInformerFactory(h.client, 0)
	registry := plugins.NewInTreeRegistry()
	for _, name := range filters() {
		plugin, err := registry[name](ctx, args[name], h)
		if err != nil {
			return nil, fmt.Errorf("plugin %s: %w", name, err)
		}
		s.plugins = append(s.plugins, plugin)
	}
	h.informers.Start(ctx.Done())
	for kind, synced := range h.informers.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("no objects of type %v: %w", kind, context.Cause(ctx))
		}
	}
	return s, nil
}

// Refusals returns for each node the plugins that keep the pod off it; none:
// the pod may go there. Pods are bound to the nodes by spec.nodeName. A plugin
// that fails is an error.
func (s *Scheduler) Refusals(ctx context.Context, pod *corev1.Pod, nodes []*corev1.Node, pods []*corev1.Pod) ([][]string, error) {
	s.stage.Snapshot = cache.NewSnapshot(pods, nodes)
	all, err := s.stage.NodeInfos().List()
	if err != nil {
		return nil, err
	}
	refusals := make([][]string, len(nodes))
	state := framework.NewCycleState()
	for _, plugin := range s.plugins {
		admits, err := filter(ctx, plugin, state, pod, all)
		if err != nil {
			return nil, err
		}
		for i, node := range nodes {
			info, err := s.stage.NodeInfos().Get(node.Name)
			if err != nil {
				return nil, err
			}
			ok, err := admits(info)
			if err != nil {
				return nil, err
			}
			if !ok {
				refusals[i] = append(refusals[i], plugin.Name())
			}
		}
	}
	return refusals, nil
}

// filter asks the plugin about the pod, and returns its answer for each node,
// as the scheduler would take it.
func filter(ctx context.Context, plugin fwk.Plugin, state fwk.CycleState, pod *corev1.Pod, all []fwk.NodeInfo) (func(fwk.NodeInfo) (bool, error), error) {
	always := func(answer bool) func(fwk.NodeInfo) (bool, error) {
		return func(fwk.NodeInfo) (bool, error) { return answer, nil }
	}
	var among *fwk.PreFilterResult
	if before, ok := plugin.(fwk.PreFilterPlugin); ok {
		result, status := before.PreFilter(ctx, state, pod, all)
		switch {
		case status.IsSkip():
			return always(true), nil
		case status.IsRejected():
			return always(false), nil
		case !status.IsSuccess():
			return nil, fmt.Errorf("plugin %s: %w", plugin.Name(), status.AsError())
		}
		among = result
	}
	each, ok := plugin.(fwk.FilterPlugin)
	if !ok {
		return nil, fmt.Errorf("plugin %s does not filter", plugin.Name())
	}
	return func(node fwk.NodeInfo) (bool, error) {
		if !among.AllNodes() && !among.NodeNames.Has(node.Node().Name) {
			return false, nil
		}
		status := each.Filter(ctx, state, pod, node)
		if !status.IsSuccess() && !status.IsRejected() {
			return false, fmt.Errorf("plugin %s: %w", plugin.Name(), status.AsError())
		}
		return status.IsSuccess(), nil
	}, nil
}
