package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

func sample() *Request {
	return &Request{
		Options: []Option{{Group: "a", Nodes: 3, Debug: "why", Pods: [][]byte{{1, 2}, {}}}, {Group: "b", Nodes: -1}},
		Nodes:   map[string][]byte{"a": {3}, "b": {}},
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	var got Request
	require.NoError(t, got.unmarshal(sample().marshal()))
	assert.Equal(t, sample().Options, got.Options)
	assert.Equal(t, sample().Nodes, got.Nodes)
	var resp Response
	require.NoError(t, resp.unmarshal((&Response{Options: sample().Options}).marshal()))
	assert.Equal(t, sample().Options, resp.Options)
}

func TestUnknownFieldsArePassedOver(t *testing.T) {
	b := sample().marshal()
	b = protowire.AppendVarint(protowire.AppendTag(b, 99, protowire.VarintType), 7)
	b = protowire.AppendFixed64(protowire.AppendTag(b, 98, protowire.Fixed64Type), 7)
	b = protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), []byte("old"))
	var got Request
	require.NoError(t, got.unmarshal(b))
	assert.Equal(t, sample().Options, got.Options)
}

// TestProtobufReadsTheSame holds the wire format against protobuf's own, by a descriptor
// that is made here and not registered.
func TestProtobufReadsTheSame(t *testing.T) {
	str, num, raw := descriptorpb.FieldDescriptorProto_TYPE_STRING, descriptorpb.FieldDescriptorProto_TYPE_INT32, descriptorpb.FieldDescriptorProto_TYPE_BYTES
	msg, one, many := descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL, descriptorpb.FieldDescriptorProto_LABEL_REPEATED
	fieldOf := func(name string, n int32, typ descriptorpb.FieldDescriptorProto_Type, label descriptorpb.FieldDescriptorProto_Label, of string) *descriptorpb.FieldDescriptorProto {
		f := &descriptorpb.FieldDescriptorProto{Name: &name, Number: &n, Type: &typ, Label: &label}
		if of != "" {
			f.TypeName = &of
		}
		return f
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("expander.proto"), Package: proto.String("grpcplugin"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{
			{Name: proto.String("Option"), Field: []*descriptorpb.FieldDescriptorProto{
				fieldOf("nodeGroupId", 1, str, one, ""), fieldOf("nodeCount", 2, num, one, ""), fieldOf("debug", 3, str, one, ""), fieldOf("podBytes", 5, raw, many, "")}},
			{Name: proto.String("BestOptionsRequest"), Field: []*descriptorpb.FieldDescriptorProto{
				fieldOf("options", 1, msg, many, ".grpcplugin.Option"), fieldOf("nodeBytesMap", 3, msg, many, ".grpcplugin.BestOptionsRequest.NodeBytesMapEntry")},
				NestedType: []*descriptorpb.DescriptorProto{{Name: proto.String("NodeBytesMapEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
					Field: []*descriptorpb.FieldDescriptorProto{fieldOf("key", 1, str, one, ""), fieldOf("value", 2, raw, one, "")}}}},
		},
	}, nil)
	require.NoError(t, err)
	m := dynamicpb.NewMessage(file.Messages().ByName("BestOptionsRequest"))
	require.NoError(t, proto.Unmarshal(sample().marshal(), m))
	b, err := proto.Marshal(m)
	require.NoError(t, err)
	var got Request
	require.NoError(t, got.unmarshal(b))
	assert.Equal(t, sample().Options, got.Options)
	assert.Equal(t, sample().Nodes, got.Nodes)
}

func FuzzRequest(f *testing.F) {
	f.Add(sample().marshal())
	f.Add([]byte{0x0a, 0x05, 'a'})
	f.Add([]byte{0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var first, again Request
		if first.unmarshal(b) != nil {
			return
		}
		require.NoError(t, again.unmarshal(first.marshal()))
		assert.Equal(t, first.Options, again.Options)
		assert.Equal(t, len(first.Nodes), len(again.Nodes))
	})
}
