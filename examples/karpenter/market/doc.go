// Package market remembers what a cloud had none of. It wraps a CloudProvider of
// Karpenter's: a launch that fails for lack of capacity marks what the claim could have
// become, GetInstanceTypes shows marked offerings as not available, and marks outlive a
// restart.
package market
