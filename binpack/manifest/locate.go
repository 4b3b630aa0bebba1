package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	kjson "sigs.k8s.io/json"
)

// Faults are located in texts of at most maxSearched bytes, and the first maxLocated of
// a document: it takes time.
const (
	maxSearched = 1 << 20
	maxLocated  = 100
)

// locate returns the innermost value of an object that keeps it from being
// decoded: without it the object decodes, or fails elsewhere. If it is not worth
// the time, it returns the top.
func locate(text []byte, fresh func() any, worth bool) (path []any, err error) {
	var root any
	decode := func() error {
		text, err := json.Marshal(root)
		if err == nil {
			err = kjson.UnmarshalCaseSensitivePreserveInts(text, fresh())
		}
		return err
	}
	if err := json.Unmarshal(text, &root); err != nil || len(text) > maxSearched || !worth {
		return nil, plain(kjson.UnmarshalCaseSensitivePreserveInts(text, fresh()))
	}
	fault := decode()
	if fault == nil {
		return nil, errors.New("cannot be read")
	}
	at := root
	for {
		step, below := innerStep(at, func() bool {
			err := decode()
			return err == nil || err.Error() != fault.Error()
		})
		if step == nil {
			return path, plain(fault)
		}
		path, at = append(path, step), below
	}
}

// innerStep returns the value below v without which something changes; nil:
// there is none.
func innerStep(v any, changes func() bool) (step, below any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			below := v[key]
			v[key] = nil
			changed := below != nil && changes()
			v[key] = below
			if changed {
				return key, below
			}
		}
	case []any:
		for i, below := range v {
			v[i] = nil
			changed := below != nil && changes()
			v[i] = below
			if changed {
				return i, below
			}
		}
	}
	return nil, nil
}

var goTypes = regexp.MustCompile(`^json: cannot unmarshal (\S+) into Go (?:struct field \S+|value) of type (\S+)$`)

// plain returns an error of the JSON reader in the terms of manifests.
func plain(err error) error {
	if err == nil {
		return errors.New("cannot be read")
	}
	if m := goTypes.FindStringSubmatch(err.Error()); m != nil {
		want := "a value of another type"
		switch t := m[2]; {
		case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "uint"):
			want = "a whole number"
		case strings.HasPrefix(t, "[]"):
			want = "a list"
		case strings.HasPrefix(t, "map["), strings.Contains(t, "."):
			want = "an object"
		case t == "bool":
			want = "true or false"
		case t == "string" && (m[1] == "bool" || m[1] == "number"):
			want = "a string: quotes make it one"
		case t == "string":
			want = "a string"
		}
		article := "a"
		if m[1] == "array" || m[1] == "object" {
			article = "an"
		}
		return fmt.Errorf("is %s %s, not %s", article, m[1], want)
	}
	if errors.Is(err, resource.ErrFormatWrong) || strings.HasPrefix(err.Error(), "quantities must match") {
		return errors.New("is no quantity like 500m or 1Gi")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// pathString returns keys and indices as a path: spec.containers[0].name.
func pathString(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			switch {
			case strings.ContainsAny(step, "./[]"):
				fmt.Fprintf(&b, "[%s]", step)
			case b.Len() > 0:
				b.WriteString("." + step)
			default:
				b.WriteString(step)
			}
		}
	}
	return b.String()
}
