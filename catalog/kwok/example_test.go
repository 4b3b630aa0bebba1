package kwok_test

import (
	"fmt"
	"strings"

	"github.com/stowage/stowage/catalog/kwok"
)

func ExampleRead() {
	c, err := kwok.Read(strings.NewReader(sample))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range c {
		labels := t.OfferingLabels(0)
		fmt.Println(t.Name, labels["node.kubernetes.io/instance-type"], labels["kubernetes.io/os"], t.Choices["kubernetes.io/os"], t.Offerings[0].Price)
	}
	// Output:
	// m5.large/linux m5.large linux [] 0.019003239
	// m5.large/windows m5.large windows [] 0.188
	// n2-standard-4 n2-standard-4  [linux windows] 0.1
}
