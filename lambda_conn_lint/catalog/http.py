"""HTTP clients and SDKs of web services that hold HTTP connections."""

from __future__ import annotations

from lambda_conn_lint.catalog.model import Client

# A table: one row per constructor, one library after the other.
# fmt: off
CLIENTS = (
    Client("requests.Session", "http", "requests", aliases=("requests.sessions.Session",), thread_safe="partial",
           after_close="reconnects", fix="shared", verified="2.34.2",
           note="Cheap to build; what is lost is the connection to the host. Cookies stay in it."),
    Client("requests.session", "http", "requests", aliases=("requests.sessions.session",), call="function",
           thread_safe="partial", after_close="reconnects", fix="shared", verified="2.34.2"),
    Client("httpx.Client", "http", "httpx", after_close="dead", fix="shared", verified="0.28.1",
           note="Builds a TLS context; after 'with' it cannot be used again."),
    Client("httpx.AsyncClient", "http", "httpx", loop_bound="partial", close=("aclose",), after_close="dead",
           verified="0.28.1", note="The first request in another event loop can fail on a pooled connection."),
    Client("httpx2.Client", "http", "httpx2", after_close="dead", fix="shared", verified="2.16.2"),
    Client("httpx2.AsyncClient", "http", "httpx2", loop_bound="partial", close=("aclose",), after_close="dead",
           verified="2.16.2"),
    Client("aiohttp.ClientSession", "http", "aiohttp", aliases=("aiohttp.client.ClientSession",), loop_bound="yes",
           thread_safe="no", after_close="dead", verified="3.14.5", note="Cannot be built outside a running loop."),
    Client("urllib3.PoolManager", "http", "urllib3", aliases=("urllib3.poolmanager.PoolManager",), close=("clear",),
           after_close="reconnects", fix="shared", verified="2.8.0",
           note="Works on after clear() or 'with', with new connections."),
    Client("urllib3.ProxyManager", "http", "urllib3", aliases=("urllib3.poolmanager.ProxyManager",), close=("clear",),
           after_close="reconnects", fix="shared", verified="2.8.0"),
    Client("urllib3.proxy_from_url", "http", "urllib3", aliases=("urllib3.poolmanager.proxy_from_url",),
           call="function", close=("clear",), after_close="reconnects", fix="shared", verified="2.8.0"),
    Client("urllib3.HTTPConnectionPool", "http", "urllib3", aliases=("urllib3.connectionpool.HTTPConnectionPool",),
           after_close="dead", fix="shared", verified="2.8.0"),
    Client("urllib3.HTTPSConnectionPool", "http", "urllib3", aliases=("urllib3.connectionpool.HTTPSConnectionPool",),
           after_close="dead", fix="shared", verified="2.8.0"),
    Client("urllib3.connection_from_url", "http", "urllib3", aliases=("urllib3.connectionpool.connection_from_url",),
           call="function", after_close="dead", fix="shared", verified="2.8.0"),
    Client("http.client.HTTPSConnection", "http", "", thread_safe="no", pool=False, with_exit="not-a-context-manager",
           after_close="reconnects", verified="3.11.7", note="One connection, and a TLS context of its own."),
    Client("http.client.HTTPConnection", "http", "", thread_safe="no", pool=False, with_exit="not-a-context-manager",
           after_close="reconnects", verified="3.11.7"),
    Client("slack_sdk.socket_mode.SocketModeClient", "http", "slack-sdk",
           aliases=("slack_sdk.socket_mode.builtin.SocketModeClient",
                    "slack_sdk.socket_mode.builtin.client.SocketModeClient"), pool=False,
           with_exit="not-a-context-manager", close=("close", "disconnect"), verified="3.47.0",
           note="Starts threads around a websocket."),
    Client("stripe.StripeClient", "http", "stripe", with_exit="not-a-context-manager", close=(), fix="shared",
           verified="16.1.0"),
    Client("twilio.rest.Client", "http", "twilio", thread_safe="partial", with_exit="not-a-context-manager", close=(),
           fix="shared", verified="9.13.0", note="Keeps an HTTP session of the requests library."),
    Client("twilio.http.async_http_client.AsyncTwilioHttpClient", "http", "twilio", loop_bound="yes",
           thread_safe="partial", verified="9.13.0"),
    Client("simple_salesforce.Salesforce", "http", "simple-salesforce", thread_safe="partial", connects="eager",
           with_exit="not-a-context-manager", close=(), verified="1.12.10", note="Logs in while it is built."),
    Client("google.auth.transport.requests.AuthorizedSession", "http", "google-auth", after_close="reconnects",
           fix="shared", verified="2.62.2"),
)
# fmt: on
