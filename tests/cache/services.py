"""A project of several functions that share helpers, and edits of it that are as random as a seed."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

OLD = 1_000_000_000  # seconds: a time at which no run of today can have looked at a file

_HANDLER = """import json
from shared.helper_{helper} import client_{helper}


def handler(event, context):
    return client_{helper}().{method}(), json.dumps(event)
"""
_HELPERS = (
    'import boto3\n\n\ndef client_{n}():\n    return boto3.client("{service}")\n',
    'import boto3\n\nkept = boto3.client("{service}")\n\n\ndef client_{n}():\n    return kept\n',
    'import redis\n\n\ndef client_{n}():\n    return redis.Redis(host="{service}")  # noqa: LCL1\n',
    'import redis\n\n\ndef client_{n}():\n    return redis.Redis(host="{service}")\n',
    "def client_{n}(:\n",
)
_TEMPLATE = """Resources:
  Api{n}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: service_{n}/app.{name}
      Runtime: python3.12
"""
_SERVICES = ("s3", "sqs", "ssm")


class Services:
    """A project below a folder, with a finding at least."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self._random = random.Random(seed)
        for number in range(4):
            self.write(f"service_{number}/app.py", _HANDLER.format(helper=number % 3, method="list_buckets"))
        for number in range(3):
            self._write_helper(number)
        self.write("shared/helper_0.py", _HELPERS[0].format(n=0, service="s3"))
        self.write("shared/__init__.py", "")
        self.write("template.yaml", _TEMPLATE.format(n=0, name="handler"))
        self.write(".git/HEAD", "ref: refs/heads/main\n")

    def write(self, path: str, text: str, *, is_old: bool = True) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        if is_old:
            os.utime(file, (OLD, OLD))

    def edit(self) -> str:
        """Change something; what it was."""
        edits: tuple[Callable[[], str], ...] = (
            self._change_helper,
            self._change_helper,
            self._change_handler,
            self._rename,
            self._remove,
            self._touch,
            self._change_template,
            self._ignore,
            self._configure,
            self._add,
        )
        return self._random.choice(edits)()

    def _write_helper(self, number: int) -> None:
        text = self._random.choice(_HELPERS).format(n=number, service=self._random.choice(_SERVICES))
        self.write(f"shared/helper_{number}.py", text, is_old=self._random.random() < 0.7)

    def _change_helper(self) -> str:
        number = self._random.randrange(3)
        self._write_helper(number)
        return f"helper {number}"

    def _change_handler(self) -> str:
        number = self._random.randrange(4)
        method = self._random.choice(("list_buckets", "list_queues", "close"))
        text = _HANDLER.format(helper=self._random.randrange(3), method=method)
        self.write(f"service_{number}/app.py", text)
        return f"handler {number}"

    def _rename(self) -> str:
        one = self._random.choice(sorted(self.root.glob("service_*")))
        one.rename(one.with_name(f"service_{self._random.randrange(10, 10_000)}"))
        return f"renamed {one.name}"

    def _remove(self) -> str:
        one = self._random.choice([*sorted(self.root.rglob("*.py")), self.root / "template.yaml"])
        one.unlink(missing_ok=True)
        return f"removed {one.name}"

    def _touch(self) -> str:
        one = self._random.choice([*sorted(self.root.rglob("*.py")), self.root / ".git/HEAD"])
        os.utime(one, (OLD + self._random.randrange(9), OLD))
        return f"touched {one.name}"

    def _change_template(self) -> str:
        name = self._random.choice(("handler", "main", "client_0"))
        self.write("template.yaml", _TEMPLATE.format(n=self._random.randrange(4), name=name))
        return f"template with {name}"

    def _ignore(self) -> str:
        pattern = self._random.choice(("", "service_1/", "shared/helper_2.py", "template.yaml"))
        self.write(".gitignore", f"{pattern}\n")
        return f"ignored {pattern}"

    def _configure(self) -> str:
        line = self._random.choice(('select = ["LCL103"]', "", 'handlers = "declared"', 'fix-style = "cached"'))
        self.write("pyproject.toml", f"[tool.lambda-conn-lint]\n{line}\n")
        return f"configured {line}"

    def _add(self) -> str:
        text = _HANDLER.format(helper=self._random.randrange(3), method="list_topics")
        self.write(f"more_{self._random.randrange(3)}/app.py", text)
        return "added"
