package problemfile

import (
	"bytes"
	"encoding/json"
)

// A cursor goes through text that is valid JSON, once: encoding/json would have to scan each
// level of it anew.
type cursor struct {
	text []byte
	at   int
}

// peek skips white space, and returns what is next; 0: nothing is.
func (c *cursor) peek() byte {
	for ; c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; b {
		case ' ', '\t', '\n', '\r':
		default:
			return b
		}
	}
	return 0
}

// next goes into the object or list that is next, or on to its next part, and reports whether
// there is one. After the last it passes the bracket that ends it.
func (c *cursor) next(end byte) bool {
	at := c.peek()
	c.at++
	if at != end && at != ',' && c.peek() == end { // it is empty
		at = end
		c.at++
	}
	return at != end
}

// key returns the key that is next, and passes its colon.
func (c *cursor) key() string {
	raw := c.value()
	c.peek()
	c.at++
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var key string
	_ = json.Unmarshal(raw, &key) // it is valid
	return key
}

// value returns the text of the value that is next, and passes it.
func (c *cursor) value() []byte {
	c.peek()
	first, depth := c.at, 0
	for {
		switch c.text[c.at] {
		case '"':
			c.quoted()
		case '{', '[':
			depth++
			c.at++
		case '}', ']':
			depth--
			c.at++
		case ',', ':', ' ', '\t', '\n', '\r':
			c.at++
		default:
			c.word()
		}
		if depth == 0 {
			return c.text[first:c.at]
		}
	}
}

// quoted passes a string.
func (c *cursor) quoted() {
	for c.at++; c.text[c.at] != '"'; c.at++ {
		if c.text[c.at] == '\\' {
			c.at++
		}
	}
	c.at++
}

// word passes a number, true, false or null.
func (c *cursor) word() {
	for c.at < len(c.text) && !bytes.ContainsRune([]byte(",:]} \t\n\r"), rune(c.text[c.at])) {
		c.at++
	}
}
