"""Processes that die, clients that go away, ports that are taken: a clear answer, and recovery."""

import itertools
import json
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import openai
import psutil
import pytest

from tests.serve.worker_stats import idle, stats
from tests.serving import SERVING, Server, eventually, gone, home, running, started

# A scripted model that says a lot, slowly, where it is told to.
LONG = "and so on " * 40
SCRIPT = [{"when": "long", "say": LONG}, {"say": "Short."}]
SLOW = (
    "models=scripted",
    "models.scripted.scripted.step_seconds=0.02",
    f"models.scripted.scripted.replies=[{{when: long, say: '{LONG}'}},{{say: 'Short.'}}]",
)
TOP = Path(__file__).parents[2]


def ask(server: Server, content: str, model: str = "scripted", **options: Any) -> Any:
    messages: Any = [{"role": "user", "content": content}]
    return server.client.chat.completions.create(model=model, messages=messages, **options)


def answers(server: Server, model: str = "scripted") -> bool:
    """Whether a model answers; if not, then with a 503 that says when to try again."""
    failure: openai.APIStatusError | None = None
    try:
        assert ask(server, "hi", model).choices[0].message.content == "Short."
    except openai.InternalServerError as error:
        failure = error
    if failure:
        assert failure.status_code == 503
        assert int(failure.response.headers["retry-after"]) >= 1
        assert failure.request_id
        assert failure.request_id == failure.body["request_id"]  # type: ignore[index]
    return failure is None


