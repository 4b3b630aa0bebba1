// Package catalog is the vocabulary of what can be launched.
package catalog
