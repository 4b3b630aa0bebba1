package wire

import (
	"context"

	"google.golang.org/grpc"
)

// MaxMessage is the most bytes of a message, as Cluster Autoscaler's client has it.
const MaxMessage = 128 << 20

const method = "/grpcplugin.Expander/BestOptions"

// An Expander answers which options are to grow.
type Expander interface {
	BestOptions(ctx context.Context, r *Request) (*Response, error)
}

// Register adds e to a server that has Codec as its codec.
func Register(s grpc.ServiceRegistrar, e Expander) {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "grpcplugin.Expander",
		HandlerType: (*Expander)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "BestOptions", Handler: handle}},
		Metadata:    "expander.proto",
	}, e)
}

func handle(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	r := new(Request)
	if err := decode(r); err != nil {
		return nil, err
	}
	e := srv.(Expander)
	if intercept == nil {
		return e.BestOptions(ctx, r)
	}
	info := &grpc.UnaryServerInfo{Server: srv, FullMethod: method}
	return intercept(ctx, r, info, func(ctx context.Context, r any) (any, error) {
		return e.BestOptions(ctx, r.(*Request))
	})
}

// BestOptions calls an Expander elsewhere.
func BestOptions(ctx context.Context, c grpc.ClientConnInterface, r *Request) (*Response, error) {
	out := new(Response)
	err := c.Invoke(ctx, method, r, out, grpc.ForceCodecV2(Codec{}),
		grpc.MaxCallSendMsgSize(MaxMessage), grpc.MaxCallRecvMsgSize(MaxMessage))
	return out, err
}
