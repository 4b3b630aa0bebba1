package solver_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

var growth = flag.Int("growth", 0, "print how time and memory grow with the size of problems, up to this size")

// TestGrowth measures the first plan, Verify, VerifyBound and memory at 100, 1000, … of
// what makes a problem large:
//
//	go test ./binpack/solver -run TestGrowth -growth 10000 -v -timeout 0
//
// It prints the table of FIGURES.md, part by part. Seconds are those of processors, which
// other processes of the machine change little; peak memory has the Problem in it.
func TestGrowth(t *testing.T) {
	most := max(*growth, 100)
	fmt.Println("| of | n | first plan, s | peak memory, MiB | allocated, MiB | Verify, s | VerifyBound, s |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, name := range []string{"distinct pods", "offers", "pools", "pools with weights and limits", "pools with weights and limits, pods left", "existing nodes", "domains", "quotas", "values of an own key", "terms of a selector", "pods with affinity to each other by zone", "pods with affinity to each other by host"} {
		t.Run(name, func(t *testing.T) {
			var first, judged []float64
			for n := 100; n <= most; n *= 10 {
				fmt.Printf("| %s | %d |", name, n)
				plan, verify := measure(t, grown(name, n))
				first, judged = append(first, plan), append(judged, verify)
			}
			if len(first) > 1 {
				fmt.Printf("| | exponent | %.2f | | | %.2f | |\n", exponent(first), exponent(judged))
			}
		})
	}
}

// exponent is that of the last step, by which the size is ten times the one before; what
// takes less than a millisecond counts as that.
func exponent(seconds []float64) float64 {
	n := len(seconds)
	return math.Log10(max(seconds[n-1], .001) / max(seconds[n-2], .001))
}

// measure prints a row of the table, cell by cell as they come. It returns the seconds of
// the first plan and of Verify.
func measure(t *testing.T, p binpack.Problem) (first, judged float64) {
	var before, after runtime.MemStats
	debug.FreeOSMemory()
	runtime.ReadMemStats(&before)
	var peak peakMemory
	peak.sample()
	took := processorTime()
	var plan binpack.Plan
	var err error
	for plan, err = range (solver.Solver{}).Plans(context.Background(), p) {
		break
	}
	require.NoError(t, err)
	first = took()
	runtime.ReadMemStats(&after)
	fmt.Printf(" %.3f | %.0f | %.0f |", first, float64(peak.end())/(1<<20), float64(after.TotalAlloc-before.TotalAlloc)/(1<<20))
	took = processorTime()
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	judged = took()
	fmt.Printf(" %.3f |", judged)
	took = processorTime()
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	fmt.Printf(" %.3f |\n", took())
	return first, judged
}

// processorTime returns a function that says for how many seconds processors have worked
// for this process since.
func processorTime() func() float64 {
	now := func() float64 {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	start := now()
	return func() float64 { return now() - start }
}

// grown returns a problem with n of what the name says.
func grown(name string, n int) binpack.Problem {
	p := binpack.Problem{Catalog: fewTypes(), Workloads: []binpack.Workload{replicas("a", 100, 10), replicas("b", 500, 10)}}
	number := func(i int) string { return fmt.Sprint(i) }
	switch {
	case name == "distinct pods":
		p.Workloads = nil
		for i := range n {
			p.Workloads = append(p.Workloads, replicas(number(i), int64(100+i%1900), 1+i/1900))
		}
	case name == "offers":
		p.Catalog = nil
		for i := range n {
			capacity := corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(int64(2000+i), resource.DecimalSI), corev1.ResourcePods: resource.MustParse("110")}
			p.Catalog = append(p.Catalog, &catalog.InstanceType{Name: number(i), Capacity: capacity, Offerings: []catalog.Offering{{Zone: "a", Price: catalog.Price(100_000_000 + 45_000*i)}}})
		}
	case strings.HasPrefix(name, "pools"):
		for i := range n {
			pool := binpack.Pool{Name: number(i)}
			if name != "pools" {
				pool.Weight, pool.Limits = int32(i), corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4")}
			}
			p.Pools = append(p.Pools, pool)
		}
		if strings.HasSuffix(name, "left") {
			p.Workloads = append(p.Workloads, replicas("c", 1700, 4*n))
		}
	case name == "existing nodes":
		for i := range n {
			node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: number(i)}}
			node.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(int64(1000+i%50*20), resource.DecimalSI), corev1.ResourcePods: resource.MustParse("110")}
			p.Existing = append(p.Existing, binpack.ExistingNode{Node: node})
		}
	case name == "domains":
		p.Catalog[0].Offerings, p.Catalog = nil, p.Catalog[:1]
		for i := range n {
			p.Catalog[0].Offerings = append(p.Catalog[0].Offerings, catalog.Offering{Zone: number(i), Price: 85_000_000})
		}
		for i := range p.Workloads {
			w := &p.Workloads[i]
			w.Replicas, w.Pod.Labels = n*3/2, map[string]string{"a": w.Pod.Name}
			w.Pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{TopologyKey: corev1.LabelTopologyZone, MaxSkew: 1, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &metav1.LabelSelector{MatchLabels: w.Pod.Labels}}}
		}
	case name == "quotas":
		for i := range n {
			p.Quotas = append(p.Quotas, binpack.Quota{
				Name: number(i), Left: corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(int64(1000+i), resource.DecimalSI)},
				Requirements: []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{"a"}}},
			})
		}
	case name == "values of an own key":
		var values []string
		for i := range n {
			values = append(values, "v"+number(i))
		}
		p.Pools = []binpack.Pool{{Name: "p", Requirements: []corev1.NodeSelectorRequirement{{Key: "k", Operator: corev1.NodeSelectorOpIn, Values: values}}, Keys: map[string][]string{"k": nil}}}
		p.Workloads[0].Pod.Spec.NodeSelector = map[string]string{"k": "v1"}
	case name == "terms of a selector":
		var terms []corev1.NodeSelectorTerm
		for i := range n {
			terms = append(terms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "l" + number(i), Operator: corev1.NodeSelectorOpIn, Values: []string{"x"}}}})
		}
		terms = append(terms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{"a"}}}})
		p.Workloads[0].Pod.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
	default:
		attracted(&p, n, strings.HasSuffix(name, "host"))
	}
	return p
}

// attracted makes the problem one of pods that need each other in their zone, or on
// their node.
func attracted(p *binpack.Problem, n int, byHost bool) {
	key := corev1.LabelTopologyZone
	if byHost {
		key = corev1.LabelHostname
	}
	p.Workloads = nil
	for i := range n {
		w := replicas(fmt.Sprint(i), int64(1+i%1500), 1)
		w.Pod.Labels = map[string]string{"a": "x", "number": fmt.Sprint(i / 1500)}
		term := corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "x"}}}
		w.Pod.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{term}}}
		p.Workloads = append(p.Workloads, w)
	}
}
