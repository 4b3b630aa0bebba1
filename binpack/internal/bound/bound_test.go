package bound

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// inflate is n pods of one kind, and nodes that hold 3, 6, 14 and 13 of them.
func inflate(n int64) *Instance {
	in := &Instance{Kinds: []Kind{{Count: n, Values: []int64{1}, Requests: []int64{1}}}}
	for _, b := range [][2]int64{{3, 85}, {6, 96}, {14, 126}, {13, 192}} {
		in.Nodes = append(in.Nodes, Node{Price: b[1], Capacity: []int64{b[0]}, Admits: []bool{true}, Limit: Unlimited})
	}
	return in
}

func evaluated(t *testing.T, in *Instance) LowerBound {
	t.Helper()
	price, err := Evaluate(context.Background(), in, 100, math.MaxInt64)
	require.NoError(t, err)
	return price
}

func TestEvaluateOneKind(t *testing.T) {
	for n, want := range map[int64]int64{
		0: 0, 1: 85, 3: 85, 4: 96, 5: 96, 7: 126, 14: 126, 15: 211, 50: 504, 200: 1860, 1_000_000: 9_000_054,
	} {
		require.Equal(t, LowerBound{Least: want}, evaluated(t, inflate(n)), "%d pods", n)
	}
}

// TestEvaluateOneKindOnManyNodes is exact where the values are too many for
// the grid: the bound meets the best of all ways to use at most two kinds of
// nodes, which is a plan.
func TestEvaluateOneKindOnManyNodes(t *testing.T) {
	const n = 1_000_003
	in := &Instance{Kinds: []Kind{{Count: n, Values: []int64{1}, Requests: []int64{1}}}}
	for k := int64(3); k < 737; k += 4 {
		in.Nodes = append(in.Nodes, Node{Price: 1_000*k + 37*(k%11), Capacity: []int64{k}, Admits: []bool{true}, Limit: Unlimited})
	}
	plan := int64(math.MaxInt64)
	for _, a := range in.Nodes {
		for _, b := range in.Nodes {
			for y := range int64(200) {
				rest := max(n-y*b.Capacity[0], 0)
				plan = min(plan, y*b.Price+(rest+a.Capacity[0]-1)/a.Capacity[0]*a.Price)
			}
		}
	}
	require.Equal(t, LowerBound{Least: plan}, evaluated(t, in))
}

// TestEvaluateOneCutOfFineValues: one cut by itself counts values in steps, and takes
// 45 nodes for enough. As a program over nodes it proves that three of them are dearer.
func TestEvaluateOneCutOfFineValues(t *testing.T) {
	large, less, little := int64(374_280_320_369), int64(374_078_122_954), int64(202_197_414)
	all, some := []bool{true, true, true, true, true}, []bool{false, true, true, true, true}
	in := &Instance{
		Kinds: []Kind{
			{Count: 12, Values: []int64{0}, Requests: []int64{2, 0, 1, 0, 0}},
			{Count: 28, Values: []int64{large}, Requests: []int64{1, 128, 0, 0, 1}, PerNode: 1},
			{Count: 13, Values: []int64{less}, Requests: []int64{1, 16, 0, 1, 1}, PerNode: 1},
			{Count: 18, Values: []int64{little}, Requests: []int64{1, 375, 0, 0, 0}, PerNode: 1},
			{Count: 6, Values: []int64{large}, Requests: []int64{4, 128, 0, 0, 1}, PerNode: 1},
		},
		Nodes: []Node{
			{Price: 1, Capacity: []int64{8, 1024, 0, 1, 1}, Admits: some, Limit: 2},
			{Price: 4, Capacity: []int64{15, 437, 1, 1, 1}, Admits: all, Limit: Unlimited},
			{Price: 5, Capacity: []int64{8, 1024, 0, 1, 1}, Admits: some, Limit: Unlimited},
			{Price: 5, Capacity: []int64{7, 512, 1, 1, 1}, Admits: all, Limit: 2},
		},
	}
	require.Equal(t, LowerBound{Least: 2*1 + 42*4 + 3*5}, evaluated(t, in))
}

