"""Every JSON file here is collected, so that a case without a source stops the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.cases import CaseWithoutSource, load_case


class GoldenFile(pytest.File):
    """A golden case: nothing to run by itself, only to be refused."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            load_case(self.path.stem, self.path.parent)
        except (CaseWithoutSource, ValueError) as error:
            raise self.CollectError(str(error)) from error
        return iter(())


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".json":
        return GoldenFile.from_parent(parent, path=file_path)
    return None
