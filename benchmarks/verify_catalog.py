"""Prove that the catalogue's names are what its rows say, on freshly installed libraries.

    python benchmarks/verify_catalog.py                 # the libraries that are used most
    python benchmarks/verify_catalog.py redis pymongo   # these distributions or import packages
    python benchmarks/verify_catalog.py --all

Makes a throw-away virtual environment for each group of distributions, installs them with pip, and compares every row:
the name resolves, an alias is the very same object, and the columns ``call``, ``awaits``, ``close``, ``flush`` and
``with_exit`` agree with what introspection finds. Nothing is called and no connection is made. Exits with 1 if a row is
wrong or a distribution could not be installed. Not part of the test run: it needs a package index and several minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from probe_catalog import Verdict

from lambda_conn_lint.catalog import CLIENTS, Client

PROBE = Path(__file__).with_name("probe_catalog.py")

# Distributions that can live in one environment; any other gets an environment of its own.
GROUPS = tuple(
    tuple(line.split())
    for line in """
boto3 botocore amazon-dax-client aws-lambda-powertools pynamodb requests urllib3 redis
psycopg2-binary psycopg psycopg-pool PyMySQL mysql-connector-python pg8000 SQLAlchemy asyncpg
pymongo motor mongoengine elasticsearch opensearch-py kafka-python confluent-kafka pika
httpx aiohttp openai anthropic cohere google-genai groq stripe twilio
google-cloud-storage google-cloud-firestore google-cloud-pubsub google-cloud-bigquery google-cloud-secret-manager \
google-auth firebase-admin grpcio
azure-storage-blob azure-storage-queue azure-cosmos azure-data-tables azure-identity azure-keyvault-secrets \
azure-servicebus azure-eventhub azure-appconfiguration
launchdarkly-server-sdk UnleashClient splitio_client statsig sentry-sdk posthog optimizely-sdk
aioboto3 aiobotocore
""".strip().splitlines()
)
ALONE = ("", "mysqlclient", "snowflake-connector-python", "redshift-connector", "oracledb", "pyodbc", "hvac")
MOST_USED = (*(name for group in GROUPS for name in group), *ALONE)

# What else pip must be told: extras and packages without which a name cannot be imported.
REQUIREMENTS = {
    "aiomysql": ("aiomysql", "SQLAlchemy<2"),
    "aiopg": ("aiopg", "SQLAlchemy<2", "psycopg2-binary"),
    "aws-lambda-powertools": ("aws-lambda-powertools[all]",),
    "azure-cosmos": ("azure-cosmos", "aiohttp"),
    "confluent-kafka": ("confluent-kafka[schemaregistry,avro]",),
    "elasticsearch": ("elasticsearch[async]",),
    "etcd3": ("etcd3>=0.12", "protobuf<3.21", "six"),
    "google-auth": ("google-auth[requests]",),
    "google-cloud-secret-manager": ("google-cloud-secret-manager", "grpcio"),
    "gql": ("gql[all]",),
    "influxdb-client": ("influxdb-client[async]",),
    "motor": ("motor", "tornado"),
    "opensearch-py": ("opensearch-py[async]",),
    "peewee": (
        "peewee",
        "psycopg2-binary",
        "psycopg[binary]",
        "PyMySQL",
        "mysql-connector-python",
        "asyncpg",
        "aiomysql",
        "greenlet",
    ),
    "pinecone": ("pinecone[grpc,asyncio]",),
    "psycopg": ("psycopg[binary]",),
    "PyHive": ("PyHive[presto,trino]", "thrift", "pure-sasl", "thrift_sasl"),
    "SQLAlchemy": ("SQLAlchemy[asyncio]",),
    "slack-sdk": ("slack-sdk", "aiohttp"),
    "snowflake-connector-python": ("snowflake-connector-python", "aiohttp"),
    "splitio_client": ("splitio_client[asyncio]",),
    "UnleashClient": ("UnleashClient", "aiohttp"),
    "zeep": ("zeep[async]",),
}


def wanted_distributions(names: Iterable[str]) -> tuple[str, ...]:
    """The distributions that are meant by distribution or import names. Raises ``SystemExit`` for an unknown one."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for client in CLIENTS:
        by_name[client.distribution.lower()].add(client.distribution)
        by_name[client.name.partition(".")[0].lower()].add(client.distribution)
    found: list[str] = []
    for name in names:
        if name.lower() not in by_name:
            raise SystemExit(f"no row of the catalogue belongs to {name!r}")
        found += sorted(by_name[name.lower()])
    return tuple(dict.fromkeys(found))


def environments(distributions: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The distributions, grouped as they are installed together; the standard library needs no environment."""
    rest = list(distributions)
    for group in GROUPS:
        members = tuple(name for name in group if name in rest)
        if members:
            yield members
            rest = [name for name in rest if name not in members]
    yield from ((name,) for name in rest)


def install(folder: Path, distributions: tuple[str, ...]) -> tuple[Path, str]:
    """A new environment with the distributions in it: its interpreter, and pip's complaint if there was one."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    requirements = [wanted for name in distributions if name for wanted in REQUIREMENTS.get(name, (name,))]
    if not requirements:
        return python, ""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]
    done = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if "error:" in line.lower()]
    return python, "" if done.returncode == 0 else (errors or ["pip failed"])[0].strip()


def versions(python: Path) -> dict[str, str]:
    """The version of every distribution of an environment, by its normalised name."""
    listing = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {_normalise(entry["name"]): entry["version"] for entry in json.loads(listing.stdout)}


def _normalise(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def probe(python: Path, rows: list[Client]) -> list[Verdict] | str:
    """The verdict on each row, or why the probe itself failed."""
    done = subprocess.run(
        [str(python), str(PROBE)],
        input=json.dumps([row._asdict() for row in rows]),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return [Verdict(**verdict) for verdict in json.loads(done.stdout)]


def verify(group: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """Install and compare one group: lines to print, each with whether it is a failure."""
    label = ", ".join(name or "standard library" for name in group)
    rows = {client.name: client for client in CLIENTS if client.distribution in group}
    with tempfile.TemporaryDirectory(prefix="verify-catalog-") as folder:
        python, complaint = install(Path(folder), group)
        if complaint:
            yield any(client.verified for client in rows.values()), f"{label}: not installed: {complaint}"
            return
        installed = versions(python)
        verdicts = probe(python, list(rows.values()))
    if isinstance(verdicts, str):
        yield True, f"{label}: {verdicts}"
        return
    for verdict in verdicts:
        client = rows[verdict.name]
        if not verdict.resolves and not client.verified:
            yield False, f"still unverified: {client.name}"
            continue
        if not client.verified:
            yield False, f"resolves in {installed[_normalise(client.distribution)]}: {client.name}"
        for problem in verdict.wrong:
            yield True, f"{client.name}: {problem}"
    unknown = sum(not verdict.result_known for verdict in verdicts)
    found = ", ".join(f"{name} {installed.get(_normalise(name), '?')}" for name in group if name)
    yield False, f"{len(rows)} rows ({unknown} with an unknown result): {found or label}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="distributions or import packages; without any the most used ones")
    parser.add_argument("--all", action="store_true", help="every distribution of the catalogue")
    options = parser.parse_args()
    names = options.names or ([client.distribution for client in CLIENTS] if options.all else MOST_USED)
    failures = 0
    for group in environments(wanted_distributions(names)):
        for failed, line in verify(group):
            failures += failed
            print(f"{'FAIL' if failed else '    '} {line}", flush=True)
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
