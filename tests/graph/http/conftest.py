"""The sample application and a client of it, in this process."""

from collections.abc import AsyncIterator

import pytest

from tests.graph.http.sample import Sample, make_sample
from tests.http_client import Client, client_of


@pytest.fixture
def sample() -> Sample:
    """The sample under default settings."""
    return make_sample()


@pytest.fixture
async def client(sample: Sample) -> AsyncIterator[Client]:
    """A client of the sample."""
    async with client_of(sample.app()) as client:
        yield client
