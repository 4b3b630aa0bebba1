package pricing_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
	"github.com/stowage/stowage/pricing"
)

// machine is a type with cpu cores in a zone as Spot.
func machine(cpu string) pricing.Offer {
	o := offer(key("m", "a"))
	o.Type.Labels = map[string]string{"family": "m5", "size": "4"}
	o.Type.Capacity = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	return o
}

func in(key string, values ...string) pricing.Selection {
	return pricing.Selection{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}}
}

func usd(s string) catalog.Price {
	p, err := catalog.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return p
}

func TestLayers(t *testing.T) {
	rate := func(n int64) func(catalog.Key) int64 { return func(catalog.Key) int64 { return n } }
	for _, test := range []struct {
		what  string
		layer pricing.Layer
		from  string
		want  string
	}{
		{"discount", pricing.Adjustment{Name: "d", Change: "-10%"}, "0.096", "0.0864"},
		{"a third of a billionth", pricing.Adjustment{Name: "d", Change: "-33.333333333%"}, "0.000000001", "0.000000001"},
		{"half a billionth goes to the even one", pricing.Adjustment{Name: "d", Change: "+50%"}, "0.000000001", "0.000000001"},
		{"and up where that is even", pricing.Adjustment{Name: "d", Change: "+50%"}, "0.000000003", "0.000000005"},
		{"surcharge", pricing.Adjustment{Name: "d", Change: "+15%"}, "0.2", "0.23"},
		{"all off", pricing.Adjustment{Name: "d", Change: "-100%"}, "0.2", "0"},
		{"more than all off", pricing.Adjustment{Name: "d", Change: "-7.50"}, "0.2", "0"},
		{"less an amount", pricing.Adjustment{Name: "d", Change: "-.05"}, "0.2", "0.15"},
		{"another price", pricing.Adjustment{Name: "d", Change: "5.00"}, "0.2", "5"},
		{"of another family", pricing.Adjustment{Name: "d", Change: "-10%", Of: in("family", "c5")}, "0.2", "0.2"},
		{"of this family", pricing.Adjustment{Name: "d", Change: "-10%", Of: in("family", "m5")}, "0.2", "0.18"},
		{"of sizes from 4", pricing.Adjustment{Name: "d", Change: "-10%", Of: pricing.Selection{{Key: "size", Operator: "Gte", Values: []string{"4"}}}}, "0.2", "0.18"},
		{"licence per vCPU", pricing.PerCPU{Name: "l", Price: usd("0.03")}, "0.2", "0.32"},
		{"licence for others", pricing.PerCPU{Name: "l", Price: usd("0.03"), Of: in("family", "c5")}, "0.2", "0.2"},
		{"floor", pricing.Bounds{Least: usd("0.3")}, "0.2", "0.3"},
		{"ceiling", pricing.Bounds{Most: usd("0.1")}, "0.2", "0.1"},
		{"between", pricing.Bounds{Least: usd("0.1"), Most: usd("0.3")}, "0.2", "0.2"},
		{"bounds for others", pricing.Bounds{Most: usd("0.1"), Of: in("family", "c5")}, "0.2", "0.2"},
		{"interruption: 1000 in a million hours of 1 and an hour's price", pricing.Interruption{PerMillionHours: rate(1000), Cost: catalog.USD, LostMinutes: 60}, "0.2", "0.2012"},
	} {
		q, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): usd(test.from)}}, test.layer).Quote(machine("3500m"))
		require.NoError(t, err, test.what)
		require.Equal(t, test.want, q.Price().String(), test.what)
	}
	onDemand := pricing.Offer{Type: &catalog.InstanceType{Name: "m", Offerings: []catalog.Offering{{CapacityType: catalog.OnDemand}}}}
	step, err := pricing.Interruption{PerMillionHours: rate(5)}.Add(onDemand, 1)
	require.NoError(t, err)
	require.Zero(t, step)
}

