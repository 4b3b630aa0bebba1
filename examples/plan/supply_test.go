package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	awsFiles  = "../../catalog/ec2/testdata/aws/"
	awsPrices = "../../pricing/ec2/testdata/aws/"
	files     = "../../catalog/catalogfile/testdata/"
)

// ireland is what a user in eu-west-1 has after four commands of AWS.
func ireland() []string {
	return []string{"-types", awsFiles + "instance-types.json", "-offerings", awsFiles + "offerings.json", "-spot", awsPrices + "spot.json", "-prices", awsPrices + "products.json"}
}

// Other regions and other clouds are planned on without a line of Go.
func TestSupply(t *testing.T) {
	for name, args := range map[string][]string{
		"ireland.txt": append(ireland(), "-verify", "testdata/ireland.json"),
		"gke.txt":     {"-types", files + "gke.yaml", "-verify", "testdata/gke.json"},
	} {
		out, errs := plan(t, 0, args...)
		require.Empty(t, errs)
		golden(t, name, out)
	}
	out, errs := plan(t, 0, "-types", files+"aks.json", "-verify", "testdata/aks.json")
	require.Equal(t, "plan: prices are in EUR\n", errs)
	golden(t, "aks.txt", out)
}

// What has no price is said.
func TestSupplyWithoutPrices(t *testing.T) {
	_, errs := plan(t, 0, "-offerings", awsFiles+"offerings.json", "-prices", awsPrices+"products.json", "-spot", awsPrices+"spot.json", "testdata/ireland.json")
	require.Equal(t, "plan: 1 offered types are not in the embedded table and are left out (mac2.metal ...): -types has them\n", errs)

	spot := filepath.Join(t.TempDir(), "spot.json")
	require.NoError(t, os.WriteFile(spot, []byte(`{"SpotPriceHistory": [{"AvailabilityZone": "eu-west-1a", "InstanceType": "m5.large",
"ProductDescription": "Linux/UNIX", "SpotPrice": "0.04", "Timestamp": "2026-08-20T06:17:00Z"}]}`), 0o600))
	_, errs = plan(t, 0, append(ireland(), "-spot", spot, "testdata/ireland.json")...)
	require.Equal(t, "plan: 18 of 38 offerings have no price and are left out (c5.large in eu-west-1a, spot: no source knows its price ...)\n", errs)
}

func TestSupplyRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		`region "eu-west-1": no on-demand prices of this region`: {"-offerings", awsFiles + "offerings.json", leftovers},
		"-region is missing": {"-types", awsFiles + "instance-types.json", leftovers},
		"spot.json: line 277, column 1: there is no InstanceTypeOfferings here": {"-offerings", awsPrices + "spot.json", leftovers},
		"-offerings, -spot and -prices are about EC2":                           {"-types", files + "gke.yaml", "-prices", "x", leftovers},
	} {
		_, errs := plan(t, 1, args...)
		require.Contains(t, errs, want)
	}
}

// Manifests are planned on other regions, Spot and other clouds alike.
func TestSupplyOfManifests(t *testing.T) {
	for name, args := range map[string][]string{
		"spot-pool.txt": append(ireland(), "-verify", "-f", "testdata/spot-pool.yaml"),
		"gke-app.txt":   {"-types", files + "gke.yaml", "-verify", "-f", "testdata/shop/app.yml"},
	} {
		out, errs := plan(t, 0, args...)
		require.Empty(t, errs)
		golden(t, name, out)
	}
	_, errs := plan(t, 0, "-types", files+"aks.json", "-f", "../inflate/inflate.yaml")
	require.Equal(t, "plan: prices are in EUR\n", errs)

	out, _ := plan(t, 0, "-types", files+"gke.yaml", "-f", "testdata/spot-pool.yaml")
	require.Contains(t, out, "testdata/spot-pool.yaml: document 2: EC2NodeClass default: is not applied: the machines are not EC2's\n")
}

// One flag says the region and one the zones, of manifests and problem files alike.
func TestRegionAndZones(t *testing.T) {
	out, _ := plan(t, 0, append(ireland(), "-zones", "eu-west-1b", "-f", "testdata/spot-pool.yaml")...)
	require.Contains(t, out, "eu-west-1b")
	require.NotContains(t, out, "eu-west-1a")
	out, _ = plan(t, 0, append(ireland(), "-zones", "eu-west-1c", "testdata/ireland.json")...)
	require.Contains(t, out, "eu-west-1c")
	require.NotContains(t, out, "eu-west-1a")
	for _, name := range []string{"-region", "-zones"} {
		_, errs := plan(t, 1, name, "x", leftovers)
		require.Equal(t, "plan: "+name+" goes with -f, or with -types, -offerings, -spot or -prices: the problem has what can be bought\n", errs)
	}
}
