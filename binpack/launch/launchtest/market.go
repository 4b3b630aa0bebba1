package launchtest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// A Market is a Launcher that starts nothing: it answers as a market would that has a
// limited number of some offerings. It is for tests, and to see what a fallback does. It
// must not be copied.
type Market struct {
	Offerings []MarketEntry

	mu      sync.Mutex
	sold    map[int]int // launches of each entry
	answers map[string]launch.Result
	nodes   int
}

// A MarketEntry says what there is of the offerings that it matches. Of a Market's
// entries the first that matches an offering decides; what none matches can always
// be launched.
type MarketEntry struct {
	InstanceType string               `json:"instanceType,omitempty"` // "": each
	Zone         string               `json:"zone,omitempty"`         // "": each
	CapacityType catalog.CapacityType `json:"capacityType,omitempty"` // "": each
	Left         int                  `json:"left"`                   // launches that succeed, of all that it matches together
	Error        string               `json:"error,omitempty"`        // what every further one is answered; "": InsufficientInstanceCapacity
}

func (e MarketEntry) matches(k catalog.Key) bool {
	return catalog.Key{InstanceType: e.InstanceType, Zone: e.Zone, CapacityType: e.CapacityType}.Matches(k)
}

// Launch sells as many nodes as there are. A token that it knows gets the answer that
// it got before.
func (m *Market) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, again := m.answers[r.Token]; again && len(before.Instances) > 0 {
		return before, nil
	}
	var result launch.Result
	n := r.Nodes()
	for i, e := range m.Offerings {
		if !e.matches(r.Offering()) {
			continue
		}
		if left := max(e.Left-m.sold[i], 0); left < n {
			n = left
			result.Failures = []launch.Failure{{Offering: r.Offering(), Code: cmp.Or(e.Error, "InsufficientInstanceCapacity")}}
		}
		if m.sold == nil {
			m.sold = map[int]int{}
		}
		m.sold[i] += n
		break
	}
	for range n {
		m.nodes++
		result.Instances = append(result.Instances, launch.Instance{ID: fmt.Sprintf("i-%d", m.nodes), Offering: r.Offering()})
	}
	if m.answers == nil {
		m.answers = map[string]launch.Result{}
	}
	m.answers[r.Token] = result
	return result, nil
}

// UnmarshalJSON reads {"offerings": [...]}.
func (m *Market) UnmarshalJSON(data []byte) error {
	var file struct {
		Offerings []MarketEntry `json:"offerings"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return err
	}
	for i, e := range file.Offerings {
		if e.Left < 0 {
			return fmt.Errorf("offerings[%d].left: %d is negative", i, e.Left)
		}
	}
	m.Offerings = file.Offerings
	return nil
}
