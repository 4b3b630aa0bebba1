package fold

import "github.com/stowage/stowage/binpack"

// Split returns the first n of the pods, and the others.
func Split(pods []binpack.Placement, n int64) (first, rest []binpack.Placement) {
	for _, p := range pods {
		k := min(int64(p.Count), n)
		n -= k
		if k > 0 {
			first = append(first, binpack.Placement{Pod: p.Pod, Count: int(k)})
		}
		if int64(p.Count) > k {
			rest = append(rest, binpack.Placement{Pod: p.Pod, Count: p.Count - int(k)})
		}
	}
	return first, rest
}
