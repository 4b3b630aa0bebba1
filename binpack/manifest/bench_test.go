package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/manifest"
)

// apps returns Deployments with pods, as a chart would print them.
func apps(deployments, pods int) string {
	var b strings.Builder
	for i := range deployments {
		replicas := pods / deployments
		if i < pods%deployments {
			replicas++
		}
		fmt.Fprintf(&b, `---
# Source: apps/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
  labels:
    app.kubernetes.io/name: app-%[1]d
    app.kubernetes.io/managed-by: Helm
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
      serviceAccountName: app-%[1]d
      containers:
      - name: main
        image: example.com/app-%[1]d:1.0.0
        imagePullPolicy: IfNotPresent
        ports:
        - name: http
          containerPort: 8080
          protocol: TCP
        env:
        - name: LOG_LEVEL
          value: info
        livenessProbe:
          httpGet: {path: /healthz, port: http}
        resources:
          requests:
            cpu: %[4]dm
            memory: %[5]dMi
          limits:
            memory: %[5]dMi
`, i, i%20, replicas, 50+37*i%1950, 64+61*i%4000)
	}
	return b.String()
}

// crds returns CustomResourceDefinitions with long schemas, of about lines lines.
func crds(lines int) string {
	var b strings.Builder
	for i := 0; lines > 0; i++ {
		fmt.Fprintf(&b, "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things-%d.example.com\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        properties:\n", i)
		for j := range 300 {
			fmt.Fprintf(&b, "          field%d:\n            description: A field that says something, and *more* of it & so on.\n            type: string\n", j)
		}
		lines -= 911
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{"300 deployments": apps(300, 5000), "30000 lines of CRDs": crds(30_000)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for range b.N {
				objects, err := manifest.Read(manifest.Source{Name: "a.yaml", Reader: strings.NewReader(text)})
				require.NoError(b, err)
				_, err = objects.Problem(manifest.Options{Catalog: types})
				require.NoError(b, err)
			}
		})
	}
}
