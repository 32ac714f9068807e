"""Style: every linter finds nothing."""

import pytest

from desklib.context import Context
from desklib.lint import LINTERS, Linters


@pytest.mark.parametrize("name", LINTERS)
def test_lint(name):
    if wrong := getattr(Linters(Context()), name)():
        pytest.fail(f"./desk lint says:\n{wrong}", pytrace=False)
