package choose

import (
	"math"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// A Policy picks one of the options of a round, by index; -1: none of them.
type Policy func(m *estimate.Model, s *estimate.State, options []estimate.Growth) int

// least returns the first option of the least score.
func least(options []estimate.Growth, score func(o *estimate.Growth) float64) int {
	best, at := math.Inf(1), -1
	for i := range options {
		if v := score(&options[i]); v < best {
			best, at = v, i
		}
	}
	return at
}

// LeastWaste picks as the expander of this name: the least share of CPU and memory that
// stays unused.
func LeastWaste(m *estimate.Model, _ *estimate.State, options []estimate.Growth) int {
	return least(options, func(o *estimate.Growth) float64 {
		wasted := 0.0
		for r := range 2 { // CPU and memory
			asked := 0.0
			for k, n := range o.Pods {
				asked += float64(m.Requests[k][r]) * float64(n)
			}
			if has := float64(m.Capacity[o.Group][r]) * float64(o.Nodes); has > 0 {
				wasted += (has - asked) / has
			}
		}
		return wasted
	})
}

// MostPods picks as the expander of this name: the most pods.
func MostPods(_ *estimate.Model, _ *estimate.State, options []estimate.Growth) int {
	return least(options, func(o *estimate.Growth) float64 { return -float64(o.Count) })
}

// Price picks as the price expander does, which a cluster on AWS has not: the price of the
// nodes per list price of the pods, and a penalty for nodes of an unusual size.
func Price(m *estimate.Model, s *estimate.State, options []estimate.Growth) int {
	nodes := 0
	for _, n := range s.Nodes {
		nodes += n
	}
	return least(options, func(o *estimate.Growth) float64 {
		const stabilisation = listCPU*0.5 + listGiB*0.5
		pods := 0.0
		for k, n := range o.Pods {
			pods += float64(n) * (float64(m.Requests[k][0])/1000*listCPU + float64(m.Requests[k][1])/(1<<30)*listGiB)
		}
		price := (o.Cost.USD() + stabilisation) / (pods + stabilisation)
		return price * unfitness(nodes, o.Nodes, float64(m.Capacity[o.Group][0])/1000)
	})
}

// List prices of an hour, of the order of an on-demand vCPU and GiB.
const (
	listCPU = 0.033
	listGiB = 0.0045
)

// unfitness is how far a node with cpus CPUs is from the size that suits a cluster of
// cluster nodes, the less the more nodes are added.
func unfitness(cluster, added int, cpus float64) float64 {
	fit := 32.0
	for i, most := range []int{2, 6, 20, 60, 200} {
		if cluster <= most {
			fit = float64(int(1) << i)
			break
		}
	}
	if cpus <= 0 {
		return math.MaxFloat64
	}
	u := max(fit/cpus, cpus/fit)
	return (u-1)*(1-math.Tanh(float64(added-1)/15)) + 1
}
