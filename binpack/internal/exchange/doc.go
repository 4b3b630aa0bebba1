// Package exchange makes a node worth more with pods from elsewhere: one of its
// pods for another one that is worth more, or just another one, each time what
// gains most, until nothing gains. A node that is nearly full of many small pods
// becomes full to a few thousandths so, as there are as many exchanges as pairs.
package exchange
