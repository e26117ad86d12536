"""Which functions the platform calls on every invocation: one module for each way of knowing."""
