package launch_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

// A clock is moved by hand.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }
func od(name, zone string) catalog.Key {
	return catalog.Key{InstanceType: name, Zone: zone, CapacityType: catalog.OnDemand}
}
func spot(name, zone string) catalog.Key {
	return catalog.Key{InstanceType: name, Zone: zone, CapacityType: catalog.Spot}
}
func only(k catalog.Key) launch.Pattern { return launch.Pattern{Offering: k} }

func TestPausesDoubleProbesAndDecay(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now}
	k := od("m5.large", "a")
	require.Equal(t, binpack.Unlimited, u.Available(k))
	require.Equal(t, 7, u.Allow(k, 7))

	for _, pause := range []time.Duration{3, 6, 12, 24, 30, 30} {
		u.Mark(only(k))
		u.Mark(only(k)) // of a launch that was under way
		require.Equal(t, c.at.Add(pause*time.Minute), u.Until(k))
		c.pass(pause*time.Minute - 1)
		require.Zero(t, u.Available(k))
		require.Zero(t, u.Allow(k, 5))
		c.pass(1)
		require.Equal(t, 1, u.Available(k), "a probe")
		require.Equal(t, 1, u.Allow(k, 5))
		require.Zero(t, u.Allow(k, 5), "it is under way")
	}
	for range 2 { // 6 failures: 3, 1
		u.Succeed(k)
		require.Equal(t, 1, u.Available(k))
	}
	u.Succeed(k)
	require.Equal(t, binpack.Unlimited, u.Available(k))
	u.Mark(only(k))
	require.Equal(t, c.at.Add(3*time.Minute), u.Until(k), "all is forgotten")
}

func TestProbeWithoutAnswer(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now, First: time.Minute, Most: time.Hour, Probes: 3}
	k := od("m5.large", "a")
	u.Mark(only(k))
	c.pass(time.Minute)
	require.Equal(t, 2, u.Allow(k, 2))
	require.Equal(t, 1, u.Allow(k, 2))
	require.Zero(t, u.Available(k))
	require.Equal(t, c.at.Add(time.Minute), u.Until(k))
	c.pass(time.Minute)
	require.Equal(t, 3, u.Available(k))
}

func TestNothingIsClosedForEver(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now}
	k := od("m5.large", "a")
	u.Pause(launch.Pattern{}, 1000*time.Hour)
	require.Zero(t, u.Available(k))
	c.pass(launch.DefaultMost)
	require.Equal(t, 1, u.Available(k))
	c.pass(launch.DefaultMost + 1)
	require.Equal(t, binpack.Unlimited, u.Available(k), "a mark that nobody tries is forgotten")

	u.Mark(only(k))
	c.pass(-1000 * time.Hour) // the clock is set
	require.Zero(t, u.Available(k))
	c.pass(launch.DefaultFirst)
	require.Equal(t, 1, u.Available(k))
}

func TestPatterns(t *testing.T) {
	reserved := catalog.Key{InstanceType: "p5.48xlarge", Zone: "a", CapacityType: catalog.Reserved, ReservationID: "cr-1"}
	all := []catalog.Key{od("m5.large", "a"), od("r5.large", "b"), od("g5.xlarge", "a"), spot("m5.large", "a"), spot("g5.xlarge", "b"), reserved}
	for name, tt := range map[string]struct {
		pattern launch.Pattern
		closed  []bool
	}{
		"offering":      {only(all[0]), []bool{true, false, false, false, false, false}},
		"type":          {only(catalog.Key{InstanceType: "m5.large"}), []bool{true, false, false, true, false, false}},
		"zone":          {only(catalog.Key{Zone: "a"}), []bool{true, false, true, true, false, true}},
		"capacity type": {only(catalog.Key{CapacityType: catalog.Spot}), []bool{false, false, false, true, true, false}},
		"reservation":   {only(catalog.Key{ReservationID: "cr-1"}), []bool{false, false, false, false, false, true}},
		"quota group":   {launch.Pattern{QuotaGroup: "On-Demand Standard"}, []bool{true, true, false, false, false, false}},
		"group in zone": {launch.Pattern{Offering: catalog.Key{Zone: "b"}, QuotaGroup: "On-Demand Standard"}, []bool{false, true, false, false, false, false}},
		"subnet":        {launch.Pattern{Offering: catalog.Key{Zone: "b"}, Subnet: "subnet-1"}, []bool{false, true, false, false, true, false}},
		"everything":    {launch.Pattern{}, []bool{true, true, true, true, true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			u := &launch.UnavailableOfferings{Clock: newClock().now}
			u.Mark(tt.pattern)
			for i, k := range all {
				require.Equal(t, tt.closed[i], u.Available(k) == 0, "%+v", k)
			}
			u.Clear(tt.pattern)
			for _, k := range all {
				require.Equal(t, binpack.Unlimited, u.Available(k))
			}
		})
	}
}

