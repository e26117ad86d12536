"""The deployment files of the fixture projects: which functions each declares, and what damage does to them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lambda_conn_lint.handlers.manifests import Manifests, read
from lambda_conn_lint.project import Project

PROJECTS = Path(__file__).parent.parent.parent.parent / "fixtures" / "projects"

# Format, name, file and attribute of each function; "-" and the reason where there is no file; traits after that.
EXPECTED = {
    "payments_terraform": {
        "terraform aws_lambda_function.settle functions/settle/worker.py settle snap-start",
        'terraform aws_lambda_function.report["daily"] functions/reports/daily.py build',
        'terraform aws_lambda_function.report["monthly"] functions/reports/monthly.py build',
        "terraform module.refund.aws_lambda_function.this functions/refund.py pay_back",
        "terraform module.ledger functions/ledger/ledger.py write provisioned-concurrency",
        "terraform google_cloudfunctions2_function.audit audit/main.py audit concurrent",
    },
    "catalog_cdk": {
        "cdk Index functions/indexing/indexer.py refresh snap-start",
        "cdk Export functions/export/job.py export",
        "cdk Thumbnails functions/thumbnails/src/draw.py thumbnail",
        "cdk Ping - inline code",
        "cdk Function functions/search.py read",
        "cdk Function functions/browse.py read",
    },
    "feed_cdk_typescript": {
        "cdk Publish lambda/publish/publish.py push",
        "cdk Digest lambda/digest/digest.py send",
        "cdk Function lambda/rank/app.py main",
        "cdk Function lambda/prune/prune.py sweep",
    },
    "stays_sam_nested": {
        "sam Cleaner - inline code",
        "sam Desk src/booking/desk.py book provisioned-concurrency",
        "cloudformation Quote src/pricing/quote.py price snap-start",
    },
    "crew_serverless_mixed": {
        "serverless payroll services/payroll/run.py pay provisioned-concurrency",
        "serverless roster services/roster/api.py plan snap-start",
        "serverless site site/main.py app",
        "serverless mail mailer/mail.py deliver",
    },
    "portal_zappa": {
        "zappa dev.app_function portal/web.py app",
        "zappa dev.events portal/jobs.py nightly",
        "zappa dev.events portal/jobs.py on_upload",
        "zappa dev.authorizer portal/access.py check",
    },
    "reports_azure": {
        "azure daily daily/job.py build concurrent",
        "azure hourly hourly/__init__.py main concurrent durable",
    },
    "images_cloudbuild": {
        "gcloud resize functions/resize/main.py resize",
        "gcloud label functions/label/main.py label concurrent",
    },
}


def _programs(project: Project) -> list[str]:
    return [path for path in project.python if b"aws_cdk" in project.read(path)]


def _read(project: Project) -> Manifests:
    return read(project, _programs(project))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_functions_of_a_project(name: str) -> None:
    found = _read(Project(PROJECTS / name))
    assert found.unreadable == ()
    shown = {
        " ".join((one.source, one.name, one.file or "-", one.problem or one.attribute, *one.traits))
        for one in found.declarations
    }
    assert shown == EXPECTED[name]
    assert len(shown) == len(found.declarations)


def test_applications_are_told_from_handlers() -> None:
    roles = {one.name: one.role for one in _read(Project(PROJECTS / "portal_zappa")).declarations}
    assert roles.pop("dev.app_function") == "application"
    assert set(roles.values()) == {"handler"}


def _manifests() -> list[tuple[str, str]]:
    return [
        (name, path)
        for name in EXPECTED
        for path in (*Project(PROJECTS / name).manifests, *_programs(Project(PROJECTS / name)))
    ]


@pytest.mark.parametrize(("name", "path"), _manifests())
def test_damage_never_stops_a_run(name: str, path: str) -> None:
    whole = Project(PROJECTS / name)
    data = whole.read(path)
    chance = random.Random(path)
    for _ in range(25):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged) + 1)
            new = chance.choice([b"", b"{", b"}", b"[", b'"', b"${", b"(", b"\x00\xff", b"\n", b": ", b"=", b"<<EOT\n"])
            damaged[at : at + chance.randint(0, 15)] = new
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged) + 1) :]
        found = _read(whole.with_overlay({path: bytes(damaged)}))
        assert all(one.attribute and whole.has(one.file) for one in found.declarations if one.file)
        assert all(one.problem for one in found.declarations if not one.file)


@pytest.mark.parametrize("path", ["a.tf", "serverless.ts", "lib/a.ts", "a.tf.json", "template.yaml", "function.json"])
def test_noise_and_deep_nesting_never_stop_a_run(path: str) -> None:
    head = {
        "a.tf": b'resource "aws_lambda_function" "a" {\n  handler = ',
        "a.tf.json": b'{"resource": {"aws_lambda_function": {"a": {"handler": ',
        "template.yaml": b"Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: ",
        "function.json": b'{"bindings": ',
    }.get(path, b"// functions provider python lambda handler\nnew PythonFunction(this, 'a', ")
    chance = random.Random(path)
    project = Project(Path("/nowhere/at/all"), {"cdk.json": b"{}", "app.py": b"", path: b""})
    for noise in (
        b"(" * 30_000,
        b"[" * 30_000,
        b"{" * 5_000 + b"a" + b"}" * 5_000,
        b"!" * 20_000 + b"a",
        b"a." * 20_000,
        b'"${' * 10_000,
        bytes(chance.randrange(256) for _ in range(3_000)),
    ):
        read(project.with_overlay({path: head + noise}))
