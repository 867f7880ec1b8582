"""`make run` starts, stops, and says in one sentence what keeps it from starting."""

import re
import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.pack import ROOT, Pack, PackProcess, free_port, running_pack


def outcome_of(*arguments: str, port: int | None = None) -> tuple[int, str]:
    """The exit code and the output of a run that ends by itself."""
    process = PackProcess(port or free_port(), *arguments)
    try:
        return process.process.wait(60), process.log()
    finally:
        process.stop()


def test_it_says_where_it_is_ready(pack: Pack) -> None:
    assert f"Clerestory is ready on {pack.url} (AWS: {pack.aws})\n" in pack.log()
    assert pack.http.get("/").headers["content-type"].startswith("text/html")


def test_each_organization_has_its_first_secret(pack: Pack) -> None:
    ssm = pack.client("ssm")
    for organization in (16417, 19852):
        name = f"/clerestory/local/organizations/{organization}/embed-secret"
        assert ssm.get_parameter(Name=name)["Parameter"]["Type"] == "SecureString"


def test_a_carrier_sees_its_own_flights(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727}, "HA")
    assert pack.http.get(url).status_code == 200
    charts = {chart["title"]: chart for chart in pack.results(url).raise_for_status().json()["charts"]}
    assert charts["Flights"]["rows"] == [[342]]


def test_the_demos_page_may_frame_the_embed_on_any_port(pack: Pack) -> None:
    policy = pack.http.get(pack.embed_url({"dashboard": 38727}, "OO")).headers["content-security-policy"]
    ancestors = re.search(r"frame-ancestors ([^;]*)", policy)
    assert ancestors
    assert {pack.url, f"http://localhost:{pack.port}"} <= set(ancestors[1].split())


def test_the_demos_page_may_call_the_api_by_either_name(pack: Pack) -> None:
    origin = f"http://localhost:{pack.port}"
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert pack.http.options("/embeds", headers=preflight).headers["access-control-allow-origin"] == origin


def test_no_token_is_logged(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": "airport-weather"}, None)
    pack.results(url)
    pack.http.get(f"{url}x")
    assert url.rpartition("/")[2] not in pack.log()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_while_it_is_in_use(how: signal.Signals) -> None:
    with running_pack() as pack:
        url = pack.embed_url({"dashboard": 38727})
        pack.http.get(url)  # its queries run now
        assert pack.stop(how) == 0
        assert "Traceback" not in pack.log()
        with pytest.raises(httpx.ConnectError):
            pack.http.get("/")


def test_it_stops_cleanly_before_it_is_ready() -> None:
    process = PackProcess(free_port())
    while not _listens(process.port):
        assert process.process.poll() is None
    assert process.stop() == 0
    assert "Traceback" not in process.log()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("which", [0, 1])
def test_a_port_in_use_is_one_sentence(which: int) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port + which)):
        code, said = outcome_of(port=port)
    assert (code, said) == (1, f"Port {port + which} is in use: choose another with PORT=.\n")


def test_a_broken_dashboard_is_named_by_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "dashboards" / "airlines"
    folder.mkdir(parents=True)
    for file in (ROOT / "demo" / "dashboards" / "airlines").glob("*.yaml"):
        (folder / file.name).write_text(file.read_text().replace("id: 38727", "id: many"))
    code, said = outcome_of("--dashboards", str(tmp_path / "dashboards"))
    assert code == 1
    assert re.fullmatch(rf"{folder}/on-time-performance\.yaml:1: .+\n", said)


def test_missing_data_is_one_sentence(tmp_path: Path) -> None:
    code, said = outcome_of("--data", str(tmp_path))
    assert code == 1
    assert re.fullmatch(rf"The data is missing \({tmp_path}/\w+\.parquet\): run make data first\.\n", said)


@pytest.mark.parametrize("port", ["0", "65535", "many"])
def test_what_is_no_port_is_refused(port: str) -> None:
    code, said = outcome_of("--port", port)
    assert code == 2
    assert f"{port} is no port: choose one from 1 to 65534" in said
