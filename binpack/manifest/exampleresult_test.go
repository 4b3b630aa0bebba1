package manifest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
)

// A pod that fits nowhere is explained in the words of the manifests, not of the Problem.
func ExampleResult() {
	text := strings.ReplaceAll(exampleText, "memory: 1Gi", "memory: 1Ti")
	objects, err := manifest.Read(manifest.Source{Name: "shop.yaml", Reader: strings.NewReader(text)})
	if err != nil {
		log.Fatal(err)
	}
	result, err := objects.Problem(manifest.Options{Catalog: onDemand, Replicas: map[string]int{"cart": 2}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := solver.Solve(context.Background(), result.Problem)
	if err != nil {
		log.Fatal(result.Explain(err))
	}
	for _, u := range plan.Unschedulable {
		why := u.Reasons[0]
		fmt.Println(result.Name(u.Pod), "×", u.Count)
		fmt.Println(result.Reason(u.Pod, why))
		if change := why.Detail.Change; change != nil {
			in, path := result.Path(u.Pod, change.Path)
			fmt.Println("in", in.File, "of", in, "set", path, "to", change.Value)
		}
	}
	fmt.Println(result.Text("look at Pools[0].requirements[0].values[1] first"))
	// Output:
	// Deployment shop/cart × 2
	// general: InsufficientResources (asks for 1Ti of memory, the most on a new node is 718987Mi (r5.24xlarge in us-west-2a))
	// in shop.yaml of Deployment shop/cart set spec.template.spec.containers[0].resources.requests[memory] to 718987Mi
	// look at NodePool general spec.template.spec.requirements[0].values[1] first
}

// What was read, before any catalog is there: what does not count, and where nodes are to be.
func ExampleObjects_Notes() {
	r := manifest.Reader{MaxBytes: 2 * manifest.DefaultMaxBytes}
	objects, err := r.Read(manifest.Source{Name: "all.yaml", Reader: strings.NewReader(`
apiVersion: v1
kind: Node
metadata:
  name: ip-10-0-0-1
  labels: {topology.kubernetes.io/zone: eu-west-1b}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: cart, namespace: shop}
spec: {replicas: 3}
`)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("region of", objects.Zones())
	for _, n := range objects.Notes() {
		fmt.Println(n.Origin, n.Why)
	}
	// Output:
	// region of [eu-west-1b]
	// Rollout shop/cart is of a kind that is not read: its pods are missing
}

// A caller may mark each fault in the file.
func ExampleError_line() {
	_, err := manifest.Read(manifest.Source{Name: "shop.yaml", Reader: strings.NewReader(strings.ReplaceAll(exampleText, "replicas: 5", "replicas: five"))})
	var fault *manifest.Error
	if errors.As(err, &fault) {
		fmt.Println(fault.File, fault.Line, fault.Kind, fault.Path)
	}
	// Output: shop.yaml 18 Deployment spec.replicas
}

// machines returns what nodes of a class may be launched as: what the class says of the
// kubelet and of disks decides how much of a machine pods may use.
func machines(class manifest.NodeClass) (catalog.Catalog, error) {
	node := ec2.Node{
		Family:         ec2.Family(class.AMIFamily),
		KubeReserved:   class.Kubelet.KubeReserved,
		SystemReserved: class.Kubelet.SystemReserved,
		EvictionHard:   class.Kubelet.EvictionHard,
		RAID0:          class.InstanceStorePolicy == "RAID0",
	}
	if most := class.Kubelet.MaxPods; most != nil {
		node.MaxPods = int64(*most)
	}
	if size := class.EphemeralVolume(); size != nil {
		node.RootVolumeGiB = size.Value() >> 30
	}
	return ec2.Options{Region: "us-west-2", Zones: []string{"us-west-2a"}, Types: []string{"m5.large"}, Node: node}.Catalog()
}

func ExampleNodeClass() {
	pods, disk := int32(20), resource.MustParse("50Gi")
	for _, class := range []manifest.NodeClass{
		{},
		{
			AMIFamily:    "Bottlerocket",
			Kubelet:      manifest.Kubelet{MaxPods: &pods},
			BlockDevices: []manifest.BlockDevice{{Name: "/dev/xvdb", Size: &disk}},
		},
	} {
		c, err := machines(class)
		if err != nil {
			log.Fatal(err)
		}
		forPods := c[0].Allocatable()
		fmt.Println(forPods.Pods(), forPods.StorageEphemeral())
	}
	// Output:
	// 29 17Gi
	// 20 44Gi
}
