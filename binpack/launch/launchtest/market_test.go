package launchtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/catalog"
)

// One node of c5.xlarge is left, in whatever zone; there is enough of everything else.
func ExampleMarket() {
	market := &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge", Left: 1}}}
	want := binpack.Launch{Count: 3, Offering: catalog.Key{InstanceType: "c5.xlarge", Zone: "a"}}
	answer, _ := market.Launch(context.Background(), launch.Request{Token: "1", Launches: []binpack.Launch{want}})
	fmt.Println(len(answer.Instances), answer.Failures[0].Code)
	// Output: 1 InsufficientInstanceCapacity
}

func TestMarketFiles(t *testing.T) {
	var m launchtest.Market
	require.NoError(t, json.Unmarshal([]byte(`{"offerings": [{"zone": "a", "left": 2, "error": "Unsupported"}]}`), &m))
	require.Equal(t, []launchtest.MarketEntry{{Zone: "a", Left: 2, Error: "Unsupported"}}, m.Offerings)
	require.ErrorContains(t, json.Unmarshal([]byte(`{"offerings": [{"left": -1}]}`), &m), "offerings[0].left: -1 is negative")
	require.ErrorContains(t, json.Unmarshal([]byte(`{"offers": []}`), &m), "unknown field")
}

// TestTokens: asked again by the same token, a market that sold starts nothing more.
func TestTokens(t *testing.T) {
	var m launchtest.Market
	r := launch.Request{Token: "1", Launches: []binpack.Launch{{Count: 2}, {}}}
	first, err := m.Launch(context.Background(), r)
	require.NoError(t, err)
	require.Len(t, first.Instances, 3)
	again, err := m.Launch(context.Background(), r)
	require.NoError(t, err)
	require.Equal(t, first, again)
	r.Token = "2"
	other, err := m.Launch(context.Background(), r)
	require.NoError(t, err)
	require.NotEqual(t, first.Instances[0].ID, other.Instances[0].ID)
}
