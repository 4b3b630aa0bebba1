package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/catalog"
)

// A halcyon is a cloud that starts nothing: a market with a quota, a share of launches
// that fail, and a ledger of every machine that there ever was.
type halcyon struct {
	market    launchtest.Market
	spotCores int64         // quota: cores of Spot machines at a time
	failing   float64       // share of requests that fail
	boot      time.Duration // from the launch until the node joins
	stuck     int           // of this number of machines one never joins; 0: all join
	clock     func() time.Time

	mu       sync.Mutex
	machines []*machine
	requests int
}

// A machine is an entry of the ledger.
type machine struct {
	Instance
	token  string
	node   *corev1.Node // as it joins
	joined bool
	ended  bool
}

// Launch starts what the market has. Asked again with a token that it knows, it answers
// what it answered before.
func (h *halcyon) Launch(ctx context.Context, r launch.Request) (launch.Result, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests++
	if h.unlucky(r.Token) {
		return launch.Result{Failures: []launch.Failure{{Code: "CAPACITY_EXHAUSTED", Message: "no luck"}}}, nil
	}
	if r.Offering().CapacityType == catalog.Spot {
		cores := r.Node.Status.Capacity.Cpu().Value() * int64(r.Nodes())
		for _, m := range h.machines {
			if !m.ended && m.Offering.CapacityType == catalog.Spot {
				cores += m.node.Status.Capacity.Cpu().Value()
			}
		}
		if cores > h.spotCores {
			return launch.Result{Failures: []launch.Failure{{Code: "QUOTA_EXCEEDED"}}}, nil
		}
	}
	result, err := h.market.Launch(ctx, r)
	l := r.Launches[0]
	for _, i := range result.Instances {
		if slices.ContainsFunc(h.machines, func(m *machine) bool { return m.ID == i.ID }) {
			continue // told again
		}
		m := &machine{token: r.Token, node: r.Node.DeepCopy()}
		m.Instance = Instance{ID: i.ID, Pool: l.Pool, Offering: i.Offering, Labels: l.Labels, Price: l.Price, Started: h.clock()}
		m.node.Name, m.node.Spec.ProviderID = i.ID, fmt.Sprintf("halcyon:///%s/%s", i.Offering.Zone, i.ID)
		m.node.Labels[corev1.LabelHostname] = i.ID
		h.machines = append(h.machines, m)
	}
	return result, err
}

// unlucky draws by the token, so that a run is the same every time.
func (h *halcyon) unlucky(token string) bool {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte("halcyon " + token + " halcyon"))
	return float64(sum.Sum64()>>11)/(1<<53) < h.failing
}

// Instances returns the machines that are paid for.
func (h *halcyon) Instances(context.Context) ([]Instance, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Instance
	for _, m := range h.machines {
		if !m.ended {
			out = append(out, m.Instance)
		}
	}
	return out, nil
}

// End ends a machine.
func (h *halcyon) End(_ context.Context, id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.machines {
		if m.ID == id {
			m.ended = true
		}
	}
	return nil
}

// due returns the machines whose nodes join now.
func (h *halcyon) due() []*machine {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []*machine
	for i, m := range h.machines {
		late := h.stuck > 0 && (i+1)%h.stuck == 0
		if !m.joined && !m.ended && !late && h.clock().Sub(m.Started) >= h.boot {
			m.joined = true
			out = append(out, m)
		}
	}
	return out
}
