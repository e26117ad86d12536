"""Settings and tables of URLs as people write them, and as nobody should."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambda_conn_lint.check import Settings, check
from lambda_conn_lint.project import Project

ADAPTER = """
import os
from apig_wsgi import make_lambda_handler
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf.settings")
handler = make_lambda_handler(get_wsgi_application())
"""
CALLED = """
import boto3
def view(request):
    boto3.client("s3")
class Middleware:
    def __call__(self, request):
        boto3.client("s3")
"""
TABLE = "from django.urls import path\nfrom .views import view\nurlpatterns = [path('', view)]\n"


def found(files: dict[str, str]) -> set[str]:
    """The files with a finding, of a project with the adapter."""
    overlay = {path: text.encode() for path, text in {"app.py": ADAPTER, **files}.items()}
    report = check(Project(Path("/nowhere/at/all"), overlay), Settings())
    assert not [finding for finding in report.findings if finding.code in ("LCL000", "LCL001")]
    return {finding.filename for finding in report.findings}


@pytest.mark.parametrize(
    "settings",
    [
        'MIDDLEWARE = ["own.Middleware"]',
        'MIDDLEWARE: list[str] = ["own.Middleware"]',
        'MIDDLEWARE = []\nMIDDLEWARE += ("own.Middleware",)',
        'MIDDLEWARE = []\nMIDDLEWARE.append("own.Middleware")',
        'MIDDLEWARE = []\nMIDDLEWARE.extend(["own.Middleware"])',
        'import os\nif os.environ.get("LIVE"):\n    MIDDLEWARE = ["own.Middleware"]\nelse:\n    MIDDLEWARE = []',
        'try:\n    import x\nexcept ImportError:\n    MIDDLEWARE = ["own.Middleware"]',
        'LIVE = True\nOWN = ["own.Middleware"]\nMIDDLEWARE = list(OWN) if LIVE else []',
        'from .base import *\nMIDDLEWARE = ["a.B", *MIDDLEWARE]',
        'from .base import MIDDLEWARE as BASE\nMIDDLEWARE = BASE + ["a.B"]',
        'from conf import base\nMIDDLEWARE = base.MIDDLEWARE + ["a.B"]',
    ],
)
def test_middlewares_of_settings(settings: str) -> None:
    base = 'MIDDLEWARE = ["own.Middleware"]'
    assert found({"conf/settings.py": settings, "conf/base.py": base, "own.py": CALLED}) == {"own.py"}


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "MIDDLEWARE = [",
        'MIDDLEWARE = ["own.Middleware"]\nMIDDLEWARE = []',
        '# MIDDLEWARE = ["own.Middleware"]',
        'OTHERS = ["own.Middleware"]',
        'MIDDLEWARE = ["Middleware", "own.", ".own", "other.Middleware", 3, None]',
        'from .settings import *\nMIDDLEWARE = [*MIDDLEWARE, f"{own}.Middleware"]',
        'def f():\n    MIDDLEWARE = ["own.Middleware"]',
        "MIDDLEWARE = " + " + ".join(['["a.B"]'] * 1500),
        'ROOT_URLCONF = "own"\nMIDDLEWARE = "own.absent own.CALLED"',
    ],
)
def test_what_names_no_middleware(settings: str) -> None:
    assert found({"conf/settings.py": settings, "own.py": CALLED}) == set()


@pytest.mark.parametrize(
    "root",
    [
        'from django.urls import include, path\nurlpatterns = [path("", include("shop.urls"))]',
        'from django.conf.urls import include, url\nurlpatterns = [url("", include(("shop.urls", "shop")))]',
        'from django import urls\nurlpatterns = [urls.path("", urls.include("shop.urls"))]',
        'from django.urls import include, path\nimport shop.urls\nurlpatterns = [path("", include(shop.urls))]',
        'from django.urls import include, path\nfrom shop import urls as shop\nurlpatterns = [path("", include(shop))]',
        'from django.urls import include, path\nSHOP = "shop.urls"\nurlpatterns = [path("", include(SHOP))]',
    ],
)
def test_only_tables_that_are_included_count(root: str) -> None:
    files = {
        "conf/settings.py": 'ROOT_URLCONF = "conf.urls"',
        "conf/urls.py": root,
        "shop/__init__.py": "",
        "shop/urls.py": TABLE,
        "shop/views.py": CALLED,
        "old/urls.py": TABLE,
        "old/views.py": CALLED,
    }
    assert found(files) == {"shop/views.py"}


@pytest.mark.parametrize(
    ("settings", "root"),
    [
        ('ROOT_URLCONF = "conf.urls"', 'from django.urls import *\nurlpatterns = [include(a) for a in ("shop.urls",)]'),
        ('ROOT_URLCONF = "conf.urls"', "from django.urls import *\nurlpatterns = [include(name + '.urls')]"),
        ('ROOT_URLCONF = "conf.urls"', "urlpatterns = ["),
        ('import os\nROOT_URLCONF = os.environ["URLS"]', ""),
        ('ROOT_URLCONF = "elsewhere.urls"', ""),
        ("", ""),
    ],
)
def test_where_the_tables_cannot_be_told_all_count(settings: str, root: str) -> None:
    files = {"conf/settings.py": settings, "conf/urls.py": root, "shop/urls.py": TABLE, "shop/views.py": CALLED}
    overlay = {path: text.encode() for path, text in {"app.py": ADAPTER, **files}.items()}
    report = check(Project(Path("/nowhere/at/all"), overlay), Settings())
    assert "shop/views.py" in {finding.filename for finding in report.findings}


def test_tables_that_include_each_other() -> None:
    loop = 'from django.urls import include, path\nfrom shop.views import view\nurlpatterns = [path("", view), {}]\n'
    files = {
        "conf/settings.py": 'ROOT_URLCONF = "conf.urls"',
        "conf/urls.py": loop.format('path("a", include("shop.urls"))'),
        "shop/__init__.py": "",
        "shop/urls.py": loop.format('path("b", include("conf.urls"))'),
        "shop/views.py": CALLED,
    }
    assert found(files) == {"shop/views.py"}
