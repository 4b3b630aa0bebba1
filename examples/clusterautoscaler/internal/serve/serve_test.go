package serve_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/serve"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// rig is a server with TLS, and what it said.
type rig struct {
	address  string
	files    files
	expander *serve.Expander
	metrics  *prometheus.Registry
	log      *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newRig(t testing.TB) *rig {
	r := &rig{files: newFiles(t), metrics: prometheus.NewRegistry(), log: new(lockedBuffer)}
	log := slog.New(slog.NewJSONHandler(r.log, nil))
	r.expander = &serve.Expander{Reader: translate.Reader{Prices: &translate.Prices{}}, Log: log, Metrics: serve.NewMetrics(r.metrics),
		Chooser: choose.Chooser{Work: 200_000, Steps: 50_000}, Time: time.Minute} // work decides, not the machine
	c, err := serve.LoadCertificate(r.files.cert, r.files.key, log)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, h := serve.GRPC(r.expander, c)
	h.SetServingStatus("", healthpb.HealthCheckResponse_SERVING)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); <-done })
	r.address = l.Addr().String()
	return r
}

// client connects as Cluster Autoscaler does: it trusts one certificate.
func (r *rig) client(t testing.TB, trust *x509.CertPool) *grpc.ClientConn {
	c, err := grpc.NewClient(r.address, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(trust, "")))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// answers requires that the process still gives an answer.
func (r *rig) answers(t *testing.T) {
	resp, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), request(t, pods(3, "1", "1Gi", nil)...))
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
}

func TestAnAnswerIsOneKnownID(t *testing.T) {
	r := newRig(t)
	req := request(t, pods(20, "500m", "1Gi", nil)...)
	resp, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), req)
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
	assert.Contains(t, req.Nodes, resp.Options[0].Group)
	line := r.log.String()
	for _, key := range []string{`"chosen":"` + resp.Options[0].Group, `"plan":`, `"least-waste":`, `"most-pods":`, `"why":`} {
		assert.Contains(t, line, key)
	}
	assert.Equal(t, 1, strings.Count(line, "\n"), "one line for each answer")
}

func TestWhatCannotBeAnsweredIsAnErrorThatSaysWhy(t *testing.T) {
	r := newRig(t)
	full := func() *wire.Request { return request(t, pods(3, "1", "1Gi", nil)...) }
	for _, c := range []struct {
		name   string
		change func(*wire.Request)
		want   string
	}{
		{"no options", func(q *wire.Request) { q.Options = nil }, "there are no options"},
		{"nothing at all", func(q *wire.Request) { *q = wire.Request{} }, "there are no options"},
		{"no templates", func(q *wire.Request) { q.Nodes = nil }, "4 options"},
		{"unknown ids", func(q *wire.Request) {
			for i := range q.Options {
				q.Options[i].Group += "?"
			}
		}, "4 options"},
		{"options without pods", func(q *wire.Request) {
			for i := range q.Options {
				q.Options[i].Pods = nil
			}
		}, "0 pods"},
		{"options without nodes", func(q *wire.Request) {
			for i := range q.Options {
				q.Options[i].Nodes = 0
			}
		}, "0 nodes"},
		{"templates that cannot be read", func(q *wire.Request) {
			for id := range q.Nodes {
				q.Nodes[id] = []byte{0xff}
			}
		}, "template of"},
		{"no prices", func(q *wire.Request) {
			b, err := (&corev1.Node{}).Marshal()
			require.NoError(t, err)
			for id := range q.Nodes {
				q.Nodes[id] = b
			}
		}, "without a price"},
		{"pods that cannot be read", func(q *wire.Request) {
			for i := range q.Options {
				q.Options[i].Pods = [][]byte{{0xff}}
			}
		}, "a pod of"},
		{"malformed pods", func(q *wire.Request) {
			b, err := pod("bad", "-1", "1Gi", nil).Marshal()
			require.NoError(t, err)
			for i := range q.Options {
				q.Options[i].Pods = [][]byte{b}
			}
		}, "default/bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := full()
			c.change(req)
			_, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), req)
			require.Equal(t, codes.InvalidArgument, status.Code(err), "%v", err)
			assert.ErrorContains(t, err, c.want)
			r.answers(t)
		})
	}
}

