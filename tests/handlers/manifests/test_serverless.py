"""Functions of the Serverless Framework's service files."""

from __future__ import annotations

import pytest
from declared import declared, only, project, unreadable

from lambda_conn_lint.handlers.manifests import read
from lambda_conn_lint.handlers.model import Declaration

HEAD = "service: shop\nprovider: {name: aws, runtime: python3.12}\n"


def _only(rest: str, *python: str, head: str = HEAD) -> Declaration:
    return only({"serverless.yml": head + rest}, *python)


def test_a_service_in_a_folder_with_mixed_runtimes() -> None:
    service = """
        service: orders # one of several

        provider:
          name: aws
          runtime: python3.12
          stage: ${opt:stage, 'dev'}

        functions:
          create:
            handler: src/api/create.handler
            events:
              - httpApi: 'POST /orders'
          thumbnails:
            handler: src/thumbnails.handler
            runtime: nodejs20.x
          report:
            handler: jobs.report.run
    """
    create, report = declared(
        {"services/my orders/serverless.yml": service},
        "services/my orders/src/api/create.py",
        "services/my orders/jobs/report.py",
    )
    assert create == Declaration(
        source="serverless",
        manifest="services/my orders/serverless.yml",
        row=9,
        name="create",
        handler="src/api/create.handler",
        root="services/my orders",
        file="services/my orders/src/api/create.py",
        attribute="handler",
    )
    assert (report.row, report.file, report.attribute) == (16, "services/my orders/jobs/report.py", "run")


@pytest.mark.parametrize("name", ["serverless.yml", "serverless.yaml", "serverless.prod.yml", "serverless-jobs.yaml"])
def test_names_of_service_files(name: str) -> None:
    assert only({name: HEAD + "functions: {a: {handler: app.run}}\n"}, "app.py").manifest == name


@pytest.mark.parametrize("name", ["service.yml", "my-serverless.yml", "serverless-compose.yml"])
def test_names_of_other_files(name: str) -> None:
    text = (
        "services: {a: {path: a, functions: x, provider: y}}"
        if "compose" in name
        else HEAD + "functions: {a: {handler: app.run}}\n"
    )
    assert declared({name: text}, "app.py") == ()


def test_json_with_the_row() -> None:
    text = '{"provider": {"runtime": "python3.12"},\n"functions": {\n"a": {"handler": "app.run"}}}'
    found = only({"serverless.json": text}, "app.py")
    assert (found.file, found.row) == ("app.py", 3)


def test_functions_as_a_list_of_mappings() -> None:
    rest = "functions:\n  - a: {handler: app.one}\n    b: {handler: app.two}\n  - c: {handler: app.three}\n"
    found = declared({"serverless.yml": HEAD + rest}, "app.py")
    assert [(one.name, one.attribute, one.row) for one in found] == [
        ("a", "one", 4),
        ("b", "two", 5),
        ("c", "three", 6),
    ]


@pytest.mark.parametrize(
    ("functions", "included"),
    [
        ("${file(config/fns.yml)}", "a:\n  handler: src/app.run\n"),
        ("${file(./config/fns.yml):functions}", "functions:\n  a: {handler: src/app.run}\n"),
        ("${file(${self:custom.folder}/fns.yml):all.orders}", "all:\n  orders: {a: {handler: src/app.run}}\n"),
        ("['${file(config/fns.yml)}']", "a:\n  handler: src/app.run\n"),
        ("{a: '${file(config/fns.yml)}'}", "handler: src/app.run\n"),
        ("{a: '${file(config/fns.yml):a}'}", "a: {handler: src/app.run}\n"),
        ("{a: '${file(config/fns.yml):list.a, null}'}", "list: {a: {handler: src/app.run}}\n"),
        ("${self:custom.fns}", "a: {handler: src/app.run}\n"),
    ],
)
def test_functions_from_other_files_start_at_the_service_folder(functions: str, included: str) -> None:
    custom = "custom: {folder: config, fns: '${file(config/fns.yml)}'}\n"
    found = only(
        {"svc/serverless.yml": f"{HEAD}{custom}functions: {functions}\n", "svc/config/fns.yml": included},
        "svc/src/app.py",
        "svc/config/src/app.py",
    )
    assert (found.name, found.file, found.root) == ("a", "svc/src/app.py", "svc")


def test_an_included_function_is_named_where_it_stands() -> None:
    found = only(
        {"serverless.yml": HEAD + "functions: ${file(fns.yml)}\n", "fns.yml": "# x\n\na:\n  handler: app.run\n"},
        "app.py",
    )
    assert (found.manifest, found.row) == ("fns.yml", 3)


@pytest.mark.parametrize(
    "functions",
    [
        "${file(missing.yml)}",
        "${file(fns.js)}",
        "${file(fns-${env:STAGE}.yml)}",
        "${file(../../up.yml)}",
        "${self:functions}",
    ],
)
def test_functions_that_cannot_be_known_are_one_declaration_with_the_reason(functions: str) -> None:
    found = only({"serverless.yml": f"{HEAD}functions: {functions}\n"}, "app.py")
    assert (found.name, found.file, found.problem) == ("functions", "", f"defined by {functions}")


def test_a_broken_file_with_functions_is_unreadable_itself() -> None:
    files = {"serverless.yml": f"{HEAD}functions: ${{file(broken.yml)}}\n", "broken.yml": "a: [\n"}
    ((found,), _, failed) = read(project(**files))
    assert found.problem == "defined by ${file(broken.yml)}"
    assert [one.manifest for one in failed] == ["broken.yml"]


