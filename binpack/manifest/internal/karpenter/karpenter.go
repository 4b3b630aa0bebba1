// Package karpenter has what is read of Karpenter's objects, field by field as
// its API states them, in versions v1 and v1beta1. What has no say in what is
// launched is there as well, as Ignored, so that a field that is not there at
// all is a mistake.
//
// https://karpenter.sh/docs/concepts/nodepools/,
// https://karpenter.sh/docs/concepts/nodeoverlays/
package karpenter

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Ignored is a value that has no say in what is launched.
type Ignored = json.RawMessage

// An Object is what all objects have.
type Object struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   metav1.ObjectMeta `json:"metadata"`
}

// GetName returns the object's name.
func (o *Object) GetName() string { return o.Metadata.Name }

// GetGenerateName returns what a name is to begin with that is still to be made.
func (o *Object) GetGenerateName() string { return o.Metadata.GenerateName }

// A NodePool is a kind of node that may be launched.
type NodePool struct {
	Object
	Spec   NodePoolSpec `json:"spec"`
	Status Ignored      `json:"status"`
}

// NodePoolSpec is what a NodePool states.
type NodePoolSpec struct {
	Template   NodeTemplate        `json:"template"`
	Limits     corev1.ResourceList `json:"limits"`
	Weight     int32               `json:"weight"`
	Replicas   *int64              `json:"replicas"` // a static pool: this number of nodes, whatever the pods ask for
	Disruption Ignored             `json:"disruption"`
}

// NodeTemplate is what the nodes of a NodePool have.
type NodeTemplate struct {
	Metadata struct {
		Labels      map[string]string `json:"labels"`
		Annotations Ignored           `json:"annotations"`
	} `json:"metadata"`
	Spec NodeSpec `json:"spec"`
}

// NodeSpec is what a node is launched with.
type NodeSpec struct {
	Taints                 []corev1.Taint `json:"taints"`
	StartupTaints          []corev1.Taint `json:"startupTaints"`
	Requirements           []Requirement  `json:"requirements"`
	NodeClassRef           *NodeClassRef  `json:"nodeClassRef"`
	Kubelet                *Kubelet       `json:"kubelet"` // of v1beta1; later it moved to the node class
	ExpireAfter            Ignored        `json:"expireAfter"`
	TerminationGracePeriod Ignored        `json:"terminationGracePeriod"`
	Resources              Ignored        `json:"resources"` // of a NodeClaim
}

// A Requirement is about a label of the nodes.
type Requirement struct {
	Key       string                      `json:"key"`
	Operator  corev1.NodeSelectorOperator `json:"operator"` // Gte and Lte beside those of corev1
	Values    []string                    `json:"values"`
	MinValues *int                        `json:"minValues"`
}

// A NodeClassRef names a node class.
type NodeClassRef struct {
	Group      string `json:"group"`
	APIVersion string `json:"apiVersion"` // of v1beta1, in place of the group
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// A NodeClaim is a node that is being launched, or there.
type NodeClaim struct {
	Object
	Spec   NodeSpec `json:"spec"`
	Status struct {
		NodeName     string              `json:"nodeName"`
		ProviderID   string              `json:"providerID"`
		ImageID      Ignored             `json:"imageID"`
		Capacity     corev1.ResourceList `json:"capacity"`
		Allocatable  corev1.ResourceList `json:"allocatable"`
		Conditions   []metav1.Condition  `json:"conditions"`
		LastPodEvent Ignored             `json:"lastPodEventTime"`
	} `json:"status"`
}

// A NodeOverlay changes what is known of instance types.
type NodeOverlay struct {
	Object
	Spec struct {
		Requirements    []Requirement       `json:"requirements"`
		PriceAdjustment *string             `json:"priceAdjustment"` // "+10%", "-0.5"
		Price           *string             `json:"price"`           // "0.5", USD per hour
		Capacity        corev1.ResourceList `json:"capacity"`
		Weight          int32               `json:"weight"`
	} `json:"spec"`
	Status Ignored `json:"status"`
}
