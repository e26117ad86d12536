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
            "lambda_handler_decorator process_partial_response async_process_partial_response"
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
)

WEB_APPLICATIONS = (
    Origin("fastapi.", _names(f"{_VERBS} api_route websocket on_event middleware exception_handler"), "aws"),
    Origin("flask.", _names(f"{_VERBS} before_request after_request teardown_request errorhandler"), "aws"),
    Origin("starlette.", _names(f"{_VERBS} websocket_route middleware exception_handler"), "aws"),
)
"""Routes that run per invocation when the project hands its application to an adapter."""

ADAPTERS = ("mangum", "apig_wsgi", "serverless_wsgi", "awsgi")
"""Modules that turn an invocation into a request to a web application."""

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


def is_negative(name: str) -> bool:
    """Whether a decorator shows that somebody else than a serverless platform calls the function."""
    return name.partition(".")[0] in COMMAND_FRAMEWORKS
