"""Error, metric and trace reporters."""

from __future__ import annotations

from lambda_conn_lint.catalog.model import Client

# A table: one row per constructor, one library after the other.
# fmt: off
CLIENTS = (
    Client("langfuse.Langfuse", "observability", "langfuse", connects="background", with_exit="not-a-context-manager",
           close=("shutdown",), flush=("flush",), verified="5.0.4",
           note="One object per public key; langfuse.get_client() finds it again."),
    Client("google.cloud.logging.Client", "observability", "google-cloud-logging", with_exit="not-a-context-manager",
           verified="3.17.0"),
    Client("amplitude.Amplitude", "observability", "amplitude-analytics", pool=False, with_exit="not-a-context-manager",
           close=("shutdown",), flush=("flush",), verified="1.3.0",
           note="Sends from a thread: flush() before the handler returns."),
    Client("sentry_sdk.init", "observability", "sentry-sdk", aliases=("sentry_sdk.api.init",), call="function",
           pool=False, close=(), flush=("sentry_sdk.flush",), sets_global=True, fix="shared", verified="2.75.0",
           note="The Lambda integration must be set up before the runtime looks the handler up."),
    Client("datadog.ThreadStats", "observability", "datadog",
           aliases=("datadog.threadstats.ThreadStats", "datadog.threadstats.base.ThreadStats"), pool=False,
           with_exit="not-a-context-manager", close=("stop",), flush=("flush",), verified="0.56.0",
           note="Starts a thread that sends."),
    Client("newrelic.agent.initialize", "observability", "newrelic", aliases=("newrelic.config.initialize",),
           call="function", pool=False, with_exit="not-a-context-manager", close=("newrelic.agent.shutdown_agent",),
           sets_global=True, verified="14.1.0", note="Starts the agent, once per process."),
    Client("newrelic.agent.register_application", "observability", "newrelic",
           aliases=("newrelic.api.application.register_application",), call="function", pool=False,
           with_exit="not-a-context-manager", close=("newrelic.agent.shutdown_agent",), sets_global=True,
           verified="14.1.0"),
)
# fmt: on
