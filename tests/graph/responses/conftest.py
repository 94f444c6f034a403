"""What tests of kept responses share."""

import pytest

from tests.graph.responses.server import Writes


@pytest.fixture
def writes() -> Writes:
    """Nothing written yet."""
    return Writes()
