"""What is asked of every fix: it compiles, does the same, is final, and gives other linters nothing to say."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from behaviour.comparing import MOST_FAULTS, Program, differences
from fixing import fix
from pyflakes import checker  # type: ignore[import-untyped, unused-ignore]  # stubs are extra


class Verdict:
    """A program, its files after the fix, what was left unfixed, and everything that is wrong with that."""

    def __init__(self, program: Program, *, unsafe: bool = False, most_faults: int = MOST_FAULTS) -> None:
        handlers = (program.entry,)
        self.program = program
        self.fixed, remaining, failed = fix(program.files, unsafe=unsafe, handlers=handlers)
        self.reasons = [finding.reason or (finding.fix.doubt if finding.fix else "") for finding in remaining]
        self.problems = [f"{path}: the fix was not kept: {why}" for path, why in failed.items()]
        self.problems += [reason for reason in self.reasons if "defect of this tool" in reason]
        if self.is_changed:
            self._judge(unsafe, handlers, most_faults)

    @property
    def is_changed(self) -> bool:
        return self.fixed != dict(self.program.files)

    def _judge(self, unsafe: bool, handlers: Iterable[str], most_faults: int) -> None:
        for path, text in self.fixed.items():
            try:
                compile(text, path, "exec", dont_inherit=True)
            except SyntaxError as error:
                self.problems.append(f"{path}: does not compile: {error}")
                return
            self.problems += [f"{path}: new: {line}" for line in new_complaints(self.program.files[path], text)]
        again, _, _ = fix(self.fixed, unsafe=unsafe, handlers=handlers)
        if again != self.fixed:
            self.problems.append("a second run changes it again")
        asked = replace(self.program, once=self.program.once and not self.reasons)
        self.problems += differences(asked, self.fixed, most_faults=most_faults)


def new_complaints(before: str, after: str) -> list[str]:
    """What pyflakes says of the text after, and did not say of the text before."""
    return sorted((_complaints(after) - _complaints(before)).elements())


def _complaints(text: str) -> Counter[str]:
    found = checker.Checker(ast.parse(text)).messages
    said = (f"{type(message).__name__} {message.message % message.message_args}" for message in found)
    return Counter(re.sub(r" line \d+", " line", line) for line in said)


def show(files: Mapping[str, str]) -> str:
    """Texts one below the other."""
    return "\n".join(f"### {path}\n{text}" for path, text in files.items())
