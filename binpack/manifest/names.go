package manifest

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
)

// Name returns what the pod is called in the sources: the object that it comes
// from, like "Deployment shop/cart"; of pods that a StatefulSet has one by one,
// with the pod's name behind it. A pod that is none of the Problem's has its own
// name.
func (r *Result) Name(pod *corev1.Pod) string {
	at, ok := r.pods[pod]
	if !ok {
		return Origin{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}.String()
	}
	name := at.origin.String()
	if at.template != "" && pod.Name != at.origin.Name {
		name += ", pod " + pod.Name
	}
	return name
}

// Path returns a path of the Problem or of a pod of it, as reasons and changes
// have it, as one of the object that it is in. What is in no object keeps its
// path, under the zero Origin.
func (r *Result) Path(pod *corev1.Pod, path string) (in Origin, inObject string) {
	m := indexed.FindStringSubmatch(path)
	if m == nil {
		if _, ok := r.pods[pod]; ok && (strings.HasPrefix(path, "spec.") || strings.HasPrefix(path, "metadata.")) {
			return r.inPod(pod, path)
		}
		return Origin{}, path
	}
	i, _ := strconv.Atoi(m[2])
	rest := path[len(m[0]):]
	p := &r.Problem
	switch {
	case m[1] == "Pools" && i < len(r.pools):
		return r.pools[i].origin, r.pools[i].path(poolPath(strings.TrimPrefix(rest, ".")))
	case m[1] == "Pods" && i < len(p.Pods):
		return r.inPod(p.Pods[i], rest)
	case m[1] == "DaemonPods" && i < len(p.DaemonPods):
		return r.inPod(p.DaemonPods[i], rest)
	case m[1] == "Workloads" && i < len(p.Workloads) && rest == ".Replicas":
		in, _ := r.inPod(p.Workloads[i].Pod, "")
		return in, "spec.replicas"
	case m[1] == "Workloads" && i < len(p.Workloads):
		return r.inPod(p.Workloads[i].Pod, strings.TrimPrefix(rest, ".Pod"))
	case m[1] == "Existing" && i < len(p.Existing):
		if n := nodePods.FindStringSubmatch(rest); n != nil {
			if j, _ := strconv.Atoi(n[1]); j < len(p.Existing[i].Pods) {
				return r.inPod(p.Existing[i].Pods[j], rest[len(n[0]):])
			}
		}
		return Origin{Kind: "Node", Name: p.Existing[i].Node.Name}, strings.TrimPrefix(strings.TrimPrefix(rest, ".Node"), ".")
	}
	return Origin{}, path
}

// inPod returns a path of a pod as one of the object that it comes from. A pod
// that comes from none is an object of its own.
func (r *Result) inPod(pod *corev1.Pod, path string) (in Origin, inObject string) {
	path = strings.TrimPrefix(path, ".")
	at, ok := r.pods[pod]
	switch {
	case !ok:
		return Origin{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}, path
	case path == "":
		return at.origin, at.path("")
	}
	return at.origin, at.path(at.of(path))
}

var (
	indexed  = regexp.MustCompile(`^(Pools|Pods|DaemonPods|Workloads|Existing)\[(\d{1,9})\]`)
	nodePods = regexp.MustCompile(`^\.Pods\[(\d{1,9})\]`)
	inText   = regexp.MustCompile(`\b(Pools|Pods|DaemonPods|Workloads|Existing)\[\d{1,9}\](\.?[A-Za-z]+(\[[^\]\s]*\])?)*`)
)

// poolPath returns a path of a Pool as one of a NodePool.
func poolPath(path string) string {
	field, rest := path, ""
	if i := strings.IndexAny(path, ".["); i >= 0 {
		field, rest = path[:i], path[i:]
	}
	switch strings.ToLower(field) {
	case "":
		return ""
	case "name":
		return "metadata.name"
	case "labels":
		return "spec.template.metadata.labels" + rest
	case "taints":
		return "spec.template.spec.taints" + rest
	case "startuptaints":
		return "spec.template.spec.startupTaints" + rest
	case "requirements":
		return "spec.template.spec.requirements" + rest
	case "minvalues": // of the requirements on a key
		return "spec.template.spec.requirements" + rest + ".minValues"
	case "limits":
		return "spec.limits" + rest
	case "weight":
		return "spec.weight"
	}
	return path
}

// Text returns a text about the Problem with each path in it as one of an object.
func (r *Result) Text(text string) string {
	return inText.ReplaceAllStringFunc(text, func(path string) string {
		origin, in := r.Path(nil, path)
		return strings.TrimSpace(origin.String() + " " + in)
	})
}

// Explain returns an error of a Problem, such as Validate's, in the terms of the
// objects that it comes from. Errors that are joined stay so.
func (r *Result) Explain(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, r.Explain(e))
		}
		return errors.Join(all...)
	}
	var invalid *binpack.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	origin, path := r.Path(nil, invalid.Path)
	if origin == (Origin{}) {
		return err
	}
	return &Error{Origin: origin, Path: path, Err: invalid.Err}
}

// Reason returns why a pool takes no more such pods, with each path as one of an
// object.
func (r *Result) Reason(pod *corev1.Pod, reason binpack.PoolReason) binpack.PoolReason {
	join := func(path string) string {
		origin, in := r.Path(pod, path)
		if origin == r.pods[pod].origin {
			return in // it stands under that name
		}
		return strings.TrimSpace(origin.String() + " " + in)
	}
	d := &reason.Detail
	d.Path, d.Rule = join(d.Path), r.Text(d.Rule)
	if d.Change != nil {
		change := *d.Change
		change.Path = join(change.Path)
		d.Change = &change
	}
	return reason
}
