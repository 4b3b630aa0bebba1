package translate

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// A Reader makes questions of requests.
type Reader struct {
	Prices  *Prices
	Daemons []*corev1.Pod
	Balance bool // --balance-similar-node-groups
	Round   int  // --max-nodes-per-scaleup; 0: no limit
}

// A Question is a request as a chooser reads it.
type Question struct {
	Setting estimate.Setting
	Options []estimate.Growth
	Pods    int

	Unpriced []Note // groups without a price, which are set aside
	Faulty   []Note // templates, options and pods that cannot be read, which are set aside
}

// A Note says what is wrong with a thing.
type Note struct {
	What string
	Err  error
}

func (n Note) String() string { return n.What + ": " + n.Err.Error() }

// ErrNothing says that a request has no option that can be judged.
var ErrNothing = errors.New("no option can be judged")

// Read makes a question of a request. The error, an ErrNothing, says why there is none.
func (r *Reader) Read(req *wire.Request) (*Question, error) {
	if len(req.Options) == 0 {
		return nil, fmt.Errorf("%w: there are no options", ErrNothing)
	}
	q := &Question{Setting: estimate.Setting{Daemons: r.Daemons, Balance: r.Balance, Round: r.Round}}
	group := q.groups(r.Prices, req.Nodes)
	pods, in := q.pods(req.Options)
	q.kinds(pods, in, req.Options, group)
	if len(q.Options) == 0 {
		return nil, fmt.Errorf("%w: %d options, %d groups without a price%s, %d faults%s", ErrNothing,
			len(req.Options), len(q.Unpriced), example(q.Unpriced), len(q.Faulty), example(q.Faulty))
	}
	return q, nil
}

func example(notes []Note) string {
	if len(notes) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", notes[0])
}

// groups reads the templates that have a price, and returns the index of each by id.
func (q *Question) groups(prices *Prices, nodes map[string][]byte) map[string]int {
	group := make(map[string]int)
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		node := new(corev1.Node)
		if err := node.Unmarshal(nodes[id]); err != nil {
			q.Faulty = append(q.Faulty, Note{"template of " + id, err})
			continue
		}
		price, err := prices.Of(id, node)
		if err != nil {
			q.Unpriced = append(q.Unpriced, Note{id, err})
			continue
		}
		g := estimate.Group{ID: id, Node: node, Price: price}
		if err := checkGroup(g); err != nil {
			q.Faulty = append(q.Faulty, Note{"template of " + id, err})
			continue
		}
		group[id] = len(q.Setting.Groups)
		q.Setting.Groups = append(q.Setting.Groups, g)
	}
	return group
}

func checkGroup(g estimate.Group) error {
	if len(g.Node.Status.Allocatable) == 0 {
		return errors.New("status.allocatable: is empty")
	}
	return Problem(estimate.Setting{Groups: []estimate.Group{g}}, []int{0}).Validate()
}

// pods reads each pod once, however many options name it, and returns for each option
// the indices of its pods; -1: it cannot be read.
func (q *Question) pods(options []wire.Option) (pods []*corev1.Pod, in [][]int) {
	known := make(map[string]int)
	in = make([][]int, len(options))
	for i := range options {
		for _, raw := range options[i].Pods {
			at, ok := known[string(raw)]
			if !ok {
				at = -1
				pod := new(corev1.Pod)
				if err := pod.Unmarshal(raw); err != nil {
					q.Faulty = append(q.Faulty, Note{fmt.Sprintf("a pod of %s", options[i].Group), err})
				} else {
					at = len(pods)
					pods = append(pods, pod)
				}
				known[string(raw)] = at
			}
			in[i] = append(in[i], at)
		}
	}
	return pods, in
}

// kinds makes kinds of pods, sets aside those that are not valid, and states the options
// in them.
func (q *Question) kinds(pods []*corev1.Pod, in [][]int, options []wire.Option, group map[string]int) {
	q.Pods = len(pods)
	kinds, of := estimate.Kinds(pods)
	at := make([]int, len(kinds))
	all := make([]*corev1.Pod, len(kinds))
	for k := range kinds {
		all[k] = kinds[k].Pod
	}
	faults := check(all...)
	for k := range kinds {
		at[k] = -1
		if err := faults[k]; err != nil {
			pod := kinds[k].Pods[0]
			q.Faulty = append(q.Faulty, Note{fmt.Sprintf("pod %s/%s and %d like it", pod.Namespace, pod.Name, kinds[k].Count-1), err})
			continue
		}
		at[k] = len(q.Setting.Kinds)
		q.Setting.Kinds = append(q.Setting.Kinds, kinds[k])
	}
	for i := range options {
		g, ok := group[options[i].Group]
		if !ok {
			continue
		}
		o := estimate.Growth{Group: g, Nodes: int(options[i].Nodes), Pods: make([]int, len(q.Setting.Kinds))}
		for _, pod := range in[i] {
			if pod >= 0 && at[of[pod]] >= 0 {
				o.Pods[at[of[pod]]]++
				o.Count++
			}
		}
		o.Cost = q.Setting.Groups[g].Price * catalog.Price(o.Nodes)
		if o.Nodes <= 0 || o.Count == 0 {
			q.Faulty = append(q.Faulty, Note{"option " + options[i].Group, fmt.Errorf("%d nodes for %d pods", o.Nodes, o.Count)})
			continue
		}
		q.Options = append(q.Options, o)
	}
}
