// Package claims is the judge's reading of volumes: what package volumes is for the
// compiler, written once more from the API's documents and sharing nothing with it.
package claims