func TestEvaluateEdges(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*Instance)
		want  LowerBound
	}{
		"nothing changed":         {func(*Instance) {}, LowerBound{Least: 211}},
		"no nodes":                {func(in *Instance) { in.Nodes = nil }, LowerBound{}},
		"no kinds":                {func(in *Instance) { *in = Instance{} }, LowerBound{}},
		"no values":               {func(in *Instance) { in.Kinds[0].Values[0] = 0 }, LowerBound{}},
		"all may be left":         {func(in *Instance) { in.Left = []int64{15} }, LowerBound{}},
		"one may be left":         {func(in *Instance) { in.Left = []int64{1} }, LowerBound{Least: 126}},
		"no room":                 {func(in *Instance) { in.Kinds[0].Requests[0] = 15 }, LowerBound{}},
		"no requests":             {func(in *Instance) { in.Kinds[0].Requests[0] = 0 }, LowerBound{Least: 85}},
		"room without end":        {func(in *Instance) { in.Nodes[3].Capacity[0] = Unlimited }, LowerBound{Least: 192}},
		"a free node":             {func(in *Instance) { in.Nodes[0].Price = 0 }, LowerBound{}},
		"two free nodes":          {func(in *Instance) { in.Nodes[0].Price, in.Nodes[0].Limit = 0, 2 }, LowerBound{Least: 126}},
		"one launch of each":      {func(in *Instance) { limitAll(in, 1) }, LowerBound{Least: 211}},
		"too few launches":        {func(in *Instance) { limitAll(in, 1); in.Kinds[0].Count = 37 }, LowerBound{Infeasible: true}},
		"a cap of one launch":     {func(in *Instance) { capAll(in, 1) }, LowerBound{Infeasible: true}},
		"a cap of two launches":   {func(in *Instance) { capAll(in, 2) }, LowerBound{Least: 211}},
		"a cap that binds by use": {func(in *Instance) { capAll(in, 3); in.Nodes[2].Uses[0].Amount = 2 }, LowerBound{Least: 211}},
		"a cap that bars a node":  {func(in *Instance) { capAll(in, 3); in.Nodes[2].Uses[0].Amount = 4 }, LowerBound{Least: 277}},
		"large values":            {func(in *Instance) { in.Kinds[0].Values[0] = math.MaxInt64 / 64 }, LowerBound{Least: 211}},
		"large prices": {func(in *Instance) {
			for b := range in.Nodes {
				in.Nodes[b].Price *= 1 << 50
			}
		}, LowerBound{Least: 211 << 50}},
	} {
		t.Run(name, func(t *testing.T) {
			in := inflate(15)
			test.spoil(in)
			require.Equal(t, test.want, evaluated(t, in))
		})
	}
}

func limitAll(in *Instance, n int64) {
	for b := range in.Nodes {
		in.Nodes[b].Limit = n
	}
}

func capAll(in *Instance, n int64) {
	in.Caps = []int64{n}
	for b := range in.Nodes {
		in.Nodes[b].Uses = []Use{{Cap: 0, Amount: 1}}
	}
}

func TestMostPlaced(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*Instance)
		want  int64
	}{
		"all":                 {func(*Instance) {}, 100},
		"one launch of each":  {func(in *Instance) { limitAll(in, 1) }, 36},
		"two launches":        {func(in *Instance) { capAll(in, 2) }, 28},
		"a cap by use":        {func(in *Instance) { capAll(in, 5); in.Nodes[2].Uses[0].Amount = 2; in.Nodes[3].Limit = 1 }, 41},
		"no nodes":            {func(in *Instance) { in.Nodes = nil }, 0},
		"values do not count": {func(in *Instance) { in.Kinds[0].Values[0] = 0; limitAll(in, 1) }, 36},
	} {
		t.Run(name, func(t *testing.T) {
			in := inflate(100)
			test.spoil(in)
			most, err := MostPlaced(context.Background(), in)
			require.NoError(t, err)
			require.Equal(t, test.want, most)
		})
	}
}

func TestEvaluateRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Instance){
		"negative count":     func(in *Instance) { in.Kinds[0].Count = -1 },
		"negative value":     func(in *Instance) { in.Kinds[0].Values[0] = -1 },
		"negative request":   func(in *Instance) { in.Kinds[0].Requests[0] = -1 },
		"negative price":     func(in *Instance) { in.Nodes[0].Price = -1 },
		"negative capacity":  func(in *Instance) { in.Nodes[0].Capacity[0] = -1 },
		"negative limit":     func(in *Instance) { in.Nodes[0].Limit = -1 },
		"negative cap":       func(in *Instance) { in.Caps = []int64{-1} },
		"negative left":      func(in *Instance) { in.Left = []int64{-1} },
		"unknown cap":        func(in *Instance) { in.Nodes[0].Uses = []Use{{Cap: 1, Amount: 1}} },
		"too few capacities": func(in *Instance) { in.Nodes[0].Capacity = nil },
		"too few kinds":      func(in *Instance) { in.Nodes[0].Admits = nil },
		"too large a value":  func(in *Instance) { in.Kinds[0].Values[0] = 1 << 60 },
		"too large a count":  func(in *Instance) { in.Kinds[0].Count = 1 << 62 },
	} {
		t.Run(name, func(t *testing.T) {
			in := inflate(15)
			spoil(in)
			_, err := Evaluate(context.Background(), in, 100, math.MaxInt64)
			require.Error(t, err)
		})
	}
}

func TestEvaluateEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Evaluate(ctx, inflate(15), 100, math.MaxInt64)
	require.ErrorIs(t, err, context.Canceled)
}
