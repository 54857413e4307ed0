"""What the tests of intake may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.services.intake.counter import Counter, open_counter


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_counter(tmp_path) as opened:
        yield opened
