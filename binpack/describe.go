package binpack

import (
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// short describes a resource of which more is asked than there is.
func short(name corev1.ResourceName, asked, best *big.Int, key catalog.Key) Detail {
	a, b := quantity.Of(name, asked), quantity.Of(name, best)
	return Detail{Resource: string(name), Asked: &a, Best: &b, Offering: offeringName(key)}
}

// offeringName names an offering for people.
func offeringName(key catalog.Key) string {
	if key.Zone == "" {
		return key.InstanceType
	}
	return key.InstanceType + " in " + key.Zone
}
