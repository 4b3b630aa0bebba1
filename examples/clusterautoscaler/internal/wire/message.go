// Package wire writes and reads the messages of expander.proto by hand. There is no
// generated code, so that nothing is registered: a program may link this and Cluster
// Autoscaler's own package of the same protobuf names.
//
//	Request ──Marshal──► bytes ──Codec──► gRPC ──► bytes ──Unmarshal──► Request
package wire

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// An Option is what a group would grow by.
type Option struct {
	Group string // its id
	Nodes int32
	Debug string
	Pods  [][]byte // each a corev1.Pod as protobuf
}

// A Request is the options of a round.
type Request struct {
	Options []Option
	Nodes   map[string][]byte // id of a group → its template, a corev1.Node as protobuf

	Received time.Time // when it was read; not on the wire
	Bytes    int       // its size on the wire
}

// A Response is the options that are chosen.
type Response struct {
	Options []Option
}

// message is what the codec writes and reads.
type message interface {
	marshal() []byte
	unmarshal(b []byte) error
}

func (o *Option) marshal() []byte {
	var b []byte
	if o.Group != "" {
		b = protowire.AppendString(protowire.AppendTag(b, 1, protowire.BytesType), o.Group)
	}
	if o.Nodes != 0 {
		b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(int64(o.Nodes)))
	}
	if o.Debug != "" {
		b = protowire.AppendString(protowire.AppendTag(b, 3, protowire.BytesType), o.Debug)
	}
	for _, pod := range o.Pods {
		b = protowire.AppendBytes(protowire.AppendTag(b, 5, protowire.BytesType), pod)
	}
	return b
}

func (o *Option) unmarshal(b []byte) error {
	*o = Option{}
	return fields(b, func(f field) error {
		switch {
		case f.is(1, protowire.BytesType):
			o.Group = string(f.bytes)
			if !utf8.ValidString(o.Group) {
				return fmt.Errorf("nodeGroupId: is not UTF-8")
			}
		case f.is(2, protowire.VarintType):
			o.Nodes = int32(f.number)
		case f.is(3, protowire.BytesType):
			o.Debug = string(f.bytes)
		case f.is(5, protowire.BytesType):
			o.Pods = append(o.Pods, f.bytes)
		}
		return nil
	})
}

func appendOptions(b []byte, options []Option) []byte {
	for i := range options {
		b = protowire.AppendBytes(protowire.AppendTag(b, 1, protowire.BytesType), options[i].marshal())
	}
	return b
}

func (r *Request) marshal() []byte {
	b := appendOptions(nil, r.Options)
	for _, id := range slices.Sorted(maps.Keys(r.Nodes)) {
		entry := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), id)
		entry = protowire.AppendBytes(protowire.AppendTag(entry, 2, protowire.BytesType), r.Nodes[id])
		b = protowire.AppendBytes(protowire.AppendTag(b, 3, protowire.BytesType), entry)
	}
	return b
}

// unmarshal keeps parts of b.
func (r *Request) unmarshal(b []byte) error {
	*r = Request{Nodes: make(map[string][]byte), Received: time.Now(), Bytes: len(b)}
	return fields(b, func(f field) error {
		switch {
		case f.is(1, protowire.BytesType):
			var o Option
			if err := o.unmarshal(f.bytes); err != nil {
				return fmt.Errorf("options[%d]: %w", len(r.Options), err)
			}
			r.Options = append(r.Options, o)
		case f.is(3, protowire.BytesType):
			id, node, err := entry(f.bytes)
			if err != nil {
				return fmt.Errorf("nodeBytesMap: %w", err)
			}
			r.Nodes[id] = node
		}
		return nil
	})
}

// entry reads an entry of a map from strings to bytes.
func entry(b []byte) (key string, value []byte, err error) {
	err = fields(b, func(f field) error {
		switch {
		case f.is(1, protowire.BytesType):
			key = string(f.bytes)
		case f.is(2, protowire.BytesType):
			value = f.bytes
		}
		return nil
	})
	return key, value, err
}

func (r *Response) marshal() []byte { return appendOptions(nil, r.Options) }

func (r *Response) unmarshal(b []byte) error {
	*r = Response{}
	return fields(b, func(f field) error {
		if !f.is(1, protowire.BytesType) {
			return nil
		}
		var o Option
		if err := o.unmarshal(f.bytes); err != nil {
			return fmt.Errorf("options[%d]: %w", len(r.Options), err)
		}
		r.Options = append(r.Options, o)
		return nil
	})
}

// field is a field as it stands on the wire.
type field struct {
	number uint64 // of a varint
	bytes  []byte // of bytes
	num    protowire.Number
	typ    protowire.Type
}

func (f field) is(num protowire.Number, typ protowire.Type) bool { return f.num == num && f.typ == typ }

// fields yields the fields of a message. What take does not know it passes over.
func fields(b []byte, take func(field) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		f := field{num: num, typ: typ}
		switch typ {
		case protowire.VarintType:
			f.number, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return fmt.Errorf("field %d: %w", num, protowire.ParseError(n))
		}
		if err := take(f); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}