func TestWhatIsFaultyIsSetAside(t *testing.T) {
	r := newRig(t)
	req := request(t, append(pods(5, "1", "1Gi", nil), pod("bad", "-1", "1Gi", nil))...)
	req.Options[0].Group = "unknown"
	req.Nodes["strange"] = []byte{0xff}
	resp, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), req)
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
	assert.NotEqual(t, "unknown", resp.Options[0].Group)
	assert.Contains(t, r.expander.Last(), "set aside: pod default/bad")
}

// rulesOfAllKinds are pods that each have another rule, some of them odd.
func rulesOfAllKinds() []*corev1.Pod {
	self := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "pod-0"}}
	all := &metav1.LabelSelector{}
	odd := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "Around", Values: []string{"x"}}}}
	term := func(s *metav1.LabelSelector, key string) []corev1.PodAffinityTerm {
		return []corev1.PodAffinityTerm{{LabelSelector: s, TopologyKey: key}}
	}
	need := func(op corev1.NodeSelectorOperator, values ...string) *corev1.Affinity {
		return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: op, Values: values}}}}}}}
	}
	spread := func(skew int32, key string, s *metav1.LabelSelector) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: skew, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: s}}
		}
	}
	changes := []func(*corev1.Pod){
		nil,
		spread(1, corev1.LabelTopologyZone, self), spread(1, corev1.LabelHostname, all), spread(0, corev1.LabelHostname, nil), spread(1, "", odd),
		func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(all, corev1.LabelHostname)}}
		},
		func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(self, corev1.LabelTopologyZone)}}
		},
		func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(odd, "nowhere")}}
		},
		func(p *corev1.Pod) { p.Spec.Affinity = need(corev1.NodeSelectorOpIn, "us-east-1a") },
		func(p *corev1.Pod) { p.Spec.Affinity = need("Around", "us-east-1a") },
		func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"no": "such"} },
		func(p *corev1.Pod) { p.Spec.Tolerations = []corev1.Toleration{{Operator: "Perhaps"}} },
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}, {HostPort: -80}}
		},
		func(p *corev1.Pod) { p.Spec.Containers = nil },
		func(p *corev1.Pod) {
			p.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"}}}}
		},
		func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "g"}} },
		func(p *corev1.Pod) { p.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu"}} },
		func(p *corev1.Pod) { p.Spec.NodeName = "somewhere" },
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests["example.com/odd"] = resource.MustParse("1")
		},
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = *resource.NewQuantity(math.MaxInt64, resource.DecimalSI)
		},
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory] = resource.MustParse("1E")
		},
		func(p *corev1.Pod) { p.Namespace, p.Name = "", "" },
	}
	var out []*corev1.Pod
	for i, c := range changes {
		out = append(out, pod("pod-"+string(rune('a'+i)), "500m", "512Mi", c))
	}
	return out
}

func TestRulesOfAllKinds(t *testing.T) {
	r := newRig(t)
	conn := r.client(t, r.files.trust(t))
	good := pods(2, "1", "1Gi", nil)
	all := rulesOfAllKinds()
	for i, p := range all {
		resp, err := wire.BestOptions(t.Context(), conn, request(t, append(good, p, p.DeepCopy())...))
		require.NoError(t, err, "pod %d", i)
		require.Len(t, resp.Options, 1)
	}
	resp, err := wire.BestOptions(t.Context(), conn, request(t, append(good, all...)...))
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
}

func TestLargeRequests(t *testing.T) {
	r := newRig(t)
	big := strings.Repeat("x", 100_000)
	req := request(t, pods(60, "250m", "1Gi", func(p *corev1.Pod) { p.Annotations = map[string]string{"note": big} })...)
	resp, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), req)
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
	assert.Contains(t, r.log.String(), `"bytes":24`)
}

