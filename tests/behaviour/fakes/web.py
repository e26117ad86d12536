"""requests and httpx: sessions that remember cookies and headers. An httpx client stays closed, a Session does not."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from behaviour.fakes.answers import Answer
from behaviour.fakes.base import Fake, label, module
from behaviour.fakes.recorder import Recorder, arguments, show

_VERBS = ("get", "post", "put", "delete", "patch", "head", "options", "request")


class Response:
    """What a server answers: always the same to the same request."""

    status_code = 200
    ok = True
    is_success = True

    def __init__(self, source: str) -> None:
        self._source = source
        self.headers = {"content-type": "application/json"}
        self.text = f"text of {source}"
        self.content = self.text.encode()

    def json(self, **_: object) -> Answer:
        return Answer(self._source)

    def raise_for_status(self) -> Response:
        return self

    def __repr__(self) -> str:
        return f"<response to {self._source}>"


class _Session(Fake):
    """Every response sets a cookie, which the next request of the same session carries."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        super().__init__(recorder, text)
        self._is_closed = False
        self._headers: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self.fake_construct(lambda: None)

    @property
    def headers(self) -> dict[str, str]:
        return self._headers

    @headers.setter
    def headers(self, value: dict[str, str]) -> None:
        self._headers = dict(value)

    @property
    def cookies(self) -> dict[str, str]:
        return self._cookies

    def __setattr__(self, name: str, value: object) -> None:
        if name == "headers":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def mount(self, prefix: str, adapter: object) -> None:
        self.fake_set[f"mount {prefix}"] = show(adapter)

    def fake_state(self) -> str:
        carried = [f"headers={self._headers}"] if self._headers else []
        carried += [f"cookies={self._cookies}"] if self._cookies else []
        return "; ".join([*carried, super().fake_state()])

    def __getattr__(self, name: str) -> Any:
        if name not in _VERBS:
            raise AttributeError(name)

        def send(*args: object, **keywords: object) -> Response:
            return self.fake_use(name, args, keywords, lambda: self._send(f"{name}({arguments(args, keywords)})"))

        return send

    def _send(self, source: str) -> Response:
        self.fake_refuse()
        self._cookies["seen"] = source
        return Response(source)

    def fake_refuse(self) -> None:
        """Raises if the library does for a session that was closed."""

    def close(self) -> None:
        self._is_closed = True
        self.fake_close("close")

    def __enter__(self) -> _Session:
        self.fake_refuse()
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


def _requests(recorder: Recorder) -> list[ModuleType]:
    error = type("RequestException", (IOError,), {"__module__": "requests.exceptions"})
    raised = {name: type(name, (error,), {"__module__": "requests.exceptions"}) for name in ("HTTPError", "Timeout")}
    raised["ConnectionError"] = type("ConnectionError", (error,), {"__module__": "requests.exceptions"})
    raised["RequestException"] = error

    class Session(_Session):
        fake_error = error
        __module__ = "requests.sessions"

        def __init__(self) -> None:
            super().__init__(recorder, "requests.Session()")

    def one_shot(verb: str) -> Any:
        def send(*args: object, **keywords: object) -> Response:
            call = f"requests.{verb}({arguments(args, keywords)})"
            return recorder.use(call, "", 0, error, lambda: Response(call))

        return send

    class HTTPAdapter:
        def __init__(self, **keywords: object) -> None:
            self._text = label("HTTPAdapter", (), keywords)

        def __repr__(self) -> str:
            return self._text

    exceptions = module("requests.exceptions", **raised)
    verbs = {verb: one_shot(verb) for verb in _VERBS}
    auth = module("requests.auth", HTTPBasicAuth=lambda *args: f"HTTPBasicAuth{args!r}")
    return [
        module("requests", Session=Session, session=Session, exceptions=exceptions, **verbs, **raised),
        module("requests.sessions", Session=Session),
        module("requests.adapters", HTTPAdapter=HTTPAdapter),
        exceptions,
        auth,
    ]


def _httpx(recorder: Recorder) -> list[ModuleType]:
    error = type("HTTPError", (Exception,), {"__module__": "httpx"})

    class Client(_Session):
        fake_error = error
        __module__ = "httpx"

        def __init__(self, **keywords: Any) -> None:
            super().__init__(recorder, label("httpx.Client", (), keywords))
            self._headers.update(keywords.get("headers") or {})
            self._is_entered = False

        @property
        def is_closed(self) -> bool:
            return self._is_closed

        def fake_refuse(self) -> None:
            if self._is_closed:
                raise RuntimeError("Cannot send a request, as the client has been closed.")

        def __enter__(self) -> _Session:
            if self._is_closed:
                raise RuntimeError("Cannot reopen a client instance, once it has been closed.")
            if self._is_entered:
                raise RuntimeError("Cannot open a client instance more than once.")
            self._is_entered = True
            return self

    settings = {name: lambda *args, **keywords: label("setting", args, keywords) for name in ("Timeout", "Limits")}
    return [module("httpx", Client=Client, HTTPError=error, RequestError=error, HTTPStatusError=error, **settings)]


PACKAGES = ("requests", "httpx", "urllib3")


def modules(recorder: Recorder) -> dict[str, ModuleType]:
    """The modules of both libraries, for one run."""
    retry = module("urllib3.util.retry", Retry=lambda *args, **keywords: label("Retry", args, keywords))
    found = [
        *_requests(recorder),
        *_httpx(recorder),
        module("urllib3", Retry=retry.Retry),
        module("urllib3.util"),
        retry,
    ]
    return {each.__name__: each for each in found}
