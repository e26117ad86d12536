"""lambda_conn_lint: find clients that a serverless handler builds again on every invocation."""

__version__ = "0.1.0"
