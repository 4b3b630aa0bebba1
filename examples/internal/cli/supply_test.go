package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

func TestRegionOf(t *testing.T) {
	for zone, want := range map[string]string{
		"eu-west-1a": "eu-west-1", "us-gov-east-1b": "us-gov-east-1", "us-west-2-lax-1a": "us-west-2", "ap-southeast-5c": "ap-southeast-5",
		"us-east-1-wl1-bos-wlz-1": "us-east-1", "zone": "", "": "",
	} {
		require.Equal(t, want, RegionOf(zone), zone)
	}
}

func write(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestReplace(t *testing.T) {
	const box = "currency: EUR\ntypes: [{name: box, capacity: {cpu: 8}, prices: {owned: 0.05}}]"
	own := catalog.Catalog{{Name: "own"}}
	c := New("test", "")
	var stderr bytes.Buffer

	p := binpack.Problem{Catalog: own}
	_, err := (&Supply{}).Replace(&p, c, &stderr)
	require.NoError(t, err)
	require.Equal(t, own, p.Catalog, "no flag, nothing replaced")

	_, err = (&Supply{types: write(t, box)}).Replace(&p, c, &stderr)
	require.NoError(t, err)
	require.Equal(t, "box", p.Catalog[0].Name)
	require.Equal(t, "test: prices are in EUR\n", stderr.String())

	p.Pools = []binpack.Pool{{Name: "own", Catalog: own}}
	_, err = (&Supply{types: write(t, box)}).Replace(&p, c, &stderr)
	require.ErrorContains(t, err, "pool own has instance types of its own")
	p.Pools = nil
	_, err = (&Supply{types: write(t, "types: [5]")}).Replace(&p, c, &stderr)
	require.ErrorContains(t, err, "file: line 1: types[0]: there is a number")
	_, err = (&Supply{types: write(t, "[5]")}).Replace(&p, c, &stderr)
	require.ErrorContains(t, err, "file: line 1, column 2: [0]")
	_, err = (&Supply{spot: write(t, "{}"), Region: "us-east-1"}).Replace(&p, c, &stderr)
	require.ErrorContains(t, err, "file: line 1, column 2: there is no SpotPriceHistory here")
	_, err = (&Supply{offers: "nowhere"}).Replace(&p, c, &stderr)
	require.ErrorContains(t, err, "open nowhere")
}
