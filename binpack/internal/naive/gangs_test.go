package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestGang(t *testing.T) {
	for name, test := range map[string]struct {
		namespace string
		labels    map[string]string
		label     string
		want      string // "": of no gang
	}{
		"member":            {"blue", map[string]string{"job": "1"}, "job", "blue/1"},
		"default namespace": {"", map[string]string{"job": "1"}, "job", "default/1"},
		"empty value":       {"blue", map[string]string{"job": ""}, "job", "blue/"},
		"no such label":     {"blue", map[string]string{"app": "1"}, "job", ""},
		"no gangs":          {"blue", map[string]string{"": "1"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			gang, ok := Gang(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: test.namespace, Labels: test.labels}}, test.label)
			require.Equal(t, test.want != "", ok)
			if ok {
				require.Equal(t, test.want, gang)
			}
		})
	}
}
