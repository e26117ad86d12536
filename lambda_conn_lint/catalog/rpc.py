"""Remote procedure calls: gRPC channels, SOAP, GraphQL."""

from __future__ import annotations

from lambda_conn_lint.catalog.model import Client

# A table: one row per constructor, one library after the other.
# fmt: off
CLIENTS = (
    Client("xmlrpc.client.ServerProxy", "rpc", "", aliases=("xmlrpc.client.Server",), thread_safe="no", pool=False,
           close=(), verified="3.11.7"),
    Client("grpc.insecure_channel", "rpc", "grpcio", call="function", after_close="dead", fix="shared",
           verified="1.85.1", note="Connects at the first call; stubs on a channel are cheap."),
    Client("grpc.secure_channel", "rpc", "grpcio", call="function", after_close="dead", fix="shared", verified="1.85.1",
           note="Connects at the first call; stubs on a channel are cheap."),
    Client("grpc.aio.insecure_channel", "rpc", "grpcio", call="function", loop_bound="yes", verified="1.85.1",
           note="Every call fails in a second event loop."),
    Client("grpc.aio.secure_channel", "rpc", "grpcio", call="function", loop_bound="yes", verified="1.85.1",
           note="Every call fails in a second event loop."),
    Client("zeep.Client", "rpc", "zeep", aliases=("zeep.client.Client",), thread_safe="partial", connects="eager",
           close=("transport.close",), fix="shared", verified="4.3.3",
           note="Downloads and parses the service description while it is built."),
    Client("zeep.CachingClient", "rpc", "zeep", aliases=("zeep.client.CachingClient",), thread_safe="partial",
           connects="eager", close=("transport.close",), fix="shared", verified="4.3.3"),
    Client("zeep.AsyncClient", "rpc", "zeep", aliases=("zeep.client.AsyncClient",), loop_bound="yes",
           thread_safe="partial", connects="eager", close=("transport.aclose",), verified="4.3.3"),
    Client("gql.Client", "rpc", "gql", aliases=("gql.client.Client",), thread_safe="no", pool=False,
           close=("close_sync", "close_async"), verified="4.4.0",
           note="Connects for each execute() unless it is entered with 'with'."),
)
# fmt: on
