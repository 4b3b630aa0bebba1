package catalogfile_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/stowage/stowage/catalog/catalogfile"
)

func ExampleRead() {
	file, err := os.Open("testdata/gke.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	f, err := catalogfile.Read(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, o := range f.Catalog.Offerings() {
		if key.Zone == "europe-west1-b" {
			fmt.Println(key.InstanceType, key.CapacityType, o.Price, f.Currency)
		}
	}
	_, err = catalogfile.Read(strings.NewReader("types:\n- name: box\n  capacity: {cpu: four}\n  prices: {owned: 0.05}\n"))
	fmt.Println(err)
	// Output:
	// e2-standard-2 on-demand 0.0737 USD
	// e2-standard-2 spot 0.0295 USD
	// e2-standard-4 on-demand 0.1474 USD
	// e2-standard-4 spot 0.059 USD
	// n2-standard-8 on-demand 0.4274 USD
	// n2-standard-8 spot 0.1034 USD
	// t2a-standard-4 on-demand 0.1694 USD
	// t2a-standard-4 spot 0.0508 USD
	// t2a-standard-4 on-demand 0 USD
	// line 3: types[0].capacity.cpu: "four" is not a quantity
}

// Faults are data: an editor shows each at its line.
func ExampleError() {
	_, err := catalogfile.Read(strings.NewReader("types:\n- name: box\n  capacity: {cpu: four}\n  prices: {owned: 0.05}\n"))
	var fault *catalogfile.Error
	if errors.As(err, &fault) {
		fmt.Println(fault.Line, fault.Path)
	}
	// Output: 3 types[0].capacity.cpu
}
