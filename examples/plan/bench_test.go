package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkPlan answers for 300 Deployments with 5,000 pods, reading included:
// without pools, and with one.
func BenchmarkPlan(b *testing.B) {
	path := filepath.Join(b.TempDir(), "apps.yaml")
	require.NoError(b, os.WriteFile(path, []byte(apps(300, 5000)), 0o644))
	for name, args := range map[string][]string{
		"any type": {"-f", path},
		"a pool":   {"-f", path, "-f", "testdata/general.yaml"},
		"first":    {"-f", path, "-time", "0"},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				require.Zero(b, run(args, io.Discard, io.Discard))
			}
		})
	}
}

// apps returns Deployments with pods, as a chart would print them.
func apps(deployments, pods int) string {
	var b strings.Builder
	for i := range deployments {
		replicas := pods / deployments
		if i < pods%deployments {
			replicas++
		}
		fmt.Fprintf(&b, `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
  labels:
    app.kubernetes.io/name: app-%[1]d
spec:
  replicas: %[3]d
  selector:
    matchLabels:
      app.kubernetes.io/name: app-%[1]d
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-%[1]d
    spec:
      containers:
      - name: main
        image: example.com/app-%[1]d:1.0.0
        ports:
        - containerPort: 8080
        resources:
          requests:
            cpu: %[4]dm
            memory: %[5]dMi
`, i, i%20, replicas, 50+37*i%1950, 64+61*i%4000)
	}
	return b.String()
}
