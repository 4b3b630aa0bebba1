package problemfile

import (
	"maps"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// usualLabels are what every node has once it is initialized where a file says nothing:
// Karpenter's.
//
// https://karpenter.sh/docs/concepts/nodepools/
func usualLabels() map[string]string {
	return map[string]string{"karpenter.sh/registered": "true", "karpenter.sh/initialized": "true"}
}

// newNodeLabels returns what a file says of the labels of every node.
func newNodeLabels(labels map[string]string) map[string]string {
	switch {
	case maps.Equal(labels, usualLabels()):
		return nil
	case labels == nil:
		return map[string]string{}
	}
	return labels
}

// nodeLabelsOf returns the labels that a file means.
func nodeLabelsOf(stated map[string]string) map[string]string {
	if stated == nil {
		return usualLabels()
	}
	return stated
}

// newLaunch returns what a file says of a launch, but for its pods and its count.
func newLaunch(l *binpack.Launch) *launch {
	if l == nil {
		return nil
	}
	k := l.Offering
	return &launch{Pool: l.Pool, InstanceType: k.InstanceType, Zone: k.Zone, CapacityType: k.CapacityType, ReservationID: k.ReservationID, Labels: l.Labels}
}

// stated returns the launch that w names, without price and pods.
func (w *launch) stated() *binpack.Launch {
	if w == nil {
		return nil
	}
	key := catalog.Key{InstanceType: w.InstanceType, Zone: w.Zone, CapacityType: w.CapacityType, ReservationID: w.ReservationID}
	return &binpack.Launch{Pool: w.Pool, Offering: key, Labels: w.Labels}
}
