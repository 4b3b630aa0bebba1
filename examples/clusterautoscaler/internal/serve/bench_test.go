package serve_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// BenchmarkAnswer is an answer of a server as it is installed, by TLS, with the size of
// the request and the most memory that the process had, client included.
func BenchmarkAnswer(b *testing.B) {
	for _, size := range []struct{ pods, kinds, groups int }{{200, 20, 264}, {200, 200, 264}, {5000, 50, 50}, {5000, 1000, 50}} {
		b.Run(fmt.Sprintf("%dx%d/%dkinds", size.pods, size.groups, size.kinds), func(b *testing.B) {
			r := newRig(b)
			r.expander.Time, r.expander.Chooser = 4*time.Second, choose.Chooser{}
			r.expander.Reader.Prices = &translate.Prices{Entries: prices(size.groups)}
			conn := r.client(b, r.files.trust(b))
			req := largeRequest(b, size.pods, size.kinds, size.groups)
			require.NoError(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200))
			for b.Loop() {
				_, err := wire.BestOptions(b.Context(), conn, req)
				require.NoError(b, err)
			}
			b.ReportMetric(peakMiB(b), "peak-MiB")
			b.ReportMetric(float64(requestBytes(req))/1e6, "request-MB")
		})
	}
}

func prices(groups int) []translate.PriceEntry {
	var out []translate.PriceEntry
	for g := range groups {
		out = append(out, translate.PriceEntry{Group: fmt.Sprintf("group-%d", g), Price: fmt.Sprintf("0.%04d", 400+97*(g%23)*(1+g%7))})
	}
	return out
}

// largeRequest has groups of different machines in three zones, and the options that
// Cluster Autoscaler has for the pods.
func largeRequest(t testing.TB, n, kinds, groups int) *wire.Request {
	var all []*corev1.Pod
	for i := range n {
		k := i % kinds
		all = append(all, pod(fmt.Sprintf("deployment-%d-7d9c6b5f4-%05d", k, i), fmt.Sprintf("%dm", 100+37*(k%41)), fmt.Sprintf("%dMi", 128+61*(k%67)), func(p *corev1.Pod) {
			p.Labels = map[string]string{"app.kubernetes.io/name": fmt.Sprintf("app-%d", k)}
			p.Spec.Tolerations = []corev1.Toleration{{Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute}}
		}))
	}
	set := estimate.Setting{}
	r := &wire.Request{Nodes: make(map[string][]byte)}
	for g := range groups {
		id := fmt.Sprintf("group-%d", g)
		template := node("large", 4+4*(g%23), fmt.Sprintf("us-east-1%c", 'a'+g%3))
		b, err := template.Marshal()
		require.NoError(t, err)
		r.Nodes[id] = b
		set.Groups = append(set.Groups, estimate.Group{ID: id, Node: template})
	}
	set.Kinds, _ = estimate.Kinds(all)
	m, err := estimate.New(set)
	require.NoError(t, err)
	for _, o := range m.Options(m.Start()) {
		option := wire.Option{Group: set.Groups[o.Group].ID, Nodes: int32(o.Nodes)}
		for k, n := range o.Pods {
			for _, p := range set.Kinds[k].Pods[:n] {
				b, err := p.Marshal()
				require.NoError(t, err)
				option.Pods = append(option.Pods, b)
			}
		}
		r.Options = append(r.Options, option)
	}
	return r
}

func requestBytes(r *wire.Request) int {
	n := 0
	for _, o := range r.Options {
		for _, p := range o.Pods {
			n += len(p)
		}
	}
	return n
}

// peakMiB is the most memory that the process had; 0 where the system does not tell.
func peakMiB(t testing.TB) float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0
	}
	kib, err := strconv.ParseFloat(string(m[1]), 64)
	require.NoError(t, err)
	return kib / 1024
}
