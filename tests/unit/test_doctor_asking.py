"""What the doctor asks a server, what it makes of the answer, and what it prints."""

import json
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clerestory import problems
from clerestory.problems import Kind
from clerestory.secret.keyset import Key
from clerestory.tokens import sign
from cli.doctor.__main__ import main

KEY = Key(kid="k1", secret="an embed secret of more than 32 bytes, as text", created_at=0, signs_from=0)
POLICY = "default-src 'none'; frame-ancestors https://app.example.com"
REFUSALS = [
    kind
    for kind in vars(problems).values()
    if isinstance(kind, Kind)
    and kind.code in ("revoked", "unknown-dashboard", "invalid-token", "invalid-variables")
]


class Stage(ThreadingHTTPServer):
    """A server that gives the answers that it was told, by method, and remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.headers: dict[str, str] = {"content-security-policy": POLICY}
        self.requests: list[tuple[str, str]] = []
        self.ahead = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def says(self, status: int, document: dict[str, Any] | None = None, what: str = "page") -> None:
        for method in ("HEAD", "GET"):
            self.answers[method, what] = (status, document or {})

    def refuses(self, kind: Kind, **more: Any) -> None:
        self.says(kind.status, {"code": kind.code, "title": kind.title} | more)


class _Handler(BaseHTTPRequestHandler):
    server: Stage

    def do_GET(self) -> None:
        what = "results" if self.path.endswith("/results") else "page"
        self.server.requests.append((self.command, what))
        status, document = self.server.answers[self.command, what]
        self.send_response_only(status)
        self.send_header("Date", formatdate(time.time() + self.server.ahead, usegmt=True))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(json.dumps(document).encode())

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.says(200)
        server.says(202, what="results")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def token() -> str:
    claims = {
        "organization": 16417,
        "dashboard": 38727,
        "env": {"ACCT_ID": "A value"},
        "iat": int(time.time()),
    }
    return sign(claims, KEY)


class Printed:
    def __init__(self, code: int, out: str) -> None:
        self.code, self.out = code, out

    def lines(self, weight: str) -> list[str]:
        return [line[9:] for line in self.out.splitlines() if line.startswith(weight)]


@pytest.fixture
def doctor(stage: Stage, token: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    def examine(*arguments: str, url: str = f"/d/38727/{token}") -> Printed:
        code = main([f"{stage.url}{url}", "--dashboards", str(tmp_path / "none"), *arguments])
        printed = capsys.readouterr()
        assert printed.err == ""
        assert all(part not in printed.out for part in token.split("."))
        assert "A value" not in printed.out
        return Printed(code, printed.out)

    return examine


def test_a_good_embed_is_asked_by_head_alone(stage: Stage, doctor: Any) -> None:
    printed = doctor()
    assert (printed.code, printed.lines("cause"), printed.lines("warning")) == (0, [], [])
    assert stage.requests == [("HEAD", "page"), ("HEAD", "results")]


def test_the_form_with_slugs_is_asked_as_it_is(stage: Stage, doctor: Any, token: str) -> None:
    assert doctor(url=f"/d/16417/38727/?embed_token={token}").code == 0
    assert stage.requests == [("HEAD", "page"), ("HEAD", "results")]


def test_results_that_are_there(stage: Stage, doctor: Any) -> None:
    stage.says(200, what="results")
    assert "The server takes the token, and its results are there." in doctor().lines("ok")


def test_who_may_frame_what_cannot_be_verified_says_nothing_of_the_embed(stage: Stage, doctor: Any) -> None:
    stage.headers["content-security-policy"] = "frame-ancestors *"
    stage.refuses(problems.INVALID_TOKEN)
    assert "frame" not in doctor("--framed-by", "https://app.example.com").out


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.code)
def test_a_refusal_is_read_from_a_get_after_head(stage: Stage, doctor: Any, kind: Kind) -> None:
    stage.refuses(kind)
    printed = doctor()
    assert stage.requests == [("HEAD", "page"), ("GET", "page")]
    (cause,) = printed.lines("cause")
    assert (printed.code, cause.startswith(f"The server answers {kind.status}: {kind.title}.")) == (1, True)


def test_a_refusals_variables_are_named(stage: Stage, doctor: Any) -> None:
    errors = [{"variable": "ACCT_ID", "detail": "A value"}, {"variable": "\x1b[2J"}, 7]
    stage.refuses(problems.LOCKED_VARIABLE_MISSING, errors=errors)
    assert "A locked variable has no value (ACCT_ID, (not shown))." in doctor().lines("cause")[0]


def test_a_refusal_that_the_token_explains_is_said_once(stage: Stage, doctor: Any) -> None:
    stage.refuses(problems.OTHER_DASHBOARD)
    expired = sign({"organization": 16417, "dashboard": 231, "iat": int(time.time())}, KEY)
    printed = doctor(url=f"/d/38727/{expired}")
    assert printed.lines("cause") == [
        "The token is for the dashboard 231, and the URL names 38727. Use one dashboard in both."
    ]
    assert "The server says the same: 403, other-dashboard." in printed.lines("ok")


def test_the_server_has_the_last_word(doctor: Any) -> None:
    expired = sign({"organization": 16417, "dashboard": 38727, "iat": int(time.time()) - 90_000}, KEY)
    printed = doctor(url=f"/d/38727/{expired}")
    assert (printed.code, printed.lines("cause")) == (0, [])
    assert "expired" in printed.lines("warning")[0]


@pytest.mark.parametrize("status", [500, 503, 301, 405, 414, 418])
def test_what_is_no_refusal_of_the_token_is_not_asked_again(stage: Stage, doctor: Any, status: int) -> None:
    stage.headers["location"] = f"{stage.url}/elsewhere"
    stage.says(status)
    printed = doctor()
    assert (printed.code, len(printed.lines("cause"))) == (1, 1)
    assert str(status) in printed.lines("cause")[0]
    assert stage.requests == [("HEAD", "page")]


def test_an_answer_that_is_not_clerestorys(stage: Stage, doctor: Any) -> None:
    stage.says(403, {"message": "Forbidden"})
    assert doctor().lines("cause")[0].startswith("The server answers 403, without a reason")


def test_open_tells_of_a_failed_run(stage: Stage, doctor: Any) -> None:
    stage.says(503, {"code": "run-failed"}, what="results")
    printed = doctor("--open")
    assert printed.lines("cause") == [
        "The server answers 503: The dashboard could not be computed. Look at the query function's log; it "
        "tries again by itself."
    ]
    assert stage.requests == [("HEAD", "page"), ("GET", "results")]


@pytest.mark.parametrize(("ahead", "way"), [(100.0, "1 min 40 s behind"), (-7_200.0, "2 h ahead of")])
def test_this_machines_clock(stage: Stage, doctor: Any, ahead: float, way: str) -> None:
    stage.ahead = ahead
    (warning,) = doctor().lines("warning")
    assert warning.startswith("This machine's clock is ")
    assert way.split()[-1] in warning
    assert doctor("--clock-from-server").out.count("This machine's clock") == 0


def test_times_are_judged_by_the_servers_clock(stage: Stage, doctor: Any) -> None:
    stage.ahead = 90_000
    stage.refuses(problems.TOKEN_EXPIRED)
    assert "has expired" in doctor().lines("cause")[0]
    (cause,) = doctor("--clock-from-server").lines("cause")
    assert cause.startswith("The token expired 1 h ")


def test_another_server_may_be_asked(
    stage: Stage, token: str, doctor: Any, capsys: Any, tmp_path: Path
) -> None:
    url = f"https://embed.example.com/d/38727/{token}"
    assert main([url, "--api", stage.url, "--dashboards", str(tmp_path / "none")]) == 0
    assert stage.requests == [("HEAD", "page"), ("HEAD", "results")]


def test_a_site_that_may_not_frame_it_is_a_cause(doctor: Any) -> None:
    assert doctor("--framed-by", "https://app.example.com").code == 0
    printed = doctor("--framed-by", "https://evil.example")
    assert (printed.code, printed.lines("cause")[0][:37]) == (1, "https://evil.example may not frame it")


def test_a_server_that_cannot_be_reached(doctor: Any) -> None:
    printed = doctor("--api", "http://127.0.0.1:1")
    assert printed.lines("cause") == [
        "http://127.0.0.1:1 can't be reached: Connection refused. Check the URL's beginning."
    ]


def test_offline_nothing_is_asked(stage: Stage, doctor: Any) -> None:
    assert (doctor("--offline").code, stage.requests) == (0, [])


def test_what_is_no_url_ends_with_2_and_is_not_repeated(
    token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([token]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "This isn't a URL.\n")


def test_the_url_may_come_from_the_standard_input(
    stage: Stage, token: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    file = tmp_path / "url"
    file.write_text(f"{stage.url}/d/38727/{token}\n")
    with file.open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert main(["-", "--dashboards", str(tmp_path / "none")]) == 0


def test_mistakes_in_the_dashboards_are_a_warning(doctor: Any, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert "has mistakes" in doctor().lines("warning")[0]
