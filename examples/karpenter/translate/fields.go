package translate

// A Fate says what becomes of a field of Karpenter's.
type Fate string

// The fates.
const (
	Carried      Fate = "carried"      // a plan goes by it as Karpenter does
	Approximated Fate = "approximated" // it goes by it otherwise, as the note says
	Said         Fate = "said"         // it does not go by it, and Translation.Lost says so where it is set
	Elsewhere    Fate = "elsewhere"    // upstream's other controllers read it, as before
)

// A Field is a field of NodePool or InstanceType.
type Field struct {
	Path string
	Fate Fate
	Note string
}

// Fields returns every field of NodePool and InstanceType, and what becomes of it.
func Fields() []Field {
	return []Field{
		{"NodePool.TypeMeta", Elsewhere, ""},
		{"NodePool.ObjectMeta", Carried, "the name; pools that are being deleted launch nothing"},
		{"NodePool.Spec.Template.ObjectMeta.Labels", Carried, "Pool.Labels, with those that Karpenter adds"},
		{"NodePool.Spec.Template.ObjectMeta.Annotations", Carried, "on the NodeClaim"},
		{"NodePool.Spec.Template.Spec.Taints", Carried, "Pool.Taints"},
		{"NodePool.Spec.Template.Spec.StartupTaints", Carried, "Pool.StartupTaints"},
		{"NodePool.Spec.Template.Spec.Requirements.Key", Carried, "by its current name"},
		{"NodePool.Spec.Template.Spec.Requirements.Operator", Carried, "types and offerings are chosen by Karpenter's own code; of a key that nobody states each node takes one value, and where no pod names one Karpenter invents it for Exists, NotIn and bounds"},
		{"NodePool.Spec.Template.Spec.Requirements.Values", Carried, ""},
		{"NodePool.Spec.Template.Spec.Requirements.MinValues", Carried, "Pool.MinValues; a claim that cannot meet them together with rules and limits is not made, and its pods say so"},
		{"NodePool.Spec.Template.Spec.NodeClassRef", Carried, "its label, and on the NodeClaim"},
		{"NodePool.Spec.Template.Spec.TerminationGracePeriod", Carried, "on the NodeClaim"},
		{"NodePool.Spec.Template.Spec.ExpireAfter", Carried, "on the NodeClaim"},
		{"NodePool.Spec.Disruption.ConsolidateAfter", Elsewhere, ""},
		{"NodePool.Spec.Disruption.ConsolidationPolicy", Elsewhere, ""},
		{"NodePool.Spec.Disruption.Budgets", Elsewhere, ""},
		{"NodePool.Spec.Limits", Approximated, "with the capacity of the planned types, and room for the largest further type; Karpenter takes off the largest of all types for each claim"},
		{"NodePool.Spec.Weight", Carried, "Pool.Weight"},
		{"NodePool.Spec.Replicas", Said, "static pools launch nothing for pods"},
		{"NodePool.Status.NodeClassObservedGeneration", Elsewhere, ""},
		{"NodePool.Status.Nodes", Elsewhere, ""},
		{"NodePool.Status.Resources", Elsewhere, "what is used of limits is of state.Cluster"},
		{"NodePool.Status.Conditions", Carried, "pools that are not Ready launch nothing"},
		{"InstanceType.Name", Approximated, "of two types with one name the first that the pool admits; said"},
		{"InstanceType.Requirements", Approximated, "labels; of several values there is an entry for each; a requirement without a list of values is no label, which is said"},
		{"InstanceType.Offerings.Requirements", Approximated, "zone, capacity type, reservation, and labels of the offering; of several values of a label the first, which is said"},
		{"InstanceType.Offerings.Price", Approximated, "to a billionth of a dollar; what is no price is left out, which is said"},
		{"InstanceType.Offerings.Available", Carried, "Offering.Unavailable"},
		{"InstanceType.Offerings.ReservationCapacity", Approximated, "Offering.Limit, and a Quota where several share it; pods do not wait for a reservation that is used up, which is said"},
		{"InstanceType.Offerings.CapacityOverride", Approximated, "Offering.Allocatable; limits count the capacity of the type, which is said"},
		{"InstanceType.Offerings.OverheadOverride.KubeReserved", Carried, "Offering.Allocatable"},
		{"InstanceType.Offerings.OverheadOverride.SystemReserved", Carried, "Offering.Allocatable"},
		{"InstanceType.Offerings.OverheadOverride.EvictionThreshold", Carried, "Offering.Allocatable"},
		{"InstanceType.Capacity", Carried, ""},
		{"InstanceType.DynamicResources", Said, "pods with resource claims are left"},
		{"InstanceType.Overhead.KubeReserved", Carried, "capacity less Allocatable, so with huge pages"},
		{"InstanceType.Overhead.SystemReserved", Carried, ""},
		{"InstanceType.Overhead.EvictionThreshold", Carried, ""},
	}
}
