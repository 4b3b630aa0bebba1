package handover

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

const (
	maxGiven   = 8                      // nominations of a pod for a node that is held, before the node is released all the same
	maxBinds   = 3                      // bindings of a pod that fail, before it is given up
	lag        = 2 * time.Second        // how far the embedder's cache may be behind
	patience   = 5 * time.Second        // without a pod bound, before the next domain is released
	still      = 500 * time.Millisecond // without a try of kube-scheduler, before nodes are released
	pause      = 250 * time.Millisecond // without one, before nominations that it took back are given again
	stormy     = 4 * time.Second        // after which, and tryTime for each pod, they are released although it still tries
	backOff    = 12 * time.Second       // that it waits at the most before it tries a pod again
	tryTime    = 4 * time.Millisecond
	maxSettles = 10                     // times Driver.Settle that a run takes at the most, once all nodes are there
	retry      = 250 * time.Millisecond // after calls that failed
)

// A run is one call of Driver.Run. All that it remembers makes it faster or the
// account better: a run that knows nothing ends well, too.
type run struct {
	driver  Driver
	task    *task
	kinds   *occupancy.Kinds
	slotsOf [][]int  // by kind
	ids     []string // of all nodes of the task, launches first
	fresh   []string // of the nodes of launches
	before  map[podKey]string

	memories  map[podKey]*memory
	released  map[string]time.Time // by the name of the node
	guard     guard
	began     time.Time // of the wait for nodes
	settling  time.Time // since when nothing but pods is waited for; zero: not yet
	releasing time.Time // when the first nodes were released
	quiet     quiet
	moved     time.Time // when the last pod was bound, as far as is known
	bound     int       // pods of the task that are bound
	stage     stage
	failed    bool // a call failed since the last look
	calls     Calls
}

// A stage is how far the nodes are.
type stage struct {
	shut    bool // all that are held are behind the barrier, or there is none
	ordered bool // the pods that must be bound in order have been
	opened  bool // some are released, or the barrier is gone
}

// A quiet is what is known of when kube-scheduler rests.
type quiet struct {
	stirred time.Time     // when it was last seen to try a pod, or a pod was nominated for a node that is held
	spent   time.Duration // on nominating, and on tries because of placeholders that went, since no node is waited for
	rests   bool          // nominations that were taken back are given again now
}

// stir notes that kube-scheduler is about to try all pods that found no room, and how long
// that takes.
func (q *quiet) stir(now time.Time, tries time.Duration) {
	q.stirred = now
	q.spent += tries
}

// A memory is what a run knows of one pod that the cluster does not show.
type memory struct {
	node   string // that it was last nominated for
	given  int    // nominations
	at     time.Time
	seen   bool      // the cluster has shown the last nomination, or a change since
	again  bool      // the nomination was given again, to bind the pod next
	taken  bool      // kube-scheduler has taken a nomination back, for a node that was released
	before string    // resourceVersion of what was nominated last
	change string    // and of the last change by somebody else: of a try, mostly
	tried  time.Time // when that was seen
	moved  string    // the node that it was given instead of its own
	bound  string    // where the run has bound it
	why    Fate      // and why
	failed int       // bindings that failed
	lost   Fate
	detail string
}

func newRun(d Driver, t *task) *run {
	r := &run{driver: d, task: t, kinds: occupancy.NewKinds(t.handover.Problem), memories: map[podKey]*memory{}, before: map[podKey]string{}, released: map[string]time.Time{}}
	r.slotsOf = make([][]int, len(t.kinds))
	for i, s := range t.slots {
		r.slotsOf[s.kind] = append(r.slotsOf[s.kind], i)
	}
	for _, id := range t.handover.Nodes {
		if id != "" {
			r.ids = append(r.ids, id)
			r.fresh = append(r.fresh, id)
		}
	}
	for _, n := range t.handover.Plan.Nominations {
		if !slices.Contains(r.ids, n.Node.Name) {
			r.ids = append(r.ids, n.Node.Name)
		}
	}
	r.guard = newGuard(r)
	r.stage.shut = r.guard.cluster == nil
	return r
}

func (r *run) memoryOf(pod *corev1.Pod) *memory {
	m := r.memories[occupancy.KeyOf(pod)]
	if m == nil {
		m = &memory{}
		r.memories[occupancy.KeyOf(pod)] = m
	}
	return m
}

// remember notes what v shows.
func (r *run) remember(v *view, now time.Time) {
	bound := 0
	for _, it := range v.items {
		if it.live == nil {
			continue
		}
		if it.live.Spec.NodeName != "" {
			bound++
		}
		at, m := it.live.Status.NominatedNodeName, it.memory
		switch version := it.live.ResourceVersion; {
		case at != "" && at == m.node:
			m.seen = true
		case at == "" && m.node == "" && m.given > 0 && !m.seen: // the run took it back
			m.seen, m.change = true, version
		case m.change != version:
			if m.change != "" && it.waits() {
				r.quiet.stirred, m.tried = now, now
			}
			m.change = version
		case m.given > 0 && m.before != version && now.Sub(m.at) >= pause:
			m.seen = true
		}
	}
	if bound != r.bound || r.moved.IsZero() {
		r.bound, r.moved = bound, now
	}
}

