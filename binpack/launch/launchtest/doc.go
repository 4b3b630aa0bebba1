// Package launchtest has a simulated market, for tests of what embeds
// [github.com/stowage/stowage/binpack/launch]: a [Market] is a Launcher that starts
// nothing.
package launchtest
