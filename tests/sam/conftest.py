"""What the tests of every event share: an AWS, and the trials, begun ahead and two at a time."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from local.aws.invocations import in_process
from local.aws.server import LocalAWS, listen
from tests import machine
from tests.sam import cli
from tests.sam.cases import Case
from tests.sam.data import URL, put_data
from tests.sam.stack import Recorder
from tests.sam.trial import Trial, published, tried

AT_ONCE = 2
_IMAGE_REPOSITORY = "samcli/lambda-python"
"""Where SAM CLI keeps an image for each set of layers."""


class Trials:
    def __init__(self, port: int, cases: list[Case]) -> None:
        """`port` is the local AWS's."""
        self.recorder = Recorder()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._where = f"http://127.0.0.1:{port}", f"http://{cli.HOST}:{port}", URL
        self._cases = cases
        self._running: dict[Case, Future[Trial]] = {}

    def start(self) -> None:
        self._running = {case: self._pool.submit(tried, case, *self._where) for case in self._cases}

    def result(self, case: Case) -> Trial:
        return self._running[case].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest) -> Iterator[Trials]:
    """Of the cases whose tests were selected."""
    machine.docker()
    published()
    trying = [item for item in request.session.items if "trials" in getattr(item, "fixturenames", ())]
    cases: list[Case] = [item.callspec.params["case"] for item in trying]  # type: ignore[attr-defined]
    before = cli.images(_IMAGE_REPOSITORY)
    with listen("0.0.0.0", 0) as listener:  # noqa: S104  containers come from another network
        port = listener.getsockname()[1]
        running = Trials(port, cases)
        with LocalAWS(listener, in_process(running.recorder.invoke)):
            put_data(f"http://127.0.0.1:{port}")
            running.start()
            try:
                yield running
            finally:
                running.close()
                cli.remove_images(_IMAGE_REPOSITORY, before)