func TestLayersRefuse(t *testing.T) {
	for want, layer := range map[string]pricing.Layer{
		`d: "10%" is not a change like "-10%", "+0.004" or "1.2"`: pricing.Adjustment{Name: "d", Change: "10%"},
		`d: "+-1" is not a change`:                                pricing.Adjustment{Name: "d", Change: "+-1"},
		`d: "-+1" is not a change`:                                pricing.Adjustment{Name: "d", Change: "-+1"},
		`d: "" is not a change`:                                   pricing.Adjustment{Name: "d"},
		`d: "-100.1%" takes off more than all`:                    pricing.Adjustment{Name: "d", Change: "-100.1%"},
		`d: Requirements[0]: k: operator "Is" is not known`:       pricing.Adjustment{Name: "d", Change: "+1", Of: pricing.Selection{{Key: "k", Operator: "Is"}}},
		`overlay o: Requirements[0]: has no key`:                  pricing.Overlays{List: []pricing.Overlay{{Name: "o", Of: pricing.Selection{{}}}}},
		`overlay o: "cheap" is not a change`:                      pricing.Overlays{List: []pricing.Overlay{{Name: "o", Change: "cheap"}}},
		"bounds: from 2 to 1 is no range":                         pricing.Bounds{Least: 2 * catalog.USD, Most: catalog.USD},
		"bounds: from -1 to 0 is no range":                        pricing.Bounds{Least: -catalog.USD},
		"interruption: there is no rate":                          pricing.Interruption{},
		"interruption: a rate of -1 is negative":                  pricing.Interruption{PerMillionHours: func(catalog.Key) int64 { return -1 }},
		"d +9223372036: is more than 64 bits hold":                pricing.Adjustment{Name: "d", Change: "+9223372036"},
		"l: is more than 64 bits hold":                            pricing.PerCPU{Name: "l", Price: 9_000_000_000 * catalog.USD},
	} {
		_, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): catalog.USD}}, layer).Quote(machine("4"))
		require.ErrorContains(t, err, want)
	}
}

// Worked examples of https://karpenter.sh/docs/concepts/nodeoverlays/ and of
// Karpenter's design/node-overlay.md.
func TestOverlays(t *testing.T) {
	list := func(o ...pricing.Overlay) pricing.Overlays {
		return pricing.Overlays{List: o, PoolLabels: map[string]string{"karpenter.sh/nodepool": "general"}}
	}
	for _, test := range []struct {
		what    string
		overlay pricing.Overlays
		want    string
	}{
		{"none", list(), "0.1"},
		{"an empty selection is all", list(pricing.Overlay{Name: "a", Change: "+10%"}), "0.11"},
		{"a price", list(pricing.Overlay{Name: "a", Change: "5.00", Of: in("karpenter.sh/capacity-type", "spot")}), "5"},
		{"the highest weight, whatever the order", list(
			pricing.Overlay{Name: "a", Weight: 1, Change: "-10%"}, pricing.Overlay{Name: "b", Weight: 90, Change: "-50%"}, pricing.Overlay{Name: "c", Weight: 10, Change: "0.3"}), "0.05"},
		{"of those that select it", list(
			pricing.Overlay{Name: "a", Weight: 1, Change: "-10%"}, pricing.Overlay{Name: "b", Weight: 90, Change: "-50%", Of: in("family", "c5")}), "0.09"},
		{"equal weights that do not meet", list(
			pricing.Overlay{Name: "a", Weight: 1, Change: "-10%"}, pricing.Overlay{Name: "b", Weight: 1, Change: "-50%", Of: in("family", "c5")}), "0.09"},
		{"equal weights below the one that counts", list(
			pricing.Overlay{Name: "a", Change: "-10%"}, pricing.Overlay{Name: "b", Change: "-50%"}, pricing.Overlay{Name: "c", Weight: 5, Change: "-20%"}), "0.08"},
		{"by the pool", list(pricing.Overlay{Name: "a", Change: "-10%", Of: in("karpenter.sh/nodepool", "general")}), "0.09"},
		{"by another pool", list(pricing.Overlay{Name: "a", Change: "-10%", Of: in("karpenter.sh/nodepool", "other")}), "0.1"},
		{"by what no node has", list(pricing.Overlay{Name: "a", Change: "-10%", Of: in("team", "x")}), "0.1"},
	} {
		q, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): usd("0.1")}}, test.overlay).Quote(machine("4"))
		require.NoError(t, err, test.what)
		require.Equal(t, test.want, q.Price().String(), test.what)
	}
	_, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): 1}},
		list(pricing.Overlay{Name: "memory-1", Weight: 90, Change: "1"}, pricing.Overlay{Name: "capacity-1", Weight: 90, Change: "2"}, pricing.Overlay{Name: "z", Change: "3"})).Quote(machine("4"))
	require.EqualError(t, err, "overlays memory-1 and capacity-1 both have weight 90 and select it")
}

