"""The fix: edits that hoist a client out of a handler. Loaded only where one is asked for."""
