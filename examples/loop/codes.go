package main

import (
	"strings"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// verdicts are what Halcyon's error codes say.
var verdicts = map[string]launch.Verdict{
	"CAPACITY_EXHAUSTED": {Scope: launch.ScopeOffering, Action: launch.Mark},
	"QUOTA_EXCEEDED":     {Scope: launch.ScopeQuotaGroup, Action: launch.Mark},
	"TOO_MANY_CALLS":     {Scope: launch.ScopeCall, Action: launch.Retry},
	"NOT_PERMITTED":      {Scope: launch.ScopeAccount, Action: launch.Stop},
}

func verdict(code string) (launch.Verdict, bool) {
	v, known := verdicts[code]
	return v, known
}

// family is what Halcyon's quotas go by: even-8 and even-2 share one.
func family(k catalog.Key) string {
	name, _, _ := strings.Cut(k.InstanceType, "-")
	return name + " " + string(k.CapacityType)
}