// compareVersions compares resourceVersions: the greater is the later.
//
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
func compareVersions(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// begin notes what was there before the handover.
func (r *run) begin(v *view, now time.Time) {
	for _, it := range v.items {
		if it.live != nil && it.live.Spec.NodeName != "" {
			r.before[occupancy.KeyOf(it.pod)] = it.live.Spec.NodeName
		}
	}
	if r.began = r.task.handover.Began; r.began.IsZero() {
		r.began = now
	}
}

// lost reports whether a node of the task is not there, and is waited for no more.
func (r *run) lost(v *view, id string) bool {
	return id == "" || !r.settling.IsZero() && !v.ready[id]
}

// held reports whether the node has the taint of the handover.
func held(node *corev1.Node) bool { return slices.ContainsFunc(node.Spec.Taints, isHold) }

// world returns the pods of the cluster on its nodes, as far as they are bound.
func (r *run) world(v *view) *occupancy.World {
	r.kinds.Forget(4*len(v.state.Pods) + 1000)
	w := occupancy.New(v.state.Nodes, isHold)
	mine := map[podKey]*item{}
	for _, it := range v.items {
		if it.live != nil {
			w.Know(it.kind)
			mine[occupancy.KeyOf(it.live)] = it
		}
	}
	type on struct {
		kind *occupancy.Kind
		at   *occupancy.Place
	}
	var bound []on
	for _, pod := range v.state.Pods {
		if pod.Namespace == PlaceholderNamespace {
			continue // it is gone before a pod comes
		}
		if it := mine[occupancy.KeyOf(pod)]; it != nil {
			pod = it.live
		}
		at := w.At(pod.Spec.NodeName)
		if at == nil || kube.Terminated(pod) {
			continue
		}
		k := r.kinds.Of(pod)
		if slices.ContainsFunc(k.Rules, func(d kube.DomainRule) bool { return d.Kind == kube.Apart }) {
			w.Know(k)
		}
		bound = append(bound, on{k, at})
	}
	for _, b := range bound {
		w.Add(b.kind, b.at, 1, true)
	}
	return w
}

// Hands make the calls to the cluster.
type hands struct{ run *run }

// each calls f for all n in parallel, begun in their order, waits for all, and returns their
// errors.
func (h hands) each(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	var begun atomic.Int64
	for range min(n, h.run.driver.Parallelism) {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := int(begun.Add(1)) - 1; i < n; i = int(begun.Add(1)) - 1 {
				errs[i] = f(i)
			}
		}()
	}
	all.Wait()
	return errs
}

// nominate nominates pods for nodes; the node "": for none. Thousands take seconds, and
// kube-scheduler is given its time from the last of them on.
func (h hands) nominate(ctx context.Context, list []assignment) {
	began := h.run.driver.Clock()
	errs := h.each(len(list), func(i int) error {
		return h.run.driver.Cluster.Nominate(ctx, list[i].item.live, list[i].node)
	})
	now := h.run.driver.Clock()
	if len(list) > 0 && h.run.releasing.IsZero() {
		h.run.quiet.stirred = now
		if !h.run.settling.IsZero() {
			h.run.quiet.spent += now.Sub(began)
		}
	}
	for i, a := range list {
		m := a.item.memory
		if errs[i] != nil {
			h.run.failed = true
			continue
		}
		h.run.calls.Nominations++
		m.node, m.at, m.seen, m.before = a.node, now, false, a.item.live.ResourceVersion
		m.given++
	}
}

// bind binds pods to nodes, wave by wave. It reports whether all of them are bound:
// after a failure no later wave is.
func (h hands) bind(ctx context.Context, waves [][]assignment) bool {
	for _, wave := range waves {
		errs := h.each(len(wave), func(i int) error {
			return h.run.driver.Cluster.Bind(ctx, wave[i].item.live, wave[i].node)
		})
		good := true
		for i, a := range wave {
			m := a.item.memory
			if errs[i] == nil {
				h.run.calls.Bindings++
				m.bound, m.why = a.node, a.why
				continue
			}
			good, h.run.failed = false, true
			if m.failed++; m.failed >= maxBinds {
				m.lost, m.detail = Refused, errs[i].Error()
			}
		}
		if !good || ctx.Err() != nil {
			return false
		}
	}
	return true
}

// reserve creates placeholders, and nominates others for their nodes.
func (h hands) reserve(ctx context.Context, todo todo, v *view) {
	g := &h.run.guard
	errs := h.each(len(todo.reserve), func(i int) error { return g.cluster.Reserve(ctx, todo.reserve[i].pod.DeepCopy()) })
	now := h.run.driver.Clock()
	for i, p := range todo.reserve {
		if errs[i] != nil {
			h.run.failed = true
			g.failed++
			continue
		}
		h.run.calls.Placeholders++
		p.made, p.cancelled, p.at = true, false, now
	}
	errs = h.each(len(todo.aim), func(i int) error {
		return g.cluster.Nominate(ctx, v.placeholders[todo.aim[i].pod.Name], v.nameOf(todo.aim[i].node))
	})
	for i, p := range todo.aim {
		if p.aimed = now; errs[i] != nil {
			h.run.failed = true
			p.aimed = time.Time{}
		}
	}
}

// cancel deletes placeholders.
func (h hands) cancel(ctx context.Context, list []*placeholder, v *view, now time.Time) {
	errs := h.each(len(list), func(i int) error {
		pod := v.placeholders[list[i].pod.Name]
		if pod == nil {
			pod = list[i].pod
		}
		return h.run.guard.cluster.Cancel(ctx, pod)
	})
	for i, p := range list {
		if errs[i] != nil {
			h.run.failed = true
			continue
		}
		p.cancelled, p.at = true, now
	}
}

func (h hands) release(ctx context.Context, nodes []*corev1.Node, now time.Time) {
	errs := h.each(len(nodes), func(i int) error { return h.run.driver.Cluster.Release(ctx, nodes[i]) })
	for i, err := range errs {
		if err != nil {
			h.run.failed = true
			continue
		}
		h.run.released[nodes[i].Name] = now
		h.run.calls.Releases++
	}
}
