package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/model"
)

// TestExcludes: classes exclude each other by a group of either that has no room for both.
func TestExcludes(t *testing.T) {
	m := &model.Model{
		Classes: []model.Class{{Owns: []int{0}}, {In: []int{0}}, {Owns: []int{1}, In: []int{1}}, {In: []int{1, 2}}, {Owns: []int{2}, In: []int{2}}},
		Groups:  []model.Group{{Most: 0}, {Most: 1}, {Most: 2}},
	}
	require.Equal(t, [][]int{{1}, {0}, {3}, {2}, nil}, m.Excludes(), "one of each of the last group's classes may be there")
}
