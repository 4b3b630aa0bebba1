package wire

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// Codec is a codec for gRPC that knows the messages of this package, and those that have
// generated code: the health service's.
type Codec struct{}

var _ encoding.CodecV2 = Codec{}

// Name returns the name of the encoding: it is protobuf.
func (Codec) Name() string { return "proto" }

// Marshal writes a message.
func (Codec) Marshal(v any) (mem.BufferSlice, error) {
	var b []byte
	switch m := v.(type) {
	case message:
		b = m.marshal()
	case proto.Message:
		var err error
		if b, err = proto.Marshal(m); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("cannot write a %T", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(b)}, nil
}

// Unmarshal reads a message. It keeps no part of data.
func (Codec) Unmarshal(data mem.BufferSlice, v any) error {
	switch m := v.(type) {
	case message:
		return m.unmarshal(data.Materialize())
	case proto.Message:
		return proto.Unmarshal(data.Materialize(), m)
	}
	return fmt.Errorf("cannot read a %T", v)
}
