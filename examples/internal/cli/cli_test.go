package cli_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/examples/internal/cli"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		done   bool
		code   int
		format cli.Format
		stderr string
	}{
		{args: []string{"file"}, format: cli.Table},
		{args: []string{"-o", "json", "file"}, format: cli.JSON},
		{args: []string{"-o", "yaml", "file"}, done: true, code: cli.BadInput, stderr: "test: invalid value \"yaml\" for flag -o: is neither table nor json\n"},
		{args: []string{"-x"}, done: true, code: cli.BadInput, stderr: "test: flag provided but not defined: -x\n"},
		{args: nil, done: true, code: cli.BadInput, stderr: "test: wants 1 arguments after the flags, not 0\n"},
		{args: []string{"a", "b"}, done: true, code: cli.BadInput, stderr: "test: wants 1 arguments after the flags, not 2\n"},
	} {
		var stdout, stderr bytes.Buffer
		c := cli.New("test", "Tests.")
		done, code := c.Parse(tt.args, 1, &stdout, &stderr)
		require.Equal(t, tt.done, done, tt.args)
		require.Equal(t, tt.code, code, tt.args)
		require.Equal(t, tt.stderr, stderr.String())
		require.Empty(t, stdout.String())
		if !done {
			require.Equal(t, tt.format, c.Format)
		}
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	done, code := cli.New("test", "Tests.").Parse([]string{"-h"}, 1, &stdout, &stderr)
	require.True(t, done)
	require.Equal(t, cli.OK, code)
	require.Empty(t, stderr.String())
	require.Equal(t, "Tests.\n\n  -o table\n    \tprint a table or json (default table)\n", stdout.String())
}

func TestFail(t *testing.T) {
	var stderr bytes.Buffer
	code := cli.New("test", "").Fail(&stderr, errors.Join(errors.New("one"), errors.New("two"), errors.New("three")))
	require.Equal(t, cli.BadInput, code)
	require.Equal(t, "test: one (and 2 more)\n", stderr.String())
}
