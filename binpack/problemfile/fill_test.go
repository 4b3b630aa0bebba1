package problemfile_test

import (
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

// problems draws Problems in which any field may be set: those of binpack and
// catalog as well as those of pods, nodes and volumes. A field that a later
// release adds is drawn too, and fails the round trip until the format has it.
func problems() *rapid.Generator[binpack.Problem] {
	return rapid.Custom(func(t *rapid.T) binpack.Problem {
		var p binpack.Problem
		fill(t, reflect.ValueOf(&p).Elem())
		settle(t, &p)
		return p
	})
}

// settle makes unique what must be.
func settle(t *rapid.T, p *binpack.Problem) {
	settleCatalog(p.Catalog)
	for i := range p.Pools {
		pool := &p.Pools[i]
		pool.Name = fmt.Sprint(pool.Name, i)
		settleCatalog(pool.Catalog)
		if pool.Catalog != nil && rapid.Bool().Draw(t, "shared types") {
			pool.Catalog = p.Catalog[:rapid.IntRange(0, len(p.Catalog)).Draw(t, "types")]
		}
	}
	for i := range p.Existing {
		n := p.Existing[i].Node
		n.Name = fmt.Sprint(n.Name, i)
		if rapid.Bool().Draw(t, "hostname") {
			n.Labels = map[string]string{corev1.LabelHostname: n.Name}
		}
		if l := p.Existing[i].Launch; l != nil { // a file names the launch, and no more
			p.Existing[i].Launch = &binpack.Launch{Pool: l.Pool, Offering: l.Offering, Labels: l.Labels}
		}
	}
	for i := range p.Namespaces {
		p.Namespaces[i].Name = fmt.Sprint(p.Namespaces[i].Name, i)
	}
}

func settleCatalog(c catalog.Catalog) {
	for i, it := range c {
		it.Name = fmt.Sprint(it.Name, i)
		for j := range it.Offerings {
			o := &it.Offerings[j]
			o.Zone = fmt.Sprint(o.Zone, j)
			if o.Unavailable {
				o.Limit = 0
			}
		}
	}
}

// required reports whether a Problem may not hold a nil pointer of type t.
func required(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[*corev1.Pod](), reflect.TypeFor[*corev1.Node](), reflect.TypeFor[*catalog.InstanceType](), reflect.TypeFor[*corev1.Namespace](),
		reflect.TypeFor[*corev1.PersistentVolumeClaim](), reflect.TypeFor[*corev1.PersistentVolume](), reflect.TypeFor[*storagev1.StorageClass](),
		reflect.TypeFor[*storagev1.CSINode](), reflect.TypeFor[*storagev1.VolumeAttachment]():
		return true
	}
	return false
}

// fill draws a value for v, sparsely: most fields of a pod stay as they are.
func fill(t *rapid.T, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *resource.Quantity:
		*x = resource.MustParse(rapid.SampledFrom([]string{"0", "1", "1500m", "3n", "2Gi", "7", "3E"}).Draw(t, "quantity"))
		return
	case *metav1.Time:
		*x = metav1.Unix(rapid.Int64Range(1, 1<<32).Draw(t, "time"), 0)
		return
	case *metav1.FieldsV1:
		x.Raw = []byte(`{"f:spec":{}}`)
		return
	case *intstr.IntOrString:
		*x = rapid.SampledFrom([]intstr.IntOrString{intstr.FromInt32(8080), intstr.FromString("http")}).Draw(t, "port")
		return
	case *catalog.Price:
		*x = catalog.Price(rapid.Int64Range(0, 1<<62).Draw(t, "price"))
		return
	case *binpack.Availability:
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		if required(v.Type()) || some(t) {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Slice:
		if some(t) {
			n := rapid.IntRange(0, 2).Draw(t, "len")
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case reflect.Map:
		if some(t) {
			v.Set(reflect.MakeMap(v.Type()))
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			for range rapid.IntRange(0, 3).Draw(t, "len") {
				fill(t, key)
				fill(t, elem)
				v.SetMapIndex(key, elem)
			}
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "cpu", "memory", "pods", "web", "nvidia.com/gpu", "ä \"<&>\n"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int:
		v.SetInt(rapid.Int64Range(0, 9).Draw(t, "int"))
	case reflect.Int32, reflect.Int64:
		v.SetInt(rapid.Int64Range(-1<<31, 1<<31-1).Draw(t, "number"))
	default:
		t.Fatalf("the generator does not know %s", v.Type())
	}
}

// some is true for one optional part in three.
func some(t *rapid.T) bool { return rapid.IntRange(0, 2).Draw(t, "some") == 0 }
