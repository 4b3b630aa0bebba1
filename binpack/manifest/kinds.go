package manifest

import (
	"encoding/json"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

const (
	karpenterGroup = "karpenter.sh"
	awsGroup       = "karpenter.k8s.aws"
	autoGroup      = "eks.amazonaws.com"
)

// A kind is an object that is read.
type kind struct {
	group, name string
	versions    string // with blanks between
	fresh       func() any
	workload    bool // it has pods
}

func of[T any]() any { return new(T) }

// kinds returns what is read.
func kinds() []kind {
	return []kind{
		{"", "Pod", "v1", of[corev1.Pod], true},
		{"", "ReplicationController", "v1", of[corev1.ReplicationController], true},
		{"apps", "Deployment", "v1", of[appsv1.Deployment], true},
		{"apps", "StatefulSet", "v1", of[appsv1.StatefulSet], true},
		{"apps", "ReplicaSet", "v1", of[appsv1.ReplicaSet], true},
		{"apps", "DaemonSet", "v1", of[appsv1.DaemonSet], true},
		{"batch", "Job", "v1", of[batchv1.Job], true},
		{"batch", "CronJob", "v1 v1beta1", of[batchv1.CronJob], true},
		{"autoscaling", "HorizontalPodAutoscaler", "v2 v2beta2", of[autoscalingv2.HorizontalPodAutoscaler], false},
		{"autoscaling", "HorizontalPodAutoscaler", "v1", of[autoscalingv1.HorizontalPodAutoscaler], false},
		{"policy", "PodDisruptionBudget", "v1", of[policyv1.PodDisruptionBudget], false},

		{"", "Namespace", "v1", of[corev1.Namespace], false},
		{"", "LimitRange", "v1", of[corev1.LimitRange], false},
		{"", "ResourceQuota", "v1", of[corev1.ResourceQuota], false},
		{"scheduling.k8s.io", "PriorityClass", "v1", of[schedulingv1.PriorityClass], false},
		{"node.k8s.io", "RuntimeClass", "v1", of[nodev1.RuntimeClass], false},

		{"", "Node", "v1", of[corev1.Node], false},
		{"", "PersistentVolume", "v1", of[corev1.PersistentVolume], false},
		{"", "PersistentVolumeClaim", "v1", of[corev1.PersistentVolumeClaim], false},
		{"storage.k8s.io", "StorageClass", "v1", of[storagev1.StorageClass], false},
		{"storage.k8s.io", "CSINode", "v1", of[storagev1.CSINode], false},
		{"storage.k8s.io", "VolumeAttachment", "v1", of[storagev1.VolumeAttachment], false},

		{karpenterGroup, "NodePool", "v1 v1beta1", of[karpenter.NodePool], false},
		{karpenterGroup, "NodeClaim", "v1 v1beta1", of[karpenter.NodeClaim], false},
		{karpenterGroup, "NodeOverlay", "v1 v1alpha1", of[karpenter.NodeOverlay], false},
		{awsGroup, "EC2NodeClass", "v1 v1beta1", of[karpenter.EC2NodeClass], false},
		{autoGroup, "NodeClass", "v1", of[karpenter.AutoNodeClass], false},
	}
}

// known returns what makes an empty object of a kind; nil: it is not read.
func known(group, version, name string) func() any {
	for _, k := range kinds() {
		if k.group == group && k.name == name && slices.Contains(strings.Fields(k.versions), version) {
			return k.fresh
		}
	}
	return nil
}

// named reports whether an object has a name that only one object can have.
func named(o object) bool { return o.origin.Name != "" && generated(o.value) == "" }

// generated returns the generateName of an object without a name.
func generated(v any) string {
	if m, ok := v.(interface {
		GetName() string
		GetGenerateName() string
	}); ok && m.GetName() == "" {
		return m.GetGenerateName()
	}
	return ""
}

func namespaceOf(stated string) string {
	if stated == "" {
		return corev1.NamespaceDefault
	}
	return stated
}

// quietGroups are API groups of Kubernetes' own: nothing in them but the kinds that are
// read has pods or nodes.
const quietGroups = " apps batch autoscaling policy extensions rbac.authorization.k8s.io apiextensions.k8s.io networking.k8s.io " +
	"admissionregistration.k8s.io apiregistration.k8s.io coordination.k8s.io discovery.k8s.io events.k8s.io " +
	"flowcontrol.apiserver.k8s.io certificates.k8s.io authentication.k8s.io authorization.k8s.io storage.k8s.io " +
	"scheduling.k8s.io node.k8s.io resource.k8s.io metrics.k8s.io gateway.networking.k8s.io snapshot.storage.k8s.io "

// operators are kinds of well-known operators whose objects run pods without
// stating a template of them.
const operators = " Prometheus PrometheusAgent Alertmanager ThanosRuler JobSet LeaderWorkerSet Rollout CloneSet " +
	"RayCluster RayJob RayService SparkApplication ScheduledSparkApplication Workflow CronWorkflow ClusterWorkflowTemplate " +
	"PyTorchJob TFJob MPIJob XGBoostJob PaddleJob JAXJob TrainJob Notebook InferenceService InferenceGraph " +
	"Kafka KafkaNodePool KafkaConnect KafkaMirrorMaker2 KafkaBridge Elasticsearch Kibana Logstash Beat Agent ApmServer " +
	"PostgresCluster Postgresql PerconaServerMongoDB PerconaXtraDBCluster MongoDBCommunity InnoDBCluster CassandraDatacenter " +
	"RabbitmqCluster RedisCluster RedisFailover ZookeeperCluster FlinkDeployment OpenTelemetryCollector Jaeger Grafana " +
	"VMCluster VMSingle VMAgent VMAlert TiDBCluster TidbCluster Seldon SeldonDeployment AppWrapper CephCluster Tenant "

// unknown notes an object that is not read.
func (d *decoder) unknown(o object, text []byte) {
	name := o.origin.Kind
	quiet := o.group == "" || strings.Contains(quietGroups, " "+o.group+" ")
	switch {
	case name == "":
		d.objects.skip(o, "has no apiVersion and kind: it is no Kubernetes object", false)
	case slices.ContainsFunc(kinds(), func(k kind) bool { return k.name == name && (k.group == o.group || quiet) && k.workload }):
		d.objects.skip(o, "is of a version that is not read: its pods are missing", true)
	case slices.ContainsFunc(kinds(), func(k kind) bool { return k.name == name && k.group == o.group }):
		d.objects.skip(o, "is of a version that is not read", false)
	case quiet:
		d.objects.skip(o, "has no say in what is launched", false)
	case strings.Contains(operators, " "+name+" ") || o.group == "serving.knative.dev" || o.group == "postgresql.cnpg.io" && name == "Cluster" || hasPods(text):
		d.objects.skip(o, "is of a kind that is not read: its pods are missing", true)
	default:
		d.objects.skip(o, "is of a kind that is not read", false)
	}
}

// hasPods reports whether an object states containers somewhere.
func hasPods(text []byte) bool {
	var v any
	return json.Unmarshal(text, &v) == nil && statesContainers(v)
}

func statesContainers(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["containers"].([]any); ok && len(list) > 0 {
			if c, ok := list[0].(map[string]any); ok && (c["image"] != nil || c["name"] != nil) {
				return true
			}
		}
		for _, below := range v {
			if statesContainers(below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, statesContainers)
	}
	return false
}
