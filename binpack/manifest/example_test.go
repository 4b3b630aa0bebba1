package manifest_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

const exampleText = `
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec:
  template:
    spec:
      requirements:
      - {key: karpenter.k8s.aws/instance-family, operator: In, values: [c5, m5, r5]}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  replicas: 5
  selector:
    matchLabels: {app: cart}
  template:
    metadata:
      labels: {app: cart}
    spec:
      containers:
      - name: cart
        image: example.com/cart:1
        resources:
          requests: {memory: 1Gi}
---
apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
`

// onDemand returns what can be bought in a region, at list prices.
func onDemand(manifest.NodeClass) (catalog.Catalog, error) {
	all, err := ec2.Options{Region: "us-west-2"}.Catalog()
	if err != nil {
		return nil, err
	}
	list, err := prices.OnDemand("us-west-2")
	if err != nil {
		return nil, err
	}
	priced, _ := pricing.ApplyKnown(all, list)
	return priced, nil
}

// What would this cost?
func ExampleRead() {
	objects, err := manifest.Read(manifest.Source{Name: "shop.yaml", Reader: strings.NewReader(exampleText)})
	if err != nil {
		log.Fatal(err) // each document that cannot be read, with its line
	}
	result, err := objects.Problem(manifest.Options{Catalog: onDemand})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := solver.Solve(context.Background(), result.Problem)
	if err != nil {
		log.Fatal(result.Explain(err)) // in the words of the manifests
	}
	for _, l := range plan.Launches {
		fmt.Println(l.Pool, l.Offering.InstanceType, l.Price, result.Name(l.Pods[0].Pod), l.Pods[0].Count)
	}
	for _, n := range result.Notes {
		fmt.Println(n)
	}
	// Output:
	// general m5.large 0.096 Deployment shop/cart 5
	// shop.yaml: document 3: Service shop/cart: has no say in what is launched
}

// Counts may be others than the manifests'.
func ExampleObjects_Problem() {
	objects, err := manifest.Read(manifest.Source{Name: "shop.yaml", Reader: strings.NewReader(exampleText)})
	if err != nil {
		log.Fatal(err)
	}
	for _, replicas := range []int{5, 15, 50} {
		result, err := objects.Problem(manifest.Options{Catalog: onDemand, Replicas: map[string]int{"cart": replicas}})
		if err != nil {
			log.Fatal(err)
		}
		plan, err := solver.Solve(context.Background(), result.Problem)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(replicas, plan.Cost)
	}
	// Output:
	// 5 0.096
	// 15 0.211
	// 50 0.504
}

// A document that is broken does not hide the others.
func ExampleError() {
	_, err := manifest.Read(manifest.Source{Name: "shop.yaml", Reader: strings.NewReader("kind: [\n---\n" + strings.ReplaceAll(exampleText, "replicas: 5", "replicas: five"))})
	fmt.Println(err)
	// Output:
	// shop.yaml:1: document 1: did not find expected node content
	// shop.yaml:20: document 3: Deployment shop/cart: spec.replicas: is a string, not a whole number
}
