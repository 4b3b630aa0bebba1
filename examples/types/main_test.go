package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	awsFiles = "../../catalog/ec2/testdata/aws/"
	awsTypes = awsFiles + "instance-types.json"
	prices   = "../../pricing/ec2/testdata/aws/"
)

func TestOutput(t *testing.T) {
	for name, args := range map[string][]string{
		"help.txt":     {"-h"},
		"named.txt":    {"-region", "us-west-2", "r5.large", "m6a.large", "m5.xlarge", "m5.large", "t3.nano", "m5.large", "m5.metal", "c5.large", "p5.48xlarge", "r5b.large"},
		"ireland.txt":  {"-types", awsTypes, "-offerings", awsFiles + "offerings.json", "-spot", prices + "spot.json", "-prices", prices + "products.json"},
		"ireland.json": {"-types", awsTypes, "-offerings", awsFiles + "offerings.json", "-spot", prices + "spot.json", "-prices", prices + "offerfile.json", "-o", "json", "inf2.xlarge"},
		"why.txt":      {"-types", awsTypes, "-offerings", awsFiles + "offerings.json", "-spot", prices + "spot.json", "-prices", prices + "products.json", "-o", "explain", "m5.large"},
		"gke.txt":      {"-types", "../../catalog/catalogfile/testdata/gke.yaml"},
		"aks.txt":      {"-types", "../../catalog/catalogfile/testdata/aks.json"},
		"beijing.txt":  {"-region", "cn-north-1", "m5.large", "c5.large"},
		"beijing.json": {"-region", "cn-north-1", "-o", "json", "m5.large"},
		"named.json":   {"-region", "us-west-2", "-o", "json", "m6a.large", "m5.large"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Zero(t, run(args, &stdout, &stderr), stderr.String())
			require.Empty(t, stderr.String())
			golden := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(golden, stdout.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), stdout.String())
		})
	}
}

// A list of KWOK of any length is listed, an entry for each operating system.
func TestKWOK(t *testing.T) {
	var entries []string
	for i := range 862 {
		for _, system := range []string{"linux", "windows"} {
			entries = append(entries, fmt.Sprintf(`{"name": "f%d.large", "architecture": "amd64", "operatingSystems": [%q], "resources": {"cpu": "2", "memory": "8Gi"},
"offerings": [{"zone": "test-zone-a", "capacityType": "on-demand", "price": 0.1}, {"zone": "test-zone-a", "capacityType": "spot", "price": 0.04}]}`, i, system))
		}
	}
	path := filepath.Join(t.TempDir(), "kwok.json")
	require.NoError(t, os.WriteFile(path, []byte("["+strings.Join(entries, ",\n")+"]"), 0o600))
	var stdout, stderr bytes.Buffer
	require.Zero(t, run([]string{"-types", path}, &stdout, &stderr), stderr.String())
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	require.Len(t, lines, 1+1724)
	require.Equal(t, "f0.large/linux      amd64  2     1900m  8182Mi  110   0.1       0.04  -", lines[1])
}

func TestTableOfAllTypes(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Zero(t, run(nil, &stdout, &stderr), stderr.String())
	lines := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
	require.Len(t, lines, 1+1363)
	var c5 []string
	for _, line := range lines {
		if name, _, _ := strings.Cut(line, " "); strings.HasPrefix(name, "c5.") {
			c5 = append(c5, strings.TrimPrefix(name, "c5."))
		}
	}
	require.Equal(t, strings.Fields("large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"), c5)
}

func TestJSONOfAllTypes(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Zero(t, run([]string{"-o", "json"}, &stdout, &stderr), stderr.String())
	var types []instanceType
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &types))
	require.Len(t, types, 1363)
	priced := 0
	for _, it := range types {
		require.NotNil(t, it.Prices, it.Name)
		if len(it.Prices) > 0 {
			priced++
			require.Len(t, it.Prices, 3, "one for each zone")
		}
	}
	require.Equal(t, 1345, priced)
}

func TestBadInput(t *testing.T) {
	for want, args := range map[string][]string{
		`types: -o: "yaml" is not table, json or explain`:                         {"-o", "yaml"},
		"types: ec2: unknown instance type m5.huge, m5":                           {"m5.huge", "m5.large", "m5"},
		`types: region "eu-central-1": no on-demand prices of this region (there`: {"-region", "eu-central-1"},
		"types: instance type e2-huge: not known, not offered":                    {"-types", "../../catalog/catalogfile/testdata/gke.yaml", "e2-huge"},
		"types: open nowhere.json: ":                                              {"-types", "nowhere.json"},
		"types: -offerings, -spot and -prices are about EC2":                      {"-types", "../../catalog/catalogfile/testdata/gke.yaml", "-spot", "x"},
		"types: -region is missing":                                               {"-types", awsTypes},
		"types: flag provided but not defined: -zone":                             {"-zone", "a"},
	} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, 1, run(args, &stdout, &stderr))
		require.Empty(t, stdout.String())
		require.True(t, strings.HasPrefix(stderr.String(), want), stderr.String())
		require.Equal(t, 1, strings.Count(stderr.String(), "\n"))
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("pipe is closed") }

func TestFailedWriteIsAnError(t *testing.T) {
	for _, output := range []string{"table", "json"} {
		var stderr bytes.Buffer
		require.Equal(t, 1, run([]string{"-o", output}, closedPipe{}, &stderr))
		require.Equal(t, "types: pipe is closed\n", stderr.String())
	}
}