def raw(server: Server, content: str, model: str) -> bytes:
    """The bytes of a stream, but for what no two replies share."""
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": content}]}
    request = urllib.request.Request(
        f"{server.url}/v1/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return re.sub(rb'"id":"[^"]*"|"created":\d+', b"", answer.read())


def get(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with running(*SLOW) as server:
        yield server


@pytest.fixture
def slow(shared: Server) -> Server:
    """A server that whatever was done to it before has not harmed."""
    eventually(lambda: answers(shared))
    return shared


# Workers that die or hang


def test_killed_three_times_under_traffic(slow: Server) -> None:
    """Each time the stream ends with an error, requests are answered 503 with Retry-After, at
    once, and the worker is back by itself."""
    waits = []

    def answers_now() -> bool:
        began = time.monotonic()
        try:
            return answers(slow)
        finally:
            waits.append(time.monotonic() - began)

    for _ in range(3):
        stream = ask(slow, "long", stream=True)
        assert next(stream).choices
        (worker,) = slow.workers()
        worker.kill()
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        assert not answers(slow)
        eventually(answers_now)
    assert statistics.median(waits) < 1


def test_a_patient_client_sees_nothing_of_it(slow: Server) -> None:
    """The official client's own retries, which follow Retry-After, bridge a restart."""
    slow.workers()[0].kill()
    patient = slow.client.with_options(max_retries=20)
    answer = patient.chat.completions.create(
        model="scripted", messages=[{"role": "user", "content": "hi"}]
    )
    assert answer.choices[0].message.content == "Short."


def test_a_stopped_worker_is_found_out_and_replaced() -> None:
    """Those who wait for it are told: in a stream by an event, otherwise by a 503."""
    with running(*SLOW, "server.heartbeat_seconds=1") as server, ThreadPoolExecutor() as pool:
        (worker,) = server.workers()
        stream = ask(server, "long", stream=True)
        next(stream)
        worker.suspend()
        waiting = pool.submit(ask, server, "hi")
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        with pytest.raises(openai.InternalServerError, match="503"):
            waiting.result(5)
        eventually(lambda: answers(server))
        assert gone(worker.pid)
        server.wait_for("did not answer for 1 s")


def test_killed_twice_while_loading() -> None:
    with started(*SLOW, "models.scripted.scripted.load_seconds=1") as server:
        killed: set[int] = set()
        while len(killed) < 2:
            worker = eventually(lambda: [w for w in server.workers() if w.pid not in killed])[0]
            time.sleep(0.3)
            worker.kill()
            killed.add(worker.pid)
        server.url = server.wait_for(SERVING)[1]
        assert answers(server)
        assert "SIGKILL" in "".join(server.output)


def test_a_replica_takes_over() -> None:
    """Nobody is told that there was less than two, not even at the moment of the death."""
    with running(*SLOW, "models.scripted.replicas=2") as server:
        for _ in range(2):
            server.workers()[0].kill()
            for _ in range(5):
                assert answers(server)
            eventually(lambda: get(f"{server.url}/health")[0] == 200)


def test_other_models_know_nothing_of_it(tmp_path: Path) -> None:
    """While one model's worker is killed as often as it comes back, another's streams go on, the
    same to the byte; and the gateway does not burn."""
    slowly = {"replies": SCRIPT, "step_seconds": 0.01}
    one = {"backend": "scripted", "slots": 16, "scripted": slowly}
    env = home(tmp_path, steady=one, victim=one)
    with running("models=mine", env=env) as server, ThreadPoolExecutor() as pool:
        alone = raw(server, "long", "steady")
        gateway, began = psutil.Process(server.process.pid), time.monotonic()
        busy = sum(gateway.cpu_times()[:2])
        streams = [pool.submit(raw, server, "long", "steady")]
        killed: set[int] = set()
        while len(killed) < 3:
            assert answers(server, "steady")
            answers(server, "victim")
            new = [
                w for w in server.workers() if w.cmdline()[-1] == "victim" and w.pid not in killed
            ]
            for worker in new:
                worker.kill()
                killed.add(worker.pid)
                streams.append(pool.submit(raw, server, "long", "steady"))
            time.sleep(0.1)
        assert alone.endswith(b"data: [DONE]\n\n")
        assert all(stream.result(30) == alone for stream in streams)
        assert sum(gateway.cpu_times()[:2]) - busy < (time.monotonic() - began) / 2
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 8  # no request counts as running that is not


# Starts that fail


def broken(folder: Path) -> dict[str, Path]:
    """The shipped model, spoiled in several ways."""
    whole = (TOP / "gallama" / "shipped" / "tiny.gguf").read_bytes()
    noise = random.Random(1).randbytes(50_000)
    spoiled = {
        "truncated": whole[: len(whole) // 2],
        "headless": whole[:3000],
        "noisy": whole[:24] + noise + whole[24 + len(noise) :],
        "another": b"PK" + whole[2:],
        "zeros": bytes(100_000),
        "empty": b"",
    }
    for name, data in spoiled.items():
        (folder / name).write_bytes(data)
    (folder / "folder").mkdir()
    return {name: folder / name for name in (*spoiled, "folder", "absent")}


BEFORE_LOADING = {
    "another": "does not begin with 'GGUF'",
    "zeros": "does not begin with 'GGUF'",
    "empty": "does not begin with 'GGUF'",
    "folder": "is a folder",
    "absent": "there is no file",
}
WHILE_LOADING = {
    "truncated": "corrupted or incomplete",
    "headless": "failed to read",
    "noisy": "exceeds maximum",
}


def test_model_files_that_are_none_are_known_before_loading(tmp_path: Path) -> None:
    files = broken(tmp_path)
    models = {name: {"path": str(files[name])} for name in BEFORE_LOADING}
    with started("models=mine", env=home(tmp_path, **models)) as server:
        assert server.process.wait(20) == 2
        lines = eventually(lambda: len(server.output) >= len(models) and server.output)
        for name, why in BEFORE_LOADING.items():
            assert any(f"models.{name}.path" in line and why in line for line in lines)
        assert len(lines) == len(models)


def test_where_no_model_can_be_loaded(tmp_path: Path) -> None:
    path = broken(tmp_path)["truncated"]
    with started("models=gguf", f"models.gguf.path={path}") as server:
        server.wait_for("gguf: failed: cannot load .*truncated.*corrupted or incomplete")
        assert server.process.wait(10) == 1
        assert "Traceback" not in "".join(server.output)


def test_a_broken_model_does_not_keep_another_from_serving(tmp_path: Path) -> None:
    files = broken(tmp_path)
    models: dict[str, Any] = {name: {"path": str(files[name])} for name in WHILE_LOADING}
    models["good"] = {"backend": "scripted", "scripted": {"replies": SCRIPT}}
    with running("models=mine", env=home(tmp_path, **models)) as server:
        assert answers(server, "good")
        for name, why in WHILE_LOADING.items():
            with pytest.raises(openai.InternalServerError, match=why) as caught:
                ask(server, "hi", name)
            assert caught.value.status_code == 503
            assert caught.value.code == "model_failed"
        states = {**dict.fromkeys(WHILE_LOADING, "failed"), "good": "ready"}
        assert get(f"{server.url}/health") == (503, {"status": "unavailable", "workers": states})
        cards = get(f"{server.url}/v1/models")[1]["data"]
        plain = {card["id"]: card["state"] for card in cards if "@" not in card["id"]}
        assert plain == states


def dying(folder: Path) -> dict[str, str]:
    """An environment in which no worker gets far."""
    (folder / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'gallama.serve.worker' in sys.orig_argv:\n"
        "    os.write(2, b'not my day\\n')\n"
        "    os._exit(7)\n"
    )
    return {"PYTHONPATH": f"{folder}:{TOP}"}


def test_workers_that_die_at_every_start(tmp_path: Path) -> None:
    """After a few tries it is given up; the first time already the log's last lines are shown."""
    with started(*SLOW, env=dying(tmp_path)) as server:
        server.wait_for("the worker exited with 7")
        server.wait_for("not my day", 1)
        assert server.process.wait(20) == 1
        text = "".join(server.output)
        assert "scripted: failed: the worker exited with 7" in text
        assert "Traceback" not in text


def test_while_it_loads_the_answer_is_503() -> None:
    port = free_port()
    with started(*SLOW, "models.scripted.scripted.load_seconds=3", f"server.port={port}") as server:
        server.url = f"http://127.0.0.1:{port}"
        eventually(lambda: listening(port))
        with pytest.raises(openai.InternalServerError, match="is loading") as caught:
            ask(server, "hi")
        assert caught.value.status_code == 503
        assert "retry-after" in caught.value.response.headers


def test_a_port_in_use_is_known_before_loading(slow: Server) -> None:
    port = slow.url.rpartition(":")[2]
    with started(*SLOW, f"server.port={port}") as second:
        assert second.process.wait(10) == 2
        text = "".join(second.output)
        assert f"server.port: cannot listen on 127.0.0.1:{port}" in text
        assert "Traceback" not in text


def test_a_host_that_is_not_this_machine_s() -> None:
    with started("models=scripted", "server.host=192.0.2.1") as server:  # nobody's, by RFC 5737
        assert server.process.wait(20) == 2
        assert "gallama: server.host: cannot listen on 192.0.2.1:0 (" in "".join(server.output)


def test_of_two_at_once_on_one_port_one_serves() -> None:
    port = f"server.port={free_port()}"
    with started(*SLOW, port) as one, started(*SLOW, port) as other:
        loser = eventually(lambda: next((s for s in (one, other) if s.process.poll()), None), 30)
        winner = one if loser is other else other
        assert loser.process.wait(0) == 2
        winner.url = winner.wait_for(SERVING)[1]
        assert answers(winner)


def test_a_socket_path_that_is_taken(slow: Server) -> None:
    """The next worker's path is another one."""
    (worker,) = slow.workers()
    path = Path(worker.cmdline()[3])
    path.with_name(f"{int(path.stem) + 1}.sock").write_text("mine")
    worker.kill()
    eventually(lambda: answers(slow))
    assert int(Path(slow.workers()[0].cmdline()[3]).stem) > int(path.stem) + 1


def test_a_tmpdir_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with running(*SLOW, env={"TMPDIR": str(tmp_path / "file")}) as server:
        assert answers(server)


# Nowhere to write


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Its lines are lost, which is said once for a worker."""
    (tmp_path / "scripted.log").symlink_to("/dev/full")
    with running(*SLOW, f"server.log_dir={tmp_path}") as server:
        assert answers(server)
        server.workers()[0].kill()
        eventually(lambda: answers(server))
        assert answers(server)
        assert server.stop() == 0
        assert "".join(server.output).count("lines are lost") == 2


def test_a_disk_that_fills_up_under_the_servers_own_output(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gallama", "run", f"server.port={port}", *SLOW]
    with (tmp_path / "output").open("w") as output:
        server = subprocess.Popen(
            ["bash", "-c", 'ulimit -f 1; exec "$@"', "-", *command, "server.log_dir=null"],
            stdout=output,
            stderr=output,
            cwd=TOP,
        )
    try:
        url = f"http://127.0.0.1:{port}/health"
        eventually(lambda: listening(port) and get(url)[0] == 200, 30)
        for _ in range(2):
            (worker,) = psutil.Process(server.pid).children()
            worker.kill()
            eventually(lambda: get(url)[0] != 200)
            eventually(lambda: get(url)[0] == 200, 30)
        assert (tmp_path / "output").stat().st_size == 1024
        server.terminate()
        server.wait(10)
        assert gone(server.pid)
    finally:
        server.kill()
        server.wait()


# Clients


@pytest.mark.parametrize("streamed", [True, False])
def test_a_client_that_goes_away_stops_the_reply(slow: Server, streamed: bool) -> None:
    with connected(slow) as client:
        client.sendall(request("long", streamed))
        eventually(lambda: stats(slow)[0]["running"] == 1)
    said = stats(slow)[0]["completion_tokens"]
    eventually(lambda: idle(slow), 1)
    assert stats(slow)[0]["completion_tokens"] < said + 100
    assert "Traceback" not in "".join(slow.output)


def test_a_client_that_does_not_read_harms_nobody(tmp_path: Path) -> None:
    """What it leaves unread is no burden to the gateway, nor does a stop wait for it."""
    script = {"replies": [{"when": "long", "say": "x" * 20_000}, {"say": "Short."}]}
    model = {"backend": "scripted", "max_seq_len": 30_000, "scripted": script}
    setting = ("models=mine", "server.drain_seconds=0.5")
    with (
        running(*setting, env=home(tmp_path, scripted=model)) as server,
        connected(server, receive_buffer=4096) as reader,
    ):
        assert answers(server)
        gateway = psutil.Process(server.process.pid)
        before = gateway.memory_info().rss
        reader.sendall(request("long", streamed=True))
        eventually(lambda: stats(server)[0]["running"] == 1)
        assert answers(server)
        eventually(lambda: idle(server), 60)
        assert gateway.memory_info().rss < before + 3e6  # of 4 MB of events
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10


def test_half_open_connections(slow: Server) -> None:
    """Clients that connect and say nothing, or only half of it, or hang up half: the others are
    served, and that a machine has vanished will be noticed."""
    begun = [b"", b"POST /v1/comp", request("hi", False)[:-10]] * 10
    with ExitStack() as all_:
        for data in begun:
            all_.enter_context(connected(slow)).sendall(data)
        half = all_.enter_context(connected(slow))
        half.sendall(request("long", streamed=True))
        assert half.recv(12) == b"HTTP/1.1 200"
        half.shutdown(socket.SHUT_WR)
        eventually(lambda: idle(slow), 2)
        assert answers(slow)
        assert kept_alive(slow) >= len(begun)


def test_nothing_is_left_after_requests(slow: Server) -> None:
    """File descriptors of gateway and worker are what they were, once kept connections end."""
    processes = [psutil.Process(slow.process.pid), *slow.workers()]
    before = {process: process.num_fds() for process in processes}
    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(lambda _: ask(slow, "hi").choices, range(40)))
    slow.client.close()
    del slow.client  # the next test makes another
    heartbeat = 1  # a connection, which there may not have been yet
    eventually(lambda: all(p.num_fds() <= n + heartbeat for p, n in before.items()), 20)


# The end


def test_sigterm_lets_replies_finish() -> None:
    with running(*SLOW) as server:
        stream = ask(server, "long", stream=True, max_tokens=50)
        next(stream)
        workers = server.workers()
        server.process.send_signal(signal.SIGTERM)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert len(text) == 50
        assert server.process.wait(10) == 0
        assert all(gone(worker.pid) for worker in workers)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_does_not_finish_in_time_ends_with_an_error(number: int) -> None:
    """So does what stands about half-sent."""
    with running(*SLOW, "server.drain_seconds=0.5") as server, connected(server) as half:
        half.sendall(request("hi", False)[:-10])
        stream = ask(server, "long", stream=True)
        next(stream)
        server.process.send_signal(number)
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        assert server.process.wait(10) == 0
        assert "Traceback" not in "".join(server.output)


def test_a_second_signal_does_not_wait() -> None:
    with running(*SLOW) as server:
        stream = ask(server, "long", stream=True)
        next(stream)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 5
        with pytest.raises(openai.APIError):
            list(stream)


def test_a_gateway_killed_while_loading_leaves_no_worker() -> None:
    with started(*SLOW, "models.scripted.scripted.load_seconds=30") as server:
        workers = eventually(server.workers)
        server.process.kill()
        eventually(lambda: all(gone(w.pid) for w in workers), 5)


@pytest.mark.parametrize("streams", [0, 2])
def test_a_gateway_killed_leaves_no_worker(streams: int) -> None:
    with running(*SLOW) as server:
        opened = [ask(server, "long", stream=True) for _ in range(streams)]
        workers = server.workers()
        server.process.kill()
        eventually(lambda: all(gone(w.pid) for w in workers), 5)
        for stream in opened:
            with pytest.raises(Exception, match=r"incomplete|Connection"):
                list(stream)


def test_a_signal_while_loading_ends_it() -> None:
    with started(*SLOW, "models.scripted.scripted.load_seconds=30") as server:
        workers = eventually(server.workers)
        assert server.stop(signal.SIGINT, 10) == 0
        assert all(gone(w.pid) for w in workers)


MOMENTS = ("http://", "starting", "loading 0%", "loading 100%", "ready", SERVING)


def test_twenty_starts_and_stops_leave_nothing() -> None:
    """Stopped at any moment, four at a time."""

    def cycle(moment: str, number: int) -> int:
        port = free_port()
        with started(*SLOW, f"server.port={port}", env={"TMPDIR": sockets}) as server:
            server.wait_for(moment)
            status = server.stop(number, 20)
        assert not listening(port)
        return status

    with tempfile.TemporaryDirectory(dir="/tmp") as sockets, ThreadPoolExecutor(4) as pool:
        moments = itertools.islice(itertools.cycle(MOMENTS), 20)
        signals = itertools.cycle([signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
        statuses = list(pool.map(cycle, moments, signals))
        assert statuses.count(0) >= 15  # the rest had not begun to listen to signals
        assert not list(Path(sockets).iterdir())
        assert not [p for p in psutil.process_iter() if any(sockets in a for a in cmdline(p))]


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


# Sockets


def connected(server: Server, receive_buffer: int = 0) -> socket.socket:
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
    return client


def request(content: str, streamed: bool) -> bytes:
    messages = [{"role": "user", "content": content}]
    body = {"model": "scripted", "stream": streamed, "messages": messages}
    data = json.dumps(body).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(data)}\r\n\r\n".encode() + data


def kept_alive(server: Server) -> int:
    """How many of the gateway's connections the kernel will probe when they stay silent."""
    port = f":{int(server.url.rpartition(':')[2]):04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established, keepalive = "01", "02"
    return sum(
        row[1].endswith(port) and row[3] == established and row[5].startswith(keepalive)
        for row in rows
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