// The sum of the steps is the price, to the billionth, and the price is what exact
// arithmetic says, rounded step by step.
func TestStepsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := catalog.Price(rapid.Int64Range(0, 1<<40).Draw(t, "list"))
		want := big.NewInt(int64(from))
		var layers []pricing.Layer
		for range rapid.IntRange(0, 6).Draw(t, "layers") {
			share := rapid.Int64Range(0, 100_000_000_000).Draw(t, "share") // billionths of a percent
			text := catalog.Price(share).String()
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				layers = append(layers, pricing.Adjustment{Name: "off", Change: pricing.Change("-" + text + "%")})
				want.Sub(want, rounded(want, share))
			case 1:
				layers = append(layers, pricing.Adjustment{Name: "on", Change: pricing.Change("+" + text + "%")})
				want.Add(want, rounded(want, share))
			case 2:
				layers = append(layers, pricing.Overlays{List: []pricing.Overlay{{Name: "price", Change: pricing.Change(text)}}})
				want.SetInt64(share)
			case 3:
				layers = append(layers, pricing.PerCPU{Name: "licence", Price: catalog.Price(share)})
				want.Add(want, big.NewInt(4*share))
			case 4:
				layers = append(layers, pricing.Bounds{Least: catalog.Price(share)})
				if want.Cmp(big.NewInt(share)) < 0 {
					want.SetInt64(share)
				}
			}
		}
		q, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): from}}, layers...).Quote(machine("4"))
		require.NoError(t, err)
		sum := catalog.Price(0)
		for _, s := range q.Steps {
			sum += s.Amount
			require.NotEmpty(t, s.Reason)
		}
		require.Equal(t, sum, q.Price())
		require.Equal(t, want.String(), big.NewInt(int64(q.Price())).String())
		require.LessOrEqual(t, len(q.Steps), 1+len(layers))
	})
}

// rounded returns n*share/100%, half way to the even one.
func rounded(n *big.Int, share int64) *big.Int {
	exact := new(big.Rat).SetFrac(new(big.Int).Mul(n, big.NewInt(share)), big.NewInt(100_000_000_000))
	twice := new(big.Rat).Mul(exact, big.NewRat(2, 1))
	floor := new(big.Int).Div(exact.Num(), exact.Denom())
	rest := new(big.Rat).Sub(twice, new(big.Rat).SetInt(new(big.Int).Lsh(floor, 1)))
	if c := rest.Cmp(big.NewRat(1, 1)); c > 0 || c == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}

// No change of any price panics or makes it negative.
func FuzzChange(f *testing.F) {
	for _, c := range []string{"-10%", "+0.004", "1.2", "-100%", "+.5", "--1", "%", "+1e3", "+9223372036%", ""} {
		f.Add(c, int64(96_000_000))
		f.Add(c, int64(math.MaxInt64))
	}
	f.Fuzz(func(t *testing.T, change string, from int64) {
		price := catalog.Price(max(from, 0))
		q, err := pricing.Stack(pricing.Table{Prices: prices{key("m", "a"): price}}, pricing.Adjustment{Name: "x", Change: pricing.Change(change)}).Quote(machine("4"))
		if err == nil {
			require.GreaterOrEqual(t, q.Price(), catalog.Price(0))
		}
	})
}
