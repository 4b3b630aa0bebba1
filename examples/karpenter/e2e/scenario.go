package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// A result is what a run came to.
type result struct {
	price                        float64
	nodes, empty, launches, left int
	took                         time.Duration
	requests                     int
}

const (
	waves   = 5
	pause   = 15 * time.Second // between waves
	startup = 3 * time.Second  // of a node
)

// Mishaps are what goes wrong; ../trial says how.
type mishaps struct {
	scarce, lost int
	most         time.Duration // that the last pods are waited for
}

// one runs the scenario with one planner, in a cluster of its own.
func one(ctx context.Context, bin, planner string, pods int, m mishaps) (result, error) {
	dir, err := os.MkdirTemp("", "e2e-"+planner+"-")
	if err != nil {
		return result{}, err
	}
	s, err := newServer(ctx, bin, dir)
	if s != nil {
		defer s.stop()
	}
	if err != nil {
		return result{}, fmt.Errorf("%w (logs are in %s)", err, dir)
	}
	h := &harness{server: s, planner: planner, mishaps: m}
	counted := rest.CopyConfig(s.config)
	counted.Wrap(func(next http.RoundTripper) http.RoundTripper { return counting{next, &h.own} })
	h.kube, h.objects = kubernetes.NewForConfigOrDie(counted), dynamic.NewForConfigOrDie(counted)
	r, err := h.play(ctx, pods)
	if err != nil {
		return r, fmt.Errorf("%w (logs are in %s)", err, dir)
	}
	if r.left > 0 {
		fmt.Fprintln(os.Stderr, "logs are in", dir)
		return r, nil
	}
	return r, os.RemoveAll(dir)
}

// A harness is a cluster with a planner.
type harness struct {
	*server
	kube    *kubernetes.Clientset
	objects *dynamic.DynamicClient
	planner string
	mishaps mishaps
	claims  map[types.UID]bool // that there ever were
	own     atomic.Int64       // requests of the harness
}

// Counting counts requests.
type counting struct {
	next http.RoundTripper
	own  *atomic.Int64
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.own.Add(1)
	return c.next.RoundTrip(r)
}

// play creates the pods in waves, restarts the planner after the third, and waits.
func (h *harness) play(ctx context.Context, pods int) (result, error) {
	if err := h.install(ctx); err != nil {
		return result{}, err
	}
	stop, err := h.plan(0)
	if err != nil {
		return result{}, err
	}
	defer func() { stop() }()
	h.claims = map[types.UID]bool{}
	began := time.Now()
	for wave := range waves {
		for i := range pods / waves {
			if _, err := h.kube.CoreV1().Pods("default").Create(ctx, podOf(wave, i), metav1.CreateOptions{}); err != nil {
				return result{}, err
			}
		}
		if wave == 2 {
			time.Sleep(2 * time.Second)
			stop()
			if stop, err = h.plan(1); err != nil {
				return result{}, err
			}
		}
		for until := time.Now().Add(pause); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
			if _, err := h.tend(ctx); err != nil {
				return result{}, err
			}
		}
	}
	last := time.Now()
	for left := 1; left > 0 && time.Since(last) < h.mishaps.most; time.Sleep(time.Second) {
		if left, err = h.tend(ctx); err != nil {
			return result{}, err
		}
	}
	r, err := h.account(ctx)
	r.took = time.Since(began)
	return r, err
}

// plan starts the planner. A node is lost by the first of them alone.
func (h *harness) plan(number int) (func(), error) {
	lost := h.mishaps.lost
	if number > 0 {
		lost = 0
	}
	return h.start(fmt.Sprintf("%s-%d", h.planner, number), "trial", []string{"KUBECONFIG=" + h.kubeconfig(), "DISABLE_LEADER_ELECTION=true",
		"PLANNER=" + h.planner, fmt.Sprint("SCARCE=", h.mishaps.scarce), fmt.Sprint("LOST=", lost),
		"METRICS_PORT=" + free(), "HEALTH_PROBE_PORT=" + free(), "KUBE_CLIENT_QPS=1000", "KUBE_CLIENT_BURST=2000"})
}

