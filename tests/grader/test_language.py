"""The public names, and what importing them costs."""

import inspect
import sys

import grader
from grader import K8s


def test_public_names_are_documented():
    for name in grader.__all__:
        assert inspect.getdoc(getattr(grader, name)), name
    for name, method in inspect.getmembers(K8s, inspect.isfunction):
        assert name.startswith("_") or inspect.getdoc(method), name


def test_the_client_is_imported_on_connecting_only(pytester):
    heavy = {"kubernetes", "testinfra", "cryptography", "pytest"}
    code = f"import grader, grader.judging, sys; sys.exit(bool({heavy} & {{*sys.modules}}))"
    assert pytester.run(sys.executable, "-c", code).ret == 0


pytest_plugins = ["pytester"]