func TestZoneIsOpenWhileOneSubnetIs(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now, Subnets: map[string][]string{"a": {"s1", "s2"}}}
	in := func(subnet string) launch.Pattern {
		return launch.Pattern{Offering: catalog.Key{Zone: "a"}, Subnet: subnet}
	}
	u.Mark(in("s1"))
	require.Equal(t, binpack.Unlimited, u.Available(od("m5.large", "a")))
	c.pass(time.Minute)
	u.Mark(in("s2"))
	require.Zero(t, u.Available(od("m5.large", "a")))
	require.Equal(t, binpack.Unlimited, u.Available(od("m5.large", "b")))
	c.pass(2 * time.Minute)
	require.Equal(t, 1, u.Available(od("m5.large", "a")), "s1 may be tried")
}

func TestZonalShift(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now}
	shift := only(catalog.Key{Zone: "a"})
	u.Pause(shift, 12*time.Hour)
	u.Pause(shift, time.Hour)
	u.Mark(shift)
	c.pass(12*time.Hour - 1)
	require.Zero(t, u.Available(od("m5.large", "a")))
	require.Equal(t, binpack.Unlimited, u.Available(od("m5.large", "b")))
	u.Clear(shift)
	require.Equal(t, binpack.Unlimited, u.Available(od("m5.large", "a")))
}

func TestSaveAndRestore(t *testing.T) {
	c := newClock()
	u := &launch.UnavailableOfferings{Clock: c.now}
	u.Mark(only(od("m5.large", "a")))
	u.Mark(launch.Pattern{QuotaGroup: "Spot Standard"})
	u.Mark(launch.Pattern{Offering: catalog.Key{Zone: "b"}, Subnet: "s1"})
	saved, err := json.Marshal(u)
	require.NoError(t, err)

	v := &launch.UnavailableOfferings{Clock: c.now}
	require.NoError(t, json.Unmarshal(saved, v))
	for _, k := range []catalog.Key{od("m5.large", "a"), od("m5.large", "b"), spot("m5.large", "c"), od("m5.large", "c")} {
		require.Equal(t, u.Available(k), v.Available(k))
		require.Equal(t, u.Until(k), v.Until(k))
	}
	again, err := json.Marshal(v)
	require.NoError(t, err)
	require.JSONEq(t, string(saved), string(again))

	for _, bad := range []string{`{}`, `[{"failures":0,"pause":"1m"}]`, `[{"failures":1,"pause":"-1m"}]`, `[{"failures":1,"pause":"9999h"}]`, `[{"failures":1}]`} {
		require.Error(t, json.Unmarshal([]byte(bad), v), bad)
		require.Zero(t, v.Available(od("m5.large", "a")), "the memory is as it was")
	}
	require.NoError(t, json.Unmarshal([]byte(`[{"failures":1,"pause":"3m","until":"9999-01-01T00:00:00Z"}]`), v))
	require.Zero(t, v.Available(od("x", "y")))
	c.pass(3 * time.Minute)
	require.Equal(t, 1, v.Available(od("x", "y")), "an end that cannot be is that of a pause that begins")
}

// TestProbesAreAllThatIsAsked holds the promise against any order of events: of
// what is always empty, no more than the probes are attempted between two pauses,
// and pauses are never shorter than the first nor longer than the most.
func TestProbesAreAllThatIsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		probes := rapid.IntRange(1, 3).Draw(t, "probes")
		u := &launch.UnavailableOfferings{Clock: c.now, Probes: probes}
		k := od("m5.large", "a")
		u.Mark(only(k))
		begun := c.at
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			c.pass(time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second)
			if c.at.Sub(begun) >= launch.DefaultMost && c.at.Sub(begun) <= 2*launch.DefaultMost {
				require.NotZero(t, u.Available(k))
			}
			asked := rapid.IntRange(0, 5).Draw(t, "asked")
			n := u.Allow(k, asked)
			if c.at.Sub(begun) < launch.DefaultFirst {
				require.Zero(t, n)
			}
			if c.at.Sub(begun) <= launch.DefaultMost {
				require.LessOrEqual(t, n, probes)
			}
			for range n {
				u.Mark(only(k))
				begun = c.at
			}
			if n > 0 {
				require.Zero(t, u.Available(k))
			}
		}
	})
}

func TestMemoryIsSafe(t *testing.T) {
	u := &launch.UnavailableOfferings{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			k := od("m5.large", string(rune('a'+i%3)))
			for range 50 {
				u.Mark(only(k))
				u.Allow(k, 3)
				u.Succeed(k)
				u.Available(k)
				u.Pause(only(k), time.Minute)
				_, err := json.Marshal(u)
				if err != nil {
					t.Error(err)
				}
				u.Clear(only(k))
			}
		}()
	}
	wg.Wait()
}

func TestAvailabilityComposes(t *testing.T) {
	k, o := od("m5.large", "a"), od("r5.large", "a")
	all := launch.All(
		nil,
		launch.Counts{k: 3, o: -1},
		launch.Func(func(k catalog.Key) int { return len(k.InstanceType) }),
		launch.Without{{Zone: "b"}},
		launch.Only{{InstanceType: "m5.large"}, {Zone: "a"}},
	)
	require.Equal(t, 3, all.Available(k))
	require.Zero(t, all.Available(o))
	require.Zero(t, all.Available(od("m5.large", "b")))
	require.Zero(t, all.Available(od("c5.large", "c")))
	require.Equal(t, 8, all.Available(od("m5.large", "c")))
	require.Equal(t, binpack.Unlimited, launch.All().Available(k))
}