// tend makes nodes Ready, and returns how many pods wait.
func (h *harness) tend(ctx context.Context) (int, error) {
	nodes, err := h.kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	for _, n := range nodes.Items {
		if len(n.Status.Conditions) == 0 && time.Since(n.CreationTimestamp.Time) > startup {
			ready := []byte(`{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","reason":"Harness"}]}}`)
			if _, err := h.kube.CoreV1().Nodes().Patch(ctx, n.Name, types.StrategicMergePatchType, ready, metav1.PatchOptions{}, "status"); err != nil {
				return 0, err
			}
		}
	}
	claims, err := h.objects.Resource(claimResource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	for _, c := range claims.Items {
		h.claims[c.GetUID()] = true
	}
	pods, err := h.kube.CoreV1().Pods("default").List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName="})
	if err != nil {
		return 0, err
	}
	return len(pods.Items), nil
}

// account counts what there is.
func (h *harness) account(ctx context.Context) (result, error) {
	r := result{launches: len(h.claims)}
	nodes, err := h.kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return r, err
	}
	pods, err := h.kube.CoreV1().Pods("default").List(ctx, metav1.ListOptions{})
	if err != nil {
		return r, err
	}
	on := map[string]int{}
	for _, p := range pods.Items {
		on[p.Spec.NodeName]++
		if p.Spec.NodeName == "" {
			fmt.Fprintf(os.Stderr, "left: %s, nominated for %q: %s\n", p.Name, p.Status.NominatedNodeName, whyPending(&p))
		}
	}
	r.left, r.nodes = on[""], len(nodes.Items)
	for _, n := range nodes.Items {
		price, err := strconv.ParseFloat(n.Labels["eks-node-viewer/instance-price"], 64)
		if err != nil {
			return r, fmt.Errorf("price of node %s: %w", n.Name, err)
		}
		r.price += price
		if on[n.Name] == 0 {
			r.empty++
		}
	}
	text, err := h.kube.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return r, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "apiserver_request_total{") {
			if n, err := strconv.ParseFloat(line[strings.LastIndex(line, " ")+1:], 64); err == nil {
				r.requests += int(n)
			}
		}
	}
	r.requests -= int(h.own.Load())
	return r, nil
}

// whyPending returns what the scheduler says of a pod.
func whyPending(p *corev1.Pod) string {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled {
			return c.Message
		}
	}
	return "not tried"
}

var claimResource = schema.GroupVersionResource{Group: "karpenter.sh", Version: "v1", Resource: "nodeclaims"}

// install creates what Karpenter needs, and the objects of scenario.yaml.
func (h *harness) install(ctx context.Context) error {
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/karpenter")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("where the module sigs.k8s.io/karpenter is: %w", err)
	}
	var files []string
	for _, dir := range []string{"pkg/apis/crds", "kwok/apis/crds"} {
		found, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), dir, "*.yaml"))
		if err != nil {
			return err
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if err := h.create(ctx, file, "customresourcedefinitions"); err != nil {
			return err
		}
	}
	return h.create(ctx, "scenario.yaml", "")
}

// create creates the objects of a file. A kind that is new may not be served yet.
func (h *harness) create(ctx context.Context, file, resource string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, text := range bytes.Split(data, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(text, &object.Object); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if len(object.Object) == 0 {
			continue
		}
		kind := object.GroupVersionKind()
		name := resource
		if name == "" {
			name = map[string]string{"NodePool": "nodepools", "KWOKNodeClass": "kwoknodeclasses", "DaemonSet": "daemonsets"}[kind.Kind]
		}
		at := h.objects.Resource(kind.GroupVersion().WithResource(name)).Namespace(object.GetNamespace())
		for try := 0; ; try++ {
			if _, err = at.Create(ctx, object, metav1.CreateOptions{}); err == nil {
				break
			}
			if try == 50 {
				return fmt.Errorf("%s: %w", file, err)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	return nil
}

// podOf returns a pod of one of ten applications with rules: spread over zones, apart from
// each other, or for the pool of batch work.
func podOf(wave, i int) *corev1.Pod {
	app := i % 10
	pod := &corev1.Pod{}
	text := fmt.Sprintf(`{"metadata":{"name":"pod-%d-%d","labels":{"app":"app-%d","wave":"app-%d-%d"}},"spec":{"nodeSelector":{},"containers":[{"name":"c","image":"pause","resources":{"requests":{"cpu":"%dm","memory":"%dMi"}}}]}}`,
		wave, i, app, app, wave, 200+app*150, 300+(app*7%10)*500)
	if err := yaml.Unmarshal([]byte(text), pod); err != nil {
		panic(err) // a text of our own
	}
	like := &metav1.LabelSelector{MatchLabels: map[string]string{"wave": pod.Labels["wave"]}}
	switch app {
	case 1, 2:
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: like}}
	case 3:
		pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelHostname, LabelSelector: like}}}}
	case 4, 5:
		pod.Spec.Tolerations = []corev1.Toleration{{Key: "only", Operator: corev1.TolerationOpEqual, Value: "batch", Effect: corev1.TaintEffectNoSchedule}}
	}
	return pod
}
