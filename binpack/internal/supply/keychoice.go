package supply

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// A chooser finds the choices of values that rules tell apart. Of rules it sees clauses:
// requirements on the open keys that hold together or not. A choice is left out where
// another meets all clauses that it meets.
type chooser struct {
	keys    []string
	values  [][]string // per key
	counted []bool     // per key: each value counts, whatever clauses say
	clauses []clause
}

// A clause is what one term of a rule asks of the open keys.
type clause struct {
	on    []func(value string) bool // per key; nil: nothing
	exact bool                      // it must not be met by more choices: a daemon's, which takes room
}

// maxChoices bounds the choices. Where there are more, some are chosen so that each
// clause is met by one.
const maxChoices = 2000

// read adds the clauses of a rule set.
func (c *chooser) read(set *kube.RuleSet, exact bool) {
	for _, t := range set.Terms() {
		of := clause{on: make([]func(string) bool, len(c.keys)), exact: exact}
		reads := false
		for _, e := range t.MatchExpressions {
			if k := slices.Index(c.keys, nodelabel.Canonical(e.Key)); k >= 0 {
				of.on[k], reads = both(of.on[k], e), true
			}
		}
		if reads {
			c.clauses = append(c.clauses, of)
		}
	}
}

// both returns whether a value meets what came before and a requirement.
func both(before func(string) bool, e corev1.NodeSelectorRequirement) func(string) bool {
	return func(v string) bool {
		if before != nil && !before(v) {
			return false
		}
		switch e.Operator {
		case corev1.NodeSelectorOpIn:
			return slices.Contains(e.Values, v)
		case corev1.NodeSelectorOpNotIn:
			return !slices.Contains(e.Values, v)
		}
		return kube.Unmet([]corev1.NodeSelectorRequirement{e}, map[string]string{e.Key: v}) == nil
	}
}

// choose returns choices that some clause tells apart; partial: there are more.
func (c *chooser) choose() (choices []map[string]string, partial bool) {
	alive := make([]bool, len(c.clauses))
	for i := range alive {
		alive[i] = true
	}
	c.walk(0, make([]string, len(c.keys)), alive, &choices)
	if len(choices) <= maxChoices {
		return choices, false
	}
	return c.cover(), true
}

// walk adds the choices that begin with those made for the first keys, which leave some
// clauses alive. It stops beyond maxChoices.
func (c *chooser) walk(key int, made []string, alive []bool, out *[]map[string]string) {
	if len(*out) > maxChoices {
		return
	}
	if key == len(c.keys) {
		*out = append(*out, c.labels(made))
		return
	}
	var kept [][]bool
	var values []string
	for _, v := range c.values[key] {
		left := c.after(alive, key, v)
		if !c.counted[key] {
			if slices.ContainsFunc(kept, func(o []bool) bool { return c.replaces(o, left) }) {
				continue
			}
			for i := len(kept) - 1; i >= 0; i-- {
				if c.replaces(left, kept[i]) {
					kept, values = slices.Delete(kept, i, i+1), slices.Delete(values, i, i+1)
				}
			}
		}
		kept, values = append(kept, left), append(values, v)
	}
	for i, v := range values {
		made[key] = v
		c.walk(key+1, made, kept[i], out)
	}
}

// after returns the clauses that are alive once a key has a value.
func (c *chooser) after(alive []bool, key int, value string) []bool {
	left := slices.Clone(alive)
	for i := range left {
		if on := c.clauses[i].on[key]; left[i] && on != nil && !on(value) {
			left[i] = false
		}
	}
	return left
}

// replaces reports whether choices that leave a alive do for whatever those do that
// leave b.
func (c *chooser) replaces(a, b []bool) bool {
	for i := range b {
		if b[i] && !a[i] || c.clauses[i].exact && a[i] != b[i] {
			return false
		}
	}
	return true
}

// cover returns choices so that each clause that can be met is met by one: for the first
// clause that is not, its values, and for the other keys those that meet most.
func (c *chooser) cover() []map[string]string {
	var out []map[string]string
	met := make([]bool, len(c.clauses))
	for first := range c.clauses {
		if met[first] {
			continue
		}
		made, alive := make([]string, len(c.keys)), make([]bool, len(c.clauses))
		for i := range alive {
			alive[i] = true
		}
		for key := range c.keys {
			best, most := c.values[key][0], -1
			for _, v := range c.values[key] {
				left, n := c.after(alive, key, v), 0
				for i := range left {
					if left[i] && !met[i] {
						n++
					}
				}
				if left[first] && n > most {
					best, most = v, n
				}
			}
			made[key], alive = best, c.after(alive, key, best)
		}
		for i := range alive {
			met[i] = met[i] || alive[i]
		}
		out = append(out, c.labels(made))
	}
	if len(out) == 0 { // all are alike to the rules, but for values that count
		var made []string
		for _, values := range c.values {
			made = append(made, values[0])
		}
		out = append(out, c.labels(made))
	}
	return out
}

func (c *chooser) labels(made []string) map[string]string {
	out := map[string]string{}
	for i, key := range c.keys {
		out[key] = made[i]
	}
	return out
}
