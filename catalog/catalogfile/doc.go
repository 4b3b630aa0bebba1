// Package catalogfile reads catalogs of any kind of machine from YAML or JSON: own
// hardware, another cloud, a family that is not there. FORMAT.md describes the files;
// testdata has one in the manner of GKE and one in that of AKS.
package catalogfile
