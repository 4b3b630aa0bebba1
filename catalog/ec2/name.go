package ec2

import (
	"fmt"
	"strings"
)

// A typeName is the parts of an instance type's name that labels show.
type typeName struct {
	Category   string // c, m, r, hpc: the letters
	Family     string // m5, u-6tb1: all before the point
	Generation string // 5: the number that follows the letters, and their memory in TB
	Size       string // large: all after the point
}

// parseName takes a name like m5.large or u-6tb1.112xlarge apart, as
// instanceTypeScheme in pkg/providers/instancetype/types.go of
// github.com/aws/karpenter-provider-aws does.
func parseName(s string) (typeName, error) {
	family, size, _ := strings.Cut(s, ".")
	category, rest := leading("abcdefghijklmnopqrstuvwxyz", family)
	if memory, ok := strings.CutPrefix(rest, "-"); ok {
		_, rest = leading("0123456789", memory)
		rest = strings.TrimPrefix(rest, "tb")
	}
	generation, _ := leading("0123456789", rest)
	if category == "" || generation == "" || size == "" {
		return typeName{}, fmt.Errorf("%q is not like m5.large", s)
	}
	return typeName{Category: category, Family: family, Generation: generation, Size: size}, nil
}

// leading splits s after its leading bytes that are in set.
func leading(set, s string) (head, tail string) {
	tail = strings.TrimLeft(s, set)
	return s[:len(s)-len(tail)], tail
}
