"""A fresh operation for each test."""

import pytest

from loaders.context import RequestContext
from tests.loaders.echo import make_context


@pytest.fixture
async def context() -> RequestContext:
    """An operation's context without a database."""
    return make_context()
