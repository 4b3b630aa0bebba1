package catalogfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

// A decoder decodes the parts of a file, and gathers faults.
type decoder struct {
	text   []byte     // of the file
	lines  *yaml.Node // the same, for the lines of faults; nil: there was none yet
	faults []error
}

func (d *decoder) fail(path string, err error) {
	if d.lines == nil {
		d.lines = &yaml.Node{}
		if yaml.Unmarshal(d.text, d.lines) != nil {
			d.lines = &yaml.Node{} // faults without lines
		}
	}
	path = strings.TrimPrefix(path, ".")
	d.faults = append(d.faults, &Error{Line: lineOf(d.lines, path), Path: path, Err: err})
}

// decode decodes JSON into v, a struct. A text that is nil leaves v as it is.
func (d *decoder) decode(path string, text []byte, v any) {
	if text == nil {
		return
	}
	err := strict(text).Decode(v)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
	case errors.As(err, &wrong) && wrong.Field != "":
		d.fail(path+"."+wrong.Field, fmt.Errorf("there is a %s where something else is expected", wrong.Value))
	case errors.As(err, &wrong):
		d.fail(path, fmt.Errorf("there is a %s where an object is expected", wrong.Value))
	default:
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			name, _ := strconv.Unquote(field)
			d.fail(path+"."+name, errors.New("is not a field of the format"))
			return
		}
		d.fail(path, err)
	}
}

// object returns the values of an object by key.
func (d *decoder) object(path string, text []byte) map[string]json.RawMessage {
	var values map[string]json.RawMessage
	if text != nil && json.Unmarshal(text, &values) != nil {
		d.fail(path, errors.New("is not an object"))
	}
	return values
}

func (d *decoder) labels(path string, text []byte) map[string]string {
	values := d.object(path, text)
	var labels map[string]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var value string
		if json.Unmarshal(values[key], &value) != nil || string(values[key]) == "null" {
			d.fail(path+"."+key, fmt.Errorf("%s is not a string: put it in quotes", values[key]))
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[key] = value
	}
	return labels
}

func (d *decoder) quantities(path string, text []byte) corev1.ResourceList {
	values := d.object(path, text)
	var list corev1.ResourceList
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var q resource.Quantity
		if err := json.Unmarshal(values[name], &q); err != nil || string(values[name]) == "null" {
			d.fail(path+"."+name, fmt.Errorf("%s is not a quantity", values[name]))
		}
		if list == nil {
			list = corev1.ResourceList{}
		}
		list[corev1.ResourceName(name)] = q
	}
	return list
}

// price returns a price that is a number, or a string.
func (d *decoder) price(path string, text []byte) catalog.Price {
	if text == nil {
		return 0
	}
	digits := strings.Trim(string(text), `"`)
	if v, err := strconv.ParseFloat(digits, 64); err == nil && strings.ContainsAny(digits, "eE") {
		digits = strconv.FormatFloat(v, 'f', -1, 64) // YAML's small numbers come as 1e-05
	}
	p, err := catalog.ParsePrice(digits)
	if err != nil {
		d.fail(path, err)
	}
	return p
}

// catalogFaults gathers the faults of a catalog under the paths of its file.
func (d *decoder) catalogFaults(err error) {
	if err == nil {
		return
	}
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() { // as Validate joins them
		var fault *catalog.InvalidError
		if errors.As(err, &fault) {
			path := strings.Replace(fault.Path, "Catalog[", "types[", 1)
			for _, field := range []string{"Name", "Choices", "Capacity", "Overhead", "Offerings", "Labels", "Price", "Limit", "Allocatable"} {
				path = strings.ReplaceAll(path, "."+field, "."+strings.ToLower(field[:1])+field[1:])
			}
			d.fail(path, fault.Err)
		}
	}
}
