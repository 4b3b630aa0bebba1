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
	c, err = c.Split() // the solver wants the operating system chosen
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range c {
		labels := t.OfferingLabels(0)
		fmt.Println(t.Name, labels["node.kubernetes.io/instance-type"], labels["kubernetes.io/os"], t.Offerings[0].Price)
	}
	// Output:
	// m5.large/linux m5.large linux 0.019003239
	// m5.large/windows m5.large windows 0.188
	// n2-standard-4/linux n2-standard-4 linux 0.1
	// n2-standard-4/windows n2-standard-4 windows 0.1
}
