package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// leavesNothing says why a pool's requirements and labels leave nothing of its catalog:
// it names each requirement that no offering meets by itself, or where each is met by some
// all of them; with the values that there are, and the one that is nearest to what is
// asked. Waiting does not help.
func (x *Explainer) leavesNothing(pool int) stop {
	p := &x.supply.Pools[pool]
	offered := x.labelsOffered(pool)
	var rules []string
	path := ""
	for i := range p.Requirements {
		r := &p.Requirements[i]
		values := valuesUnder(offered, r.Key)
		meets := func(labels map[string]string) bool { return kube.Unmet(p.Requirements[i:i+1], labels) == nil }
		open := len(values) == 0 && r.Operator == corev1.NodeSelectorOpIn // each launch chooses
		if len(offered) == 0 || open || slices.ContainsFunc(offered, meets) {
			continue
		}
		if path == "" {
			path = fmt.Sprintf("Pools[%d].requirements[%d]", pool, i)
		}
		rules = append(rules, kube.RequirementString(*r)+", but "+haveInstead(r, values))
	}
	d := binpack.Detail{Path: path, Rule: strings.Join(rules, "; "), Lasting: true}
	switch {
	case len(offered) == 0:
		d.Rule = "there is nothing in its catalog"
	case len(rules) == 0:
		var all []string
		for _, r := range p.Requirements {
			all = append(all, kube.RequirementString(r))
		}
		for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
			all = append(all, "label "+key+"="+p.Labels[key])
		}
		d.Rule = "the pool's requirements and labels leave nothing of its catalog: together no offering meets " + strings.Join(all, " and ")
	}
	return stop{binpack.NoAvailableOffering, d}
}

// labelsOffered returns the labels of nodes of each offering that the pool's catalog has,
// as far as its requirements read them, the pool's own among them.
func (x *Explainer) labelsOffered(pool int) []map[string]string {
	p := &x.supply.Pools[pool]
	var out []map[string]string
	for _, t := range x.c.Reading.Problem.CatalogOf(p) {
		for i := range t.Offerings {
			labels := t.OfferingLabels(i)
			for _, key := range nodelabel.ZonesOfDrivers() {
				if _, stated := t.Offerings[i].Labels[key]; !stated && t.Offerings[i].Zone != "" {
					labels[key] = t.Offerings[i].Zone
				}
			}
			for _, more := range []map[string]string{p.Labels, x.c.Reading.Problem.NodeLabels} {
				for key, value := range more {
					if _, has := nodelabel.Of(labels, nodelabel.Canonical(key)); !has {
						labels[key] = value
					}
				}
			}
			out = append(out, supply.WithChoices(labels, t.Choices)...)
		}
	}
	for _, labels := range out {
		nodelabel.AddAliases(labels)
	}
	return out
}

func valuesUnder(all []map[string]string, key string) []string {
	var out []string
	for _, labels := range all {
		if v, ok := labels[key]; ok {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// maxValues is how many values are worth reading.
const maxValues = 8

// haveInstead says which values there are in place of those that a requirement asks for,
// and which of them is nearest.
func haveInstead(r *corev1.NodeSelectorRequirement, values []string) string {
	if len(values) == 0 {
		return "nothing in its catalog has that label"
	}
	text := "its catalog has " + strings.Join(values[:min(len(values), maxValues)], ", ")
	if more := len(values) - maxValues; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if r.Operator != corev1.NodeSelectorOpIn {
		return text
	}
	for _, asked := range r.Values {
		if near := nearestWord(asked, values); near != "" {
			text += fmt.Sprintf(` (%q: %q?)`, asked, near)
		}
	}
	return text
}

// nearestWord returns the value that differs least from a word, in a third of its letters
// at most; "": there is none.
func nearestWord(word string, values []string) string {
	best, least := "", len(word)/3+1
	for _, v := range values {
		if n := edits(word, v); n < least {
			best, least = v, n
		}
	}
	return best
}

// edits returns how many letters have to be changed, added or left out to make b of a.
//
// Wagner, Fischer: The String-to-String Correction Problem, 1974.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
