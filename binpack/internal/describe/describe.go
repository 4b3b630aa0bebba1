package describe

import (
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// Short describes a resource that is asked for in excess of what there is.
func Short(name corev1.ResourceName, asked, best *big.Int, key catalog.Key) binpack.Detail {
	a, b := quantity.Of(name, asked), quantity.Of(name, best)
	return binpack.Detail{Resource: string(name), Asked: &a, Best: &b, Offering: Offering(key)}
}

// Offering names an offering for people.
func Offering(key catalog.Key) string {
	if key.Zone == "" {
		return key.InstanceType
	}
	return key.InstanceType + " in " + key.Zone
}
