"""Decorators and registrations of serverless frameworks, by the qualified name they resolve to.

``app.route`` belongs to half a dozen frameworks: only where ``app`` comes from tells which.
"""

from __future__ import annotations

from typing import NamedTuple

from lambda_conn_lint.link.known import COMMAND_FRAMEWORKS


class Origin(NamedTuple):
    """Names that make a function an entry point when they resolve below ``prefix``."""

    prefix: str
    names: frozenset[str]
    platform: str
    starts_with: tuple[str, ...] = ()
    once: frozenset[str] = frozenset()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VERBS = "route get post put delete patch head options"

ORIGINS = (
    Origin(
        "aws_lambda_powertools.",
        _names(
            f"{_VERBS} not_found exception_handler use resolver batch_resolver async_batch_resolver on_publish "
            "async_on_publish on_subscribe tool inject_lambda_context capture_lambda_handler log_metrics event_source "
            "event_parser validator idempotent kafka_consumer batch_processor async_batch_processor "
            "lambda_handler_decorator process_partial_response async_process_partial_response Depends"
        ),
        "aws",
    ),
    Origin(
        "chalice.",
        _names(
            f"{_VERBS} lambda_function schedule authorizer middleware register_middleware on_s3_event on_sns_message "
            "on_sqs_message on_cw_event on_kinesis_record on_dynamodb_record on_ws_connect on_ws_message "
            "on_ws_disconnect"
        ),
        "aws",
    ),
    Origin("crhelper.", _names("create update delete poll_create poll_update poll_delete"), "aws"),
    Origin(
        "aws_durable_execution_sdk_python.",
        _names(
            "durable_execution durable_step durable_with_child_context durable_parallel_branch "
            "durable_wait_for_callback"
        ),
        "aws",
    ),
    Origin("zappa.asynchronous.", _names("task task_sns"), "aws"),
    Origin("functions_framework.", _names("http cloud_event typed errorhandler"), "google"),
    Origin("firebase_functions.", frozenset(), "google", ("on_", "before_"), _names("init")),
    Origin(
        "azure.functions.",
        _names("route function_name schedule mcp_tool"),
        "azure",
        ("timer_trigger", "queue_trigger", "blob_trigger"),
        _names("warm_up_trigger"),
    ),
    Origin("azure.durable_functions.", _names("route function_name"), "azure"),
    Origin(
        "modal.",
        _names("function method web_endpoint fastapi_endpoint asgi_app wsgi_app"),
        "modal",
        (),
        _names("enter"),
    ),
    Origin("runpod.serverless.", _names("start"), "runpod"),
    Origin("datadog_lambda.", _names("datadog_lambda_wrapper"), "aws"),
    Origin("epsagon.", _names("lambda_wrapper step_lambda_wrapper"), "aws"),
    Origin("lambda_decorators.", _names("cors_headers dump_json_body json_http_resp load_json_body"), "aws"),
    Origin("lumigo_tracer.", _names("lumigo_tracer"), "aws"),
    Origin("newrelic.agent.", _names("lambda_handler"), "aws"),
    Origin("newrelic_lambda.lambda_handler.", _names("lambda_handler"), "aws"),
    Origin("sentry_sdk.integrations.serverless.", _names("serverless_function"), "aws"),
)

_ASGI = _names(
    f"{_VERBS} trace api_route websocket websocket_route on_event middleware exception_handler add_api_route "
    "add_api_websocket_route add_route add_websocket_route add_exception_handler add_event_handler add_middleware "
    "Route WebSocketRoute Middleware FastAPI APIRouter Starlette Router"
)

WEB_APPLICATIONS = (
    Origin("fastapi.", _ASGI, "aws"),
    Origin("starlette.", _ASGI, "aws"),
    Origin(
        "flask.",
        _names(
            f"{_VERBS} endpoint before_request after_request teardown_request teardown_appcontext errorhandler "
            "before_app_request after_app_request teardown_app_request app_errorhandler context_processor "
            "app_context_processor url_value_preprocessor add_url_rule register_error_handler as_view"
        ),
        "aws",
    ),
    Origin("flask_restful.", _names("add_resource resource"), "aws"),
    Origin("flask_restx.", _names("add_resource route errorhandler"), "aws"),
    Origin("django.", _names("path re_path url as_view"), "aws"),
    Origin("rest_framework.", _names("as_view register api_view"), "aws"),
)
"""Routes that run per invocation when the project hands its application to an adapter."""

ADAPTERS = ("mangum", "apig_wsgi", "serverless_wsgi", "awsgi")
"""Modules that turn an invocation into a request to a web application."""

FRAMEWORKS = frozenset(one.prefix.partition(".")[0] for one in (*ORIGINS, *WEB_APPLICATIONS)) | {*ADAPTERS}
"""Top-level modules of all of these."""

MIDDLEWARE = _names("add_middleware Middleware")
"""Callees that take a class of which one instance is made for the whole process."""

NEVER_CALLED = _names("generate_unique_id_function default_response_class response_class response_model")
"""Keywords of theirs that take something which no request calls."""

REQUEST_METHODS = (
    *("dispatch", "dispatch_request", "__call__"),
    *("get", "post", "put", "delete", "patch", "head", "options", "trace"),
    *("list", "create", "retrieve", "update", "partial_update", "destroy"),
    *("on_connect", "on_receive", "on_disconnect"),
    *("process_request", "process_view", "process_exception", "process_template_response", "process_response"),
)
"""Methods of view and middleware classes that frameworks call for a request."""

CONTEXT_CLASSES = frozenset({"LambdaContext", "Context"})
CONTEXT_ROOTS = ("aws_lambda_powertools.", "aws_lambda_typing.", "aws_lambda_context.", "awslambdaric.")
AZURE_ROOT = "azure.functions."
"""Classes that annotate the parameters of ``main`` in the first programming model of Azure Functions."""
EVENT_ROOTS = ("aws_lambda_powertools.utilities.data_classes.", "aws_lambda_typing.events.")


def entry_point(name: str, origins: tuple[Origin, ...] = ORIGINS) -> Origin | None:
    """The framework that makes a function an entry point by this decorator or registration, if any does."""
    last = name.rpartition(".")[2]
    for origin in origins:
        if name.startswith(origin.prefix) and last not in origin.once:
            is_trigger = origin.platform == "azure" and last.endswith("_trigger")
            if last in origin.names or last.startswith(origin.starts_with or ("\0",)) or is_trigger:
                return origin
    return None


def is_web(name: str) -> bool:
    """Whether a callee is how a web application gets a view, a hook or a middleware."""
    return entry_point(name, WEB_APPLICATIONS) is not None


def is_dependency(name: str) -> bool:
    """Whether a callee marks a parameter as the result of a function that is called before the route."""
    return name.startswith(("fastapi.", "aws_lambda_powertools.")) and name.endswith((".Depends", ".Security"))


def is_negative(name: str) -> bool:
    """Whether a decorator shows that somebody else than a serverless platform calls the function."""
    return name.partition(".")[0] in COMMAND_FRAMEWORKS
