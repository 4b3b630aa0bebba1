package problemfile

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// file is a problem file. Where nil and empty differ in a Problem, omitzero
// keeps them apart.
type file struct {
	Name          string         `json:"name,omitempty"`
	Source        string         `json:"source,omitempty"`
	Pods          []podEntry     `json:"pods"`
	InstanceTypes []instanceType `json:"instanceTypes"`
	Pools         []pool         `json:"pools,omitzero"`
	DaemonPods    []podEntry     `json:"daemonPods,omitempty"`
	ExistingNodes []existingNode `json:"existingNodes,omitempty"`
	Namespaces    []namespace    `json:"namespaces,omitempty"`
	Quotas        []quota        `json:"quotas,omitempty"`
	Storage       *storage       `json:"storage,omitempty"`
	GangLabel     string         `json:"gangLabel,omitempty"`
	Preferences   *preferences   `json:"preferences,omitempty"`
	Known         *known         `json:"known,omitempty"`

	NodeLabels    map[string]string `json:"nodeLabels,omitzero"`
	JoiningTaints []corev1.Taint    `json:"joiningTaints,omitzero"`
}

// preferences say what the preferences of pods are worth.
type preferences struct {
	Policy string `json:"policy"`
	Price  *price `json:"price,omitempty"`
}

// podEntry is a pod, or a number of alike ones: in short form, or whole.
type podEntry struct {
	Name  string `json:"name,omitempty"`
	Count *int   `json:"count,omitempty"`
	shortPod
	Pod *corev1.Pod `json:"pod,omitempty"`
}

// shortPod is what the short form says of a pod beside its name.
type shortPod struct {
	Namespace                 string                            `json:"namespace,omitempty"`
	Requests                  corev1.ResourceList               `json:"requests,omitempty"`
	Labels                    map[string]string                 `json:"labels,omitempty"`
	NodeSelector              map[string]string                 `json:"nodeSelector,omitempty"`
	Tolerations               []corev1.Toleration               `json:"tolerations,omitempty"`
	Affinity                  *corev1.Affinity                  `json:"affinity,omitempty"`
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty"`
	HostPorts                 []hostPort                        `json:"hostPorts,omitempty"`
	Priority                  *int32                            `json:"priority,omitempty"`
}

type hostPort struct {
	HostPort int32           `json:"hostPort"`
	Protocol corev1.Protocol `json:"protocol,omitempty"`
	HostIP   string          `json:"hostIP,omitempty"`
}

// instanceType is a type. Overhead is long form: it is stated where it is
// anything else than capacity less allocatable.
type instanceType struct {
	Name        string              `json:"name"`
	Allocatable corev1.ResourceList `json:"allocatable,omitzero"`
	Capacity    corev1.ResourceList `json:"capacity,omitzero"`
	Overhead    corev1.ResourceList `json:"overhead,omitzero"`
	Labels      map[string]string   `json:"labels,omitempty"`
	Offerings   []offering          `json:"offerings"`

	TypeLabel         string              `json:"typeLabel,omitempty"`
	CapacityTypeLabel string              `json:"capacityTypeLabel,omitempty"`
	Choices           map[string][]string `json:"choices,omitempty"`
}

// offering is an offering. Absent limit: none known; 0: not available.
type offering struct {
	Zone          string               `json:"zone"`
	CapacityType  catalog.CapacityType `json:"capacityType"`
	ReservationID string               `json:"reservationId,omitempty"`
	Price         *price               `json:"price"`
	Limit         *int                 `json:"limit,omitempty"`
	Labels        map[string]string    `json:"labels,omitempty"`
	Allocatable   corev1.ResourceList  `json:"allocatable,omitempty"`
}

// pool is a pool. It names types of the file, or has a catalog of its own.
type pool struct {
	Name            string                           `json:"name"`
	Weight          int32                            `json:"weight,omitempty"`
	Labels          map[string]string                `json:"labels,omitempty"`
	Taints          []corev1.Taint                   `json:"taints,omitempty"`
	StartupTaints   []corev1.Taint                   `json:"startupTaints,omitempty"`
	Requirements    []corev1.NodeSelectorRequirement `json:"requirements,omitempty"`
	Keys            map[string][]string              `json:"keys,omitzero"`
	MinValues       map[string]int                   `json:"minValues,omitempty"`
	MinValuesPolicy binpack.MinValuesPolicy          `json:"minValuesPolicy,omitempty"`
	Limits          corev1.ResourceList              `json:"limits,omitempty"`
	Used            corev1.ResourceList              `json:"used,omitempty"`
	InstanceTypes   []string                         `json:"instanceTypes,omitzero"`
	Catalog         []instanceType                   `json:"catalog,omitzero"`
}

