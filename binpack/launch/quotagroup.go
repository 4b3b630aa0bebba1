package launch

import (
	"strings"

	"github.com/stowage/stowage/catalog"
)

// EC2QuotaGroup returns the name of the vCPU quota of Amazon EC2 that a launch of k
// counts towards; families that it does not know are groups of their own.
// On-Demand and Spot Instances have quotas apart; what a reservation holds counts
// as On-Demand. The groups are those of
// https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html and
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html.
func EC2QuotaGroup(k catalog.Key) string {
	family, _, _ := strings.Cut(k.InstanceType, ".")
	letters := family
	if i := strings.IndexAny(family, "0123456789-"); i >= 0 {
		letters = family[:i]
	}
	market := "On-Demand "
	if k.CapacityType == catalog.Spot {
		market = "Spot "
	}
	switch letters {
	case "a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z":
		return market + "Standard"
	case "g", "gr", "vt":
		return market + "G and VT"
	case "f", "x":
		return market + strings.ToUpper(letters)
	case "p":
		if market == "Spot " && strings.HasPrefix(family, "p5") {
			return market + "P5"
		}
		return market + "P"
	case "dl", "hpc":
		return market + strings.ToUpper(letters)
	case "inf":
		return market + "Inf"
	case "trn":
		return market + "Trn"
	case "u":
		return market + "High Memory"
	}
	return market + family
}
