package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"-steps", "5000", "-chooser-work", "100000", "-work", "100000", "../../../binpack/testdata/problems/seed4-inflate-15.json", "../../../binpack/testdata/problems/rules-quotas.json"}, &out))
	want, err := os.ReadFile("testdata/table.md")
	require.NoError(t, err)
	// how long the slowest answer took is the machine's
	got, _, _ := bytes.Cut(out.Bytes(), []byte("; slowest"))
	assert.Equal(t, string(want), string(got)+"\n")
	assert.Error(t, run([]string{"no such file"}, &out))
}
