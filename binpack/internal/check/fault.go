package check

import "errors"

// A Fault is what is wrong at one place.
type Fault struct {
	Path string // from what is checked, like spec.containers[0].resources.requests[cpu]
	Err  error
}

// faults gathers what is wrong.
type faults []Fault

func (f *faults) add(path string, err error) {
	if err != nil {
		*f = append(*f, Fault{path, err})
	}
}

var errMissing = errors.New("is missing")
