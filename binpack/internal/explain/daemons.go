package explain

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// daemonRoom is the hurdle of the daemons, which must fit on the node before any
// pod does. No change of the pod or the pool makes them smaller.
func (q *question) daemonRoom() hurdle {
	return hurdle{
		passes: func(o int) bool { return q.offers.list[o].Limit != 0 || q.supply.DaemonsFit(&q.offers.list[o]) },
		blames: func(offers []int) stop {
			for _, o := range byPrice(q.offers, offers) {
				if s, found := q.offers.misfit(o); found {
					return s
				}
			}
			return stop{binpack.InsufficientResources, binpack.Detail{Path: "DaemonPods", Rule: "two of them claim one port of the nodes that would hold it"}}
		},
	}
}

// byPrice returns the offers, the dearest first: those that should hold most.
func byPrice(of *offers, list []int) []int {
	return slices.SortedStableFunc(slices.Values(list), func(a, b int) int { return int(min(max(of.list[b].Price()-of.list[a].Price(), -1), 1)) })
}

// misfit returns the daemon that takes most of a resource that the daemons of an offer
// ask too much of, and whether there is one.
func (f *offers) misfit(offer int) (stop, bool) {
	o := &f.list[offer]
	for _, d := range f.supply.ProfileOf(o).Daemons {
		for _, name := range slices.Sorted(maps.Keys(f.supply.Daemons[d].Requests)) {
			room, limited := o.Allocatable(name)
			total := f.daemonsTake(offer, string(name))
			if !limited || total.Cmp(room) <= 0 {
				continue
			}
			d := f.largest(offer, string(name))
			asked, best := quantity.Of(name, quantity.Nano(f.supply.Daemons[d].Requests[name])), quantity.Of(name, room)
			return stop{binpack.InsufficientResources, binpack.Detail{
				Path: daemonPath(d), Rule: f.daemonName(d), Resource: string(name), Asked: &asked, Best: &best, Offering: o.Name(),
			}}, true
		}
	}
	return stop{}, false
}

// daemonsTake returns what the daemons of an offer ask of a resource together.
func (f *offers) daemonsTake(offer int, name string) *big.Int {
	total := new(big.Int)
	for _, d := range f.supply.ProfileOf(&f.list[offer]).Daemons {
		total.Add(total, quantity.Nano(f.supply.Daemons[d].Requests[corev1.ResourceName(name)]))
	}
	return total
}

// largest returns the daemon of an offer that asks for most of a resource; -1: none does.
func (f *offers) largest(offer int, name string) int {
	best := -1
	for _, d := range f.supply.ProfileOf(&f.list[offer]).Daemons {
		asked := quantity.Nano(f.supply.Daemons[d].Requests[corev1.ResourceName(name)])
		if asked.Sign() > 0 && (best < 0 || asked.Cmp(quantity.Nano(f.supply.Daemons[best].Requests[corev1.ResourceName(name)])) > 0) {
			best = d
		}
	}
	return best
}

// byDaemons returns which daemon takes most of a resource that would suffice on an offer
// without its daemons; "": none would.
func (f *offers) byDaemons(asked *big.Int, name string, offer int) string {
	d := f.largest(offer, name)
	if room, limited := f.list[offer].Allocatable(corev1.ResourceName(name)); d < 0 || !limited || asked.Cmp(room) > 0 {
		return ""
	}
	own := quantity.Of(corev1.ResourceName(name), quantity.Nano(f.supply.Daemons[d].Requests[corev1.ResourceName(name)]))
	return fmt.Sprintf("%s takes %s there", f.daemonName(d), own.String())
}

func daemonPath(d int) string { return fmt.Sprintf("DaemonPods[%d]", d) }

// daemonName names a daemon, and its priority where it has one of its own.
func (f *offers) daemonName(d int) string {
	pod := f.supply.Daemons[d].Pod
	text := "daemon " + kube.Name(pod)
	if pod.Spec.Priority != nil {
		text += fmt.Sprintf(", of priority %d,", *pod.Spec.Priority)
	}
	return text
}

// crew is the hurdle of rules between the pod and the daemons of the node, which are
// there first.
func (q *question) crew() hurdle {
	kind := &q.c.Kinds[q.k]
	return hurdle{
		passes: func(o int) bool { return !kind.Repels(q.offers.list[o].Profile) },
		blames: func(offers []int) stop {
			daemons := q.supply.ProfileOf(&q.offers.list[offers[0]]).Daemons
			for _, d := range daemons {
				peer := q.supply.Daemons[d].Peer
				if peer == nil {
					continue
				}
				for _, c := range q.c.Conflicts(kind.Pod, peer) {
					path := c.Path
					if c.Theirs {
						path = daemonPath(d) + "." + path
					}
					return stop{binpack.PodAntiAffinity, binpack.Detail{Path: path, Rule: q.offers.daemonName(d) + " runs on each node"}}
				}
			}
			reason, path := kube.AmongPods(kind.Pod)
			return stop{binpack.Reason(reason), binpack.Detail{Path: path, Rule: "daemons of each node count"}}
		},
	}
}

// Notes returns what is to be said of the daemons of a problem.
func Notes(r *compile.Reading) []binpack.Note {
	var out []binpack.Note
	for d := range r.Supply.Daemons {
		daemon := &r.Supply.Daemons[d]
		name := "daemon " + kube.Name(daemon.Pod)
		if path, fault := supply.PlainDaemon(daemon.Pod); path != "" {
			text := "is not modelled"
			if fault != nil {
				text = fault.Error()
			}
			out = append(out, binpack.Note{Path: daemonPath(d) + "." + path, Text: text + ": where " + name + " may run its requests count, and nothing else of it"})
		}
		if keys := unknownKeys(r, d); len(keys) > 0 {
			out = append(out, binpack.Note{Path: daemonPath(d), Text: name + " selects by " + strings.Join(keys, ", ") + ", but no new node is known to have such a label: it is taken to run on none"})
		}
	}
	return out
}

// unknownKeys returns the label keys that a daemon needs of its nodes and that no new node
// is known to have, where it runs on none.
func unknownKeys(r *compile.Reading, daemon int) []string {
	known, some := map[string]bool{}, false
	for i := range r.Supply.Offers {
		o := &r.Supply.Offers[i]
		if o.Existing != nil {
			continue
		}
		p := r.Supply.ProfileOf(o)
		if slices.Contains(p.Daemons, daemon) {
			return nil
		}
		some = true
		for key := range p.Node.Labels {
			known[nodelabel.Canonical(key)] = true
		}
	}
	if !some {
		return nil
	}
	return slices.DeleteFunc(r.Supply.Daemons[daemon].Rules.Node.NeededKeys(), func(key string) bool { return known[nodelabel.Canonical(key)] })
}
