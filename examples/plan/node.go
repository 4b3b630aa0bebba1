package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog/ec2"
)

// nodeOf returns how the nodes of a class are set up, and notes what of that does
// not count.
func nodeOf(class manifest.NodeClass) (ec2.Node, []manifest.Note) {
	var notes []manifest.Note
	note := func(path, format string, args ...any) {
		notes = append(notes, manifest.Note{Origin: class.Origin, Path: path, Why: fmt.Sprintf(format, args...)})
	}
	k, at := class.Kubelet, kubeletOf(class)
	node := ec2.Node{KubeReserved: k.KubeReserved, SystemReserved: k.SystemReserved, EvictionHard: k.EvictionHard}
	switch family := ec2.Family(class.AMIFamily); {
	case strings.HasPrefix(class.AMIFamily, "Windows"):
		note("spec.amiFamily", "%s: the prices are those of Linux", family)
		fallthrough
	case slices.Contains([]ec2.Family{ec2.AL2, ec2.AL2023, ec2.Bottlerocket}, family):
		node.Family = family
	case family != "" && family != "Custom": // whose capacity Karpenter takes to be that of AL2023
		note("spec.amiFamily", "%s is not known: capacity is that of AL2023", family)
	}
	if size := class.EphemeralVolume(); size != nil {
		const gib = 1 << 30
		node.RootVolumeGiB = (min(size.Value(), 1<<60) + gib - 1) / gib
		if size.Sign() <= 0 {
			node.RootVolumeGiB = -1 // which is refused
		}
	}
	switch class.InstanceStorePolicy {
	case "":
	case "RAID0":
		node.RAID0 = true
	default:
		note("spec.instanceStorePolicy", "%s is not known: instance storage is left alone", class.InstanceStorePolicy)
	}
	if k.MaxPods != nil {
		if node.MaxPods = int64(*k.MaxPods); node.MaxPods == 0 {
			note(at+".maxPods", "is 0: taken as not stated")
		}
	}
	if k.PodsPerCore != nil {
		node.PodsPerCore = int64(*k.PodsPerCore)
	}
	if len(k.EvictionSoft) > 0 {
		note(at+".evictionSoft", "reserves nothing: soft thresholds are not in a node's capacity")
	}
	return node, notes
}

// kubeletOf returns where a class states settings of the kubelet.
func kubeletOf(class manifest.NodeClass) string {
	if class.Origin.Kind == "NodePool" { // of v1beta1
		return "spec.template.spec.kubelet"
	}
	return "spec.kubelet"
}

// asStated returns an error about an ec2.Node in the words of its class.
func asStated(class manifest.NodeClass, err error) error {
	text, ok := strings.CutPrefix(err.Error(), "ec2: Node.")
	if !ok {
		return err
	}
	at := kubeletOf(class)
	return errors.New(strings.NewReplacer(
		"RootVolumeGiB", "the volume of pods' storage, in GiB", "MaxPods", at+".maxPods", "PodsPerCore", at+".podsPerCore",
		"KubeReserved", at+".kubeReserved", "SystemReserved", at+".systemReserved", "EvictionHard", at+".evictionHard",
	).Replace(text))
}