// existingNode is a node that is there: in short form, or whole.
type existingNode struct {
	Name string `json:"name,omitempty"`
	shortNode
	Node    *corev1.Node `json:"node,omitempty"`
	Pods    []podEntry   `json:"pods,omitempty"`
	Joining bool         `json:"joining,omitempty"`
	Pool    string       `json:"pool,omitempty"`
	Launch  *launch      `json:"launch,omitempty"`
}

// launch says what is launched: by a node of a plan, and for a node that is joining.
type launch struct {
	Pool          string               `json:"pool,omitempty"`
	InstanceType  string               `json:"instanceType"`
	Zone          string               `json:"zone"`
	CapacityType  catalog.CapacityType `json:"capacityType"`
	ReservationID string               `json:"reservationId,omitempty"`
	Labels        map[string]string    `json:"labels,omitempty"`
}

type shortNode struct {
	Labels      map[string]string   `json:"labels,omitempty"`
	Taints      []corev1.Taint      `json:"taints,omitempty"`
	Allocatable corev1.ResourceList `json:"allocatable,omitempty"`
}

// namespace is a namespace: in short form, or whole.
type namespace struct {
	Name      string            `json:"name,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Namespace *corev1.Namespace `json:"namespace,omitempty"`
}

type quota struct {
	Name         string                           `json:"name"`
	Requirements []corev1.NodeSelectorRequirement `json:"requirements,omitempty"`
	Left         corev1.ResourceList              `json:"left,omitempty"`
}

type storage struct {
	Claims  []*corev1.PersistentVolumeClaim `json:"claims,omitempty"`
	Volumes []*corev1.PersistentVolume      `json:"volumes,omitempty"`
	Classes []*storagev1.StorageClass       `json:"classes,omitempty"`

	Nodes       []*storagev1.CSINode          `json:"nodes,omitempty"`
	Attachments []*storagev1.VolumeAttachment `json:"attachments,omitempty"`
}

// known is what is known of the problem's best plan: a note for people and
// for referees, which Read drops.
type known struct {
	LowerBound  float64 `json:"lowerBound,omitempty"`
	UpperBound  float64 `json:"upperBound,omitempty"`
	Unscheduled int     `json:"unscheduled,omitempty"`
	Optimal     bool    `json:"optimal,omitempty"`
	By          string  `json:"by,omitempty"`
}

// planFile is a plan file.
type planFile struct {
	Nodes       []planNode   `json:"nodes"`
	Existing    []nomination `json:"existing,omitempty"`
	Unscheduled []leftover   `json:"unscheduled,omitempty"`
	Cost        *price       `json:"cost,omitempty"`
	LowerBound  *price       `json:"lowerBound,omitempty"`
	Status      string       `json:"status,omitempty"`
	Certificate *certificate `json:"certificate,omitempty"`
}

// planNode is a launch, or a number of alike ones.
type planNode struct {
	launch
	Count *int        `json:"count,omitempty"`
	Pods  []placement `json:"pods"`
}

// nomination is pods for an existing node.
type nomination struct {
	Name string      `json:"name"`
	Pods []placement `json:"pods"`
}

// placement is a number of pods of an entry of the problem file.
type placement struct {
	Name  string `json:"name"`
	Count *int   `json:"count,omitempty"`
}

// leftover is a number of pods that the plan leaves, and why, by pool.
type leftover struct {
	placement
	Reasons map[string]binpack.Reason `json:"reasons,omitempty"`
}

type certificate struct {
	Cuts      []cut `json:"cuts"`
	Strongest int   `json:"strongest,omitempty"` // the cut that proves most by itself
}

type cut struct {
	Pods      []int64        `json:"pods,omitempty"`
	Workloads []int64        `json:"workloads,omitempty"`
	Domains   []domainValues `json:"domains,omitempty"`
}

type domainValues struct {
	Pods      []int            `json:"pods,omitempty"`
	Workloads []int            `json:"workloads,omitempty"`
	Key       string           `json:"key"`
	Values    map[string]int64 `json:"values"`
}
