package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/stowage/stowage/binpack/internal/model"
)

func TestAtMost(t *testing.T) {
	s := Solution{{Bin: 0, Times: 100}, {Bin: 1, Times: 3}, {Bin: 2, Times: 1}}
	for _, tt := range []struct {
		most         int64
		some, others Solution
	}{
		{104, s, nil},
		{30, Solution{{Bin: 0, Times: 10}, {Bin: 1, Times: 3}, {Bin: 2, Times: 1}}, Solution{{Bin: 0, Times: 90}}},
		{1, Solution{{Bin: 0, Times: 1}, {Bin: 1, Times: 1}, {Bin: 2, Times: 1}}, Solution{{Bin: 0, Times: 99}, {Bin: 1, Times: 2}}},
	} {
		some, others := s.AtMost(tt.most)
		require.Equal(t, tt.some, some, "%d", tt.most)
		require.Equal(t, tt.others, others, "%d", tt.most)
	}
	some, others := Solution(nil).AtMost(0)
	require.Empty(t, some)
	require.Empty(t, others)
}
