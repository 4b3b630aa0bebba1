package provision

import (
	"github.com/prometheus/client_golang/prometheus"
	crmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/karpenter/pkg/metrics"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
)

// Metrics that upstream has are set under upstream's names; these are beside them.
var (
	planCost  = gauge("cost", "Cost of the nodes that the last plan launches, in US dollars per hour.")
	planBound = gauge("lower_bound", "Least cost that a plan for the same pods can have, in US dollars per hour.")
	planGap   = gauge("gap", "How far the cost may be above the least possible, as a share of it.")
	fates     = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: metrics.Namespace, Subsystem: "handover", Name: "pods_total", Help: "Pods of handovers by what became of them."}, []string{"fate"})
	calls     = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: metrics.Namespace, Subsystem: "handover", Name: "calls_total", Help: "Calls to the API server that handovers made."}, []string{"call"})
	missing   = prometheus.NewCounter(prometheus.CounterOpts{Namespace: metrics.Namespace, Subsystem: "handover", Name: "missing_nodes_total", Help: "Nodes that did not come in time."})
)

func init() { crmetrics.Registry.MustRegister(planCost, planBound, planGap, fates, calls, missing) }

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: metrics.Namespace, Subsystem: "plan", Name: name, Help: help})
}

func measurePlan(plan binpack.Plan) {
	planCost.Set(plan.Cost.USD())
	planBound.Set(plan.LowerBound.USD())
	planGap.Set(plan.Gap())
}

func measureHandover(o handover.Outcome) {
	for fate, n := range o.Count() {
		fates.WithLabelValues(string(fate)).Add(float64(n))
	}
	calls.WithLabelValues("nominate").Add(float64(o.Calls.Nominations))
	calls.WithLabelValues("bind").Add(float64(o.Calls.Bindings))
	calls.WithLabelValues("release").Add(float64(o.Calls.Releases))
	missing.Add(float64(len(o.Missing)))
}
