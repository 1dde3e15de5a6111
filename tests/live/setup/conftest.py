"""What live tests of the setup share."""

from collections.abc import Iterator

import pytest

from setup.api import Api


@pytest.fixture
def api(cluster) -> Iterator[Api]:
    """The grader's connection to the sandbox."""
    connection = Api(cluster.sandbox.grader_kubeconfig)
    yield connection
    connection.close()
