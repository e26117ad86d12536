"""Feature flags, analytics and producers: clients that keep events until they are flushed, or closed.

What waits in a client when the invocation ends is lost to whoever freezes the process; the comparison looks at that.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from behaviour.fakes.base import Fake, label, module
from behaviour.fakes.recorder import Recorder


class _Buffered(Fake):
    """A client with events that wait for their delivery."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._is_closed = False
        self.fake_construct(lambda: None)

    def fake_keep(self) -> None:
        """One more event waits."""
        self.fake_recorder.buffered[self.fake_label] += 1

    def flush(self, *args: object, **keywords: object) -> int:
        self.fake_recorder.deliver(self.fake_label)
        return 0

    def fake_end(self, method: str) -> None:
        self.fake_recorder.deliver(self.fake_label)
        self._is_closed = True
        self.fake_close(method)


class LDClient(_Buffered):
    """Flags are still answered after ``close()``, and their events are lost."""

    def variation(self, key: str, context: object, default: object) -> object:
        return self.fake_use("variation", (key, context, default), {}, lambda: self._variation(key))

    def _variation(self, key: str) -> str:
        if self._is_closed:
            return f"{key} without an event"
        self.fake_keep()
        return f"{key} is on"

    def track(self, *args: object, **keywords: object) -> None:
        self.fake_use("track", args, keywords, self.fake_keep)

    def is_initialized(self) -> bool:
        return True

    def close(self) -> None:
        self.fake_end("close")


class _Config:
    """``ldclient.Config``: known by its arguments."""

    def __init__(self, *args: object, **keywords: object) -> None:
        self._text = label("Config", args, keywords)

    def __repr__(self) -> str:
        return self._text


class _Context:
    """``ldclient.Context``: known by its arguments."""

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def create(cls, *args: object, **keywords: object) -> _Context:
        return cls(label("Context", args, keywords))

    @classmethod
    def builder(cls, key: str) -> _Context:
        return cls(f"Context({key!r})")

    def build(self) -> _Context:
        return self

    def __repr__(self) -> str:
        return self._text


def _launchdarkly(recorder: Recorder) -> list[ModuleType]:
    class BoundClient(LDClient):
        __module__ = "ldclient.client"

        def __init__(self, *args: object, **keywords: object) -> None:
            super().__init__(recorder, label("ldclient.LDClient", args, keywords))

    BoundClient.__name__ = BoundClient.__qualname__ = "LDClient"
    shared: dict[str, Any] = {"config": None, "client": None}

    def set_config(config: _Config) -> None:
        if shared["client"] is not None:
            shared["client"].close()
        shared.update(config=config, client=None)

    def get() -> LDClient:
        if shared["client"] is None:
            if shared["config"] is None:
                raise RuntimeError("set_config was not called")
            shared["client"] = LDClient(recorder, f"ldclient.get() with {shared['config']!r}")
        client: LDClient = shared["client"]
        return client

    return [
        module("ldclient", LDClient=BoundClient, Context=_Context, Config=_Config, set_config=set_config, get=get),
        module("ldclient.client", LDClient=BoundClient),
        module("ldclient.config", Config=_Config),
    ]


class _Unleash(_Buffered):
    """Answers no flag before ``initialize_client()``, nor after ``destroy()``."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._is_initialised = False

    def initialize_client(self, *args: object, **keywords: object) -> None:
        self._is_initialised, self._is_closed = True, False

    def fake_state(self) -> str:
        return "; ".join(filter(None, ["initialised" if self._is_initialised else "", super().fake_state()]))

    def is_enabled(self, *args: object, **keywords: object) -> bool:
        return self.fake_use("is_enabled", args, keywords, lambda: self._is_initialised and not self._is_closed)

    def get_variant(self, *args: object, **keywords: object) -> dict[str, object]:
        return self.fake_use("get_variant", args, keywords, lambda: {"name": "on", "enabled": self._is_initialised})

    def destroy(self) -> None:
        self.fake_end("destroy")

    def __enter__(self) -> _Unleash:
        self.initialize_client()
        return self

    def __exit__(self, *details: object) -> None:
        self.destroy()


class _PostHog(_Buffered):
    """Drops what it is given after ``shutdown()``."""

    def capture(self, *args: object, **keywords: object) -> str | None:
        return self.fake_use("capture", args, keywords, self._capture)

    identify = capture

    def _capture(self) -> str | None:
        if self._is_closed:
            return None
        self.fake_keep()
        return "an id"

    def feature_enabled(self, *args: object, **keywords: object) -> bool:
        return self.fake_use("feature_enabled", args, keywords, lambda: True)

    def shutdown(self) -> None:
        self.fake_end("shutdown")


class _KafkaPython(_Buffered):
    """Refuses to send after ``close()``."""

    def send(self, *args: object, **keywords: object) -> Any:
        return self.fake_use("send", args, keywords, self._send)

    def _send(self) -> Any:
        if self._is_closed:
            raise RuntimeError("IllegalStateError: KafkaProducer already closed!")
        self.fake_keep()
        return None

    def close(self, timeout: float | None = None) -> None:
        self.fake_end("close")


class _Confluent(_Buffered):
    """Has no ``close()``: what is not flushed waits."""

    def produce(self, *args: object, **keywords: object) -> None:
        self.fake_use("produce", args, keywords, self.fake_keep)

    def poll(self, timeout: float = 0) -> int:
        return 0


def _simple(recorder: Recorder, package: str, name: str, kind: type[_Buffered], *further: str) -> list[ModuleType]:
    def begin(client: _Buffered, *args: object, **keywords: object) -> None:
        kind.__init__(client, recorder, label(f"{package}.{name}", args, keywords))

    made = type(name, (kind,), {"__module__": package, "__init__": begin})
    return [module(package, **dict.fromkeys((name, *further), made))]


PACKAGES = ("ldclient", "UnleashClient", "posthog", "kafka", "confluent_kafka")


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of these libraries, for one run."""
    found = [
        *_launchdarkly(recorder),
        *_simple(recorder, "UnleashClient", "UnleashClient", _Unleash),
        *_simple(recorder, "posthog", "Posthog", _PostHog, "Client"),
        *_simple(recorder, "kafka", "KafkaProducer", _KafkaPython),
        *_simple(recorder, "confluent_kafka", "Producer", _Confluent),
    ]
    return {each.__name__: each for each in found}
