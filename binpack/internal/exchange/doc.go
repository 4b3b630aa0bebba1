// Package exchange makes a node worth more with pods from elsewhere: it exchanges one of
// the node's pods for one that is worth more, or adds one, always what gains most, until
// nothing gains. Since there are as many exchanges as pairs of pods, a node nearly full of
// many small pods becomes full to a few thousandths.
package exchange
