package translate_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"

	"github.com/stowage/stowage/examples/karpenter/translate"
)

var update = flag.Bool("update", false, "rewrite FIELDS.md")

// TestFields: the table has every field that upstream has, and no other.
func TestFields(t *testing.T) {
	var have, want []string
	walk(reflect.TypeFor[v1.NodePool](), "NodePool", &want)
	walk(reflect.TypeFor[cloudprovider.InstanceType](), "InstanceType", &want)
	for _, f := range translate.Fields() {
		have = append(have, f.Path)
		require.Contains(t, []translate.Fate{translate.Carried, translate.Approximated, translate.Said, translate.Elsewhere}, f.Fate)
		if f.Fate == translate.Approximated || f.Fate == translate.Said {
			require.NotEmpty(t, f.Note, f.Path)
		}
	}
	require.ElementsMatch(t, want, have)
}

// walk lists the fields of a struct of Karpenter's, with those of the structs in them, but
// for what is Kubernetes' or plain.
func walk(of reflect.Type, path string, out *[]string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	whole := map[reflect.Type]bool{reflect.TypeFor[v1.NodeClassReference](): true, reflect.TypeFor[v1.Budget](): true,
		reflect.TypeFor[v1.NillableDuration](): true, reflect.TypeFor[cloudprovider.DynamicResources](): true}
	mine := strings.HasPrefix(of.PkgPath(), "sigs.k8s.io/karpenter/") && of.Kind() == reflect.Struct
	if !mine || whole[of] {
		*out = append(*out, path)
		return
	}
	for i := range of.NumField() {
		if f := of.Field(i); f.IsExported() {
			walk(f.Type, path+"."+f.Name, out)
		}
	}
}

// TestFieldsFile: FIELDS.md is the table.
func TestFieldsFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Every field of NodePool and InstanceType, and what becomes of it\n\nWritten by `go test ./translate -run FieldsFile -update`.\n\n| field | fate | |\n| --- | --- | --- |\n")
	for _, f := range translate.Fields() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.Path, f.Fate, f.Note)
	}
	const file = "../FIELDS.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have))
}
