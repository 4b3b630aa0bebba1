package launch

import (
	"errors"
	"slices"
	"strings"
)

// An EC2Code is what is known of an error code of Amazon EC2.
type EC2Code struct {
	Code string
	Verdict
}

// EC2 returns what an error code of RunInstances, CreateFleet or Auto Scaling
// says, with or without the prefix Client or Server, and whether it is known.
func EC2(code string) (Verdict, bool) {
	code = strings.TrimSpace(code)
	for _, prefix := range []string{"Client.", "Server."} {
		code = strings.TrimPrefix(code, prefix)
	}
	for _, c := range EC2Codes() {
		if strings.EqualFold(c.Code, code) {
			return c.Verdict, true
		}
	}
	return Verdict{}, false
}

// EC2Codes returns all codes that are known.
func EC2Codes() []EC2Code {
	return slices.Concat(capacityCodes(), quotaCodes(), configurationCodes(), storageCodes(), templateCodes(), accountCodes(), callCodes())
}

// EC2CodeOf returns the error code of an error: what its ErrorCode method says, as
// errors of the AWS SDK have one, or the known code in its text. "": it has none.
func EC2CodeOf(err error) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) && coded.ErrorCode() != "" {
		return coded.ErrorCode()
	}
	if err == nil {
		return ""
	}
	return EC2CodeIn(err.Error())
}

// EC2CodeIn returns the known error code that a text names, such as the status
// message of an activity of Auto Scaling, or that one of its sentences stands for;
// "": none. Of several it is the first.
func EC2CodeIn(text string) string {
	found, at := "", len(text)
	for _, c := range EC2Codes() {
		if i := wordIn(text, c.Code); i >= 0 && (i < at || i == at && len(c.Code) > len(found)) {
			found, at = c.Code, i
		}
	}
	if found != "" {
		return found
	}
	lower := strings.ToLower(text)
	for _, s := range ec2Sentences() {
		if strings.Contains(lower, s[0]) {
			return s[1]
		}
	}
	return ""
}

// wordIn returns where a code stands in a text as a whole word, or -1.
func wordIn(text, code string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], code)
		if i < 0 {
			return -1
		}
		i += from
		before, after := i == 0 || !letter(text[i-1]), i+len(code) == len(text) || !letter(text[i+len(code)])
		if before && after {
			return i
		}
		from = i + 1
	}
}

func letter(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-'
}

// ec2Sentences are texts of Auto Scaling that have no code in them, and the code
// that says the same. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
func ec2Sentences() [][2]string {
	return [][2]string{
		{"do not have sufficient", "InsufficientInstanceCapacity"},
		{"insufficient capacity", "InsufficientInstanceCapacity"},
		{"no spot capacity available", "UnfulfillableCapacity"},
		{"not supported in your requested availability zone", "Unsupported"},
		{"availability zone is no longer supported", "InvalidAvailabilityZone"},
		{"max spot instance count exceeded", "MaxSpotInstanceCountExceeded"},
		{"lower than the minimum required spot", "SpotMaxPriceTooLow"},
		{"your quota allows for", "InstanceLimitExceeded"},
		{"more vcpu capacity than your current vcpu limit", "VcpuLimitExceeded"},
		{"enough free addresses", "InsufficientFreeAddressesInSubnet"},
		{"request limit exceeded", "RequestLimitExceeded"},
		{"rate exceeded", "Throttling"},
	}
}