func TestCancelledCalls(t *testing.T) {
	r := newRig(t)
	conn := r.client(t, r.files.trust(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := wire.BestOptions(ctx, conn, request(t, pods(3, "1", "1Gi", nil)...))
	require.Equal(t, codes.Canceled, status.Code(err))
	r.answers(t)
	// a call that is cancelled once it is here still comes to an answer, or an error
	req := request(t, pods(3, "1", "1Gi", nil)...)
	req.Received = time.Now()
	if resp, err := r.expander.BestOptions(ctx, req); err == nil {
		require.Len(t, resp.Options, 1)
	}
	r.answers(t)
}

func TestAnAnswerWithoutTime(t *testing.T) {
	r := newRig(t)
	req := request(t, pods(30, "1", "1Gi", nil)...)
	req.Received = time.Now().Add(-time.Hour)
	resp, err := r.expander.BestOptions(t.Context(), req)
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
}

func TestTwoAtOnce(t *testing.T) {
	r := newRig(t)
	conn := r.client(t, r.files.trust(t))
	req := request(t, pods(10, "1", "1Gi", nil)...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			resp, err := wire.BestOptions(t.Context(), conn, req)
			if assert.NoError(t, err) {
				assert.Len(t, resp.Options, 1)
			}
		})
	}
	wg.Wait()
}

func TestBytesThatAreNoMessage(t *testing.T) {
	r := newRig(t)
	conn := r.client(t, r.files.trust(t))
	for _, b := range []string{"\xff", "\x0a\x05ab", "\x1a\x02\x0a\x7f", "\x0a\x03\x0a\x01\xff"} {
		var out raw
		err := conn.Invoke(t.Context(), "/grpcplugin.Expander/BestOptions", raw(b), &out, grpc.ForceCodec(rawCodec{}))
		require.Error(t, err, "%q", b)
	}
	r.answers(t)
}

type raw string

type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)   { return []byte(v.(raw)), nil }
func (rawCodec) Unmarshal(b []byte, v any) error { *v.(*raw) = raw(b); return nil }
func (rawCodec) Name() string                    { return "proto" }

func TestHealth(t *testing.T) {
	r := newRig(t)
	resp, err := healthpb.NewHealthClient(r.client(t, r.files.trust(t))).Check(t.Context(), &healthpb.HealthCheckRequest{})
	require.NoError(t, err)
	assert.Equal(t, healthpb.HealthCheckResponse_SERVING, resp.Status)
}

func TestPages(t *testing.T) {
	r := newRig(t)
	web := httptest.NewServer(serve.HTTP(r.expander, r.metrics).Handler)
	defer web.Close()
	get := func(path string) (int, string) {
		resp, err := web.Client().Get(web.URL + path)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(b)
	}
	code, _ := get("/explain")
	assert.Equal(t, 404, code)
	r.answers(t)
	code, table := get("/explain")
	assert.Equal(t, 200, code)
	assert.Contains(t, table, "chosen: m5-")
	assert.Contains(t, table, "least-waste")
	_, metrics := get("/metrics")
	assert.Contains(t, metrics, `stowage_expander_calls_total{code="OK"} 1`)
	assert.Contains(t, metrics, `stowage_expander_last_usd_per_hour{by="plan"}`)
	code, _ = get("/healthz")
	assert.Equal(t, 200, code)
}

func TestAGroupWithoutAPriceIsSaidOnce(t *testing.T) {
	r := newRig(t)
	req := request(t, pods(3, "1", "1Gi", nil)...)
	odd := node("odd", 2, "us-east-1a")
	b, err := odd.Marshal()
	require.NoError(t, err)
	req.Nodes["odd"] = b
	for range 2 {
		_, err := wire.BestOptions(t.Context(), r.client(t, r.files.trust(t)), req)
		require.NoError(t, err)
	}
	assert.Equal(t, 1, strings.Count(r.log.String(), `"group":"odd"`))
}