@pytest.mark.parametrize(
    ("handler", "file"),
    [
        ("${self:custom.folder}/app.run", "src/app.py"),
        ("${self:custom.entry}", "src/app.py"),
        ("${opt:module, 'src/app'}.run", "src/app.py"),
        ("${env:X, self:custom.entry}", "src/app.py"),
    ],
)
def test_variables_in_handlers(handler: str, file: str) -> None:
    custom = "custom: {folder: src, entry: '${self:custom.folder}/app.run'}\n"
    assert _only(f'{custom}functions: {{a: {{handler: "{handler}"}}}}\n', "src/app.py").file == file


def test_a_handler_from_the_environment_depends_on_the_deployment() -> None:
    assert _only("functions: {a: {handler: '${env:HANDLER}'}}\n").problem == "handler depends on the deployment"


def test_variables_that_lead_to_themselves_end() -> None:
    found = _only(
        "custom: {a: '${self:custom.b}', b: 'x${self:custom.a}'}\nfunctions: {a: {handler: '${self:custom.a}'}}\n"
    )
    assert found.problem == "handler depends on the deployment"


def test_a_module_of_python_requirements_is_the_root() -> None:
    found = _only("functions: {a: {handler: app.run, module: services/orders}}\n", "services/orders/app.py", "app.py")
    assert (found.file, found.root) == ("services/orders/app.py", "services/orders")


def test_an_artifact_leads_to_its_source() -> None:
    rest = "functions: {a: {handler: handler.run, package: {artifact: deploy/orders_new.zip}}}\n"
    assert _only(rest, "src/orders/new/handler.py", "src/orders/old/handler.py").root == "src/orders/new"
    assert _only(rest, "handler.py").file == "handler.py"


def test_images() -> None:
    provider = "service: s\nprovider: {name: aws, ecr: {images: {model: {path: ./docker, file: D}}}}\n"
    files = {
        "serverless.yml": provider + "functions: {a: {image: {name: model, command: [app.run]}}, b: {image: model}}\n",
        "docker/D": 'FROM python:3\nCMD ["main.go"]\n',
    }
    first, second = declared(files, "docker/app.py", "docker/main.py")
    assert (first.file, first.attribute, first.root) == ("docker/app.py", "run", "docker")
    assert (second.file, second.attribute) == ("docker/main.py", "go")
    elsewhere = "functions: {a: {image: '1.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:0'}}\n"
    assert declared({"serverless.yml": provider + elsewhere}, "app.py") == ()


def test_a_wsgi_application_is_named_with_its_file() -> None:
    rest = "custom: {wsgi: {app: api/main.app}}\nfunctions: {a: {handler: wsgi_handler.handler}}\n"
    found = _only(rest, "api/main.py")
    assert (found.file, found.attribute, found.role) == ("api/main.py", "app", "application")


def test_a_handler_of_the_authors_called_wsgi_is_a_handler() -> None:
    rest = "custom: {wsgi: {app: api.app}}\nfunctions: {a: {handler: wsgi.handler}}\n"
    found = _only(rest, "api.py", "wsgi.py")
    assert (found.file, found.attribute, found.problem) == ("wsgi.py", "handler", "")


@pytest.mark.parametrize(
    ("provider", "handler", "file", "attribute", "platform"),
    [
        ("{name: google, runtime: python312}", "http", "main.py", "http", "google"),
        ("{name: azure, runtime: python3.9}", "src/hello.main", "src/hello.py", "main", "azure"),
        ("{name: openwhisk, runtime: 'python:3'}", "handler.endpoint", "handler.py", "endpoint", "openwhisk"),
        ("aws", "app.run", "app.py", "run", "aws"),
    ],
)
def test_providers(provider: str, handler: str, file: str, attribute: str, platform: str) -> None:
    head = f"service: s\nprovider: {provider}\n"
    found = _only(f"functions: {{a: {{handler: {handler}}}}}\n", file, head=head)
    assert (found.file, found.attribute, found.platform, found.problem) == (file, attribute, platform, "")


def test_other_languages_and_unknown_runtimes() -> None:
    node = "provider: {name: aws, runtime: nodejs20.x}\n"
    functions = "functions: {a: {handler: app.run}, b: {handler: app.run, runtime: python3.12}}\n"
    assert only({"serverless.yml": node + functions}, "app.py").name == "b"
    unknown = "service: s\nprovider: ${file(provider.js)}\nfunctions: {a: {handler: app.run}, b: {handler: web.run}}\n"
    assert only({"serverless.yml": unknown}, "app.py").name == "a"


def test_layers_of_the_service_are_roots() -> None:
    rest = (
        "layers: {common: {path: layers/common}, other: {path: layers/other}}\n"
        "functions:\n"
        "  a: {handler: app.run, layers: [{Ref: CommonLambdaLayer}, 'arn:aws:lambda:x:1:layer:y:1']}\n"
        "  b: {handler: app.run}\n"
    )
    head = "service: s\nprovider: {name: aws, runtime: python3.12, layers: [{Ref: OtherLambdaLayer}]}\n"
    first, second = declared(
        {"serverless.yml": head + rest}, "app.py", "layers/common/python/db.py", "layers/other/db.py"
    )
    assert (first.layers, second.layers) == (("layers/common/python", "layers/common"), ("layers/other",))


def test_a_broken_service_file_is_unreadable() -> None:
    (failed,) = unreadable({"serverless.yml": HEAD + "functions:\n\ta: {handler: app.run}\n"})
    assert (failed.manifest, failed.problem.split(":")[0]) == ("serverless.yml", "line 4")


@pytest.mark.parametrize(
    "functions", ["", "[]", "{}", "3", "{a: 3}", "{a: [x]}", "[[x]]", "{a: {handler: [x]}}", "{a: null}"]
)
def test_odd_shapes_break_nothing(functions: str) -> None:
    assert all(found.file == "" for found in declared({"serverless.yml": f"{HEAD}functions: {functions}\n"}, "app.py"))
