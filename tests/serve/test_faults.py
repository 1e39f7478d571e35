"""Processes that die, clients that go away, ports that are taken: a clear answer, and recovery."""

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import psutil
import pytest

from tests.serve.worker_stats import idle, stats
from tests.serving import SERVING, Server, eventually, running, started

# A scripted model that says a lot, slowly, where it is told to.
SLOW = (
    "models=scripted",
    "models.scripted.scripted.step_seconds=0.02",
    "models.scripted.scripted.replies=[{when: long, say: '"
    + "and so on " * 40
    + "'},{say: 'Short.'}]",
)


def ask(server: Server, content: str, **options: Any) -> Any:
    messages: Any = [{"role": "user", "content": content}]
    return server.client.chat.completions.create(model="scripted", messages=messages, **options)


@pytest.fixture
def slow() -> Iterator[Server]:
    with running(*SLOW) as server:
        yield server


def answers(server: Server) -> bool:
    try:
        return bool(ask(server, "hi").choices[0].message.content == "Short.")
    except openai.InternalServerError:
        return False


def test_killed_three_times_under_traffic(slow: Server) -> None:
    """Each time the stream ends with an error, the next request is a 503 with Retry-After, and
    the worker is back by itself."""
    for _ in range(3):
        stream = ask(slow, "long", stream=True)
        assert next(stream).choices
        (worker,) = slow.workers()
        worker.kill()
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        with pytest.raises(openai.InternalServerError) as caught:
            ask(slow, "hi")
        assert caught.value.status_code == 503
        assert int(caught.value.response.headers["retry-after"]) >= 1
        eventually(lambda: answers(slow))


def test_a_patient_client_sees_nothing_of_it(slow: Server) -> None:
    """The official client's own retries, which follow Retry-After, bridge a restart."""
    slow.workers()[0].kill()
    patient = slow.client.with_options(max_retries=4)
    answer = patient.chat.completions.create(
        model="scripted", messages=[{"role": "user", "content": "hi"}]
    )
    assert answer.choices[0].message.content == "Short."


def test_a_stopped_worker_is_found_out_and_replaced() -> None:
    with running(*SLOW, "server.heartbeat_seconds=1") as server:
        (worker,) = server.workers()
        stream = ask(server, "long", stream=True)
        next(stream)
        worker.suspend()
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        eventually(lambda: answers(server))
        assert not worker.is_running()


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


def test_while_it_loads_the_answer_is_503() -> None:
    port = free_port()
    with started(*SLOW, "models.scripted.scripted.load_seconds=3", f"server.port={port}") as server:
        server.url = f"http://127.0.0.1:{port}"
        eventually(lambda: listening(port))
        with pytest.raises(openai.InternalServerError, match="is loading") as caught:
            ask(server, "hi")
        assert caught.value.status_code == 503
        assert "retry-after" in caught.value.response.headers


def test_a_replica_takes_over(tmp_path: Path) -> None:
    with running(*SLOW, "models.scripted.replicas=2") as server:
        server.workers()[0].kill()
        for _ in range(5):
            assert answers(server)


@pytest.mark.parametrize("streamed", [True, False])
def test_a_client_that_goes_away_stops_the_reply(slow: Server, streamed: bool) -> None:
    body = {
        "model": "scripted",
        "stream": streamed,
        "messages": [{"role": "user", "content": "long"}],
    }
    data = json.dumps(body).encode()
    with socket.create_connection(("127.0.0.1", int(slow.url.rpartition(":")[2]))) as client:
        client.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(data), data)
        )
        eventually(lambda: stats(slow)[0]["running"] == 1)
    eventually(lambda: idle(slow), 1)
    assert stats(slow)[0]["completion_tokens"] < 300


def test_sigterm_lets_replies_finish() -> None:
    with running(*SLOW) as server:
        stream = ask(server, "long", stream=True, max_tokens=50)
        next(stream)
        workers = server.workers()
        server.process.send_signal(signal.SIGTERM)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert len(text) == 50
        assert server.process.wait(10) == 0
        assert not any(worker.is_running() for worker in workers)


def test_what_does_not_finish_in_time_ends_with_an_error() -> None:
    with running(*SLOW, "server.drain_seconds=0.5") as server:
        stream = ask(server, "long", stream=True)
        next(stream)
        server.process.send_signal(signal.SIGINT)
        with pytest.raises(openai.APIError, match="in the middle of the reply"):
            list(stream)
        assert server.process.wait(10) == 0


def test_a_second_signal_does_not_wait(slow: Server) -> None:
    stream = ask(slow, "long", stream=True)
    next(stream)
    slow.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    began = time.monotonic()
    slow.process.send_signal(signal.SIGINT)
    assert slow.process.wait(10) == 0
    assert time.monotonic() - began < 5
    with pytest.raises(openai.APIError):
        list(stream)


@pytest.mark.parametrize("overrides", [(), ("models.scripted.scripted.load_seconds=30",)])
def test_a_gateway_killed_leaves_no_worker(overrides: tuple[str, ...]) -> None:
    with started(*SLOW, *overrides) as server:
        workers = eventually(server.workers)
        if not overrides:
            server.wait_for(SERVING)
        server.process.kill()
        eventually(lambda: not any(w.is_running() for w in workers), 5)


def test_a_signal_while_loading_ends_it() -> None:
    with started(*SLOW, "models.scripted.scripted.load_seconds=30") as server:
        workers = eventually(server.workers)
        assert server.stop(signal.SIGINT, 10) == 0
        assert not any(w.is_running() for w in workers)


def test_a_port_in_use_is_known_before_loading(slow: Server) -> None:
    port = slow.url.rpartition(":")[2]
    with started(*SLOW, f"server.port={port}") as second:
        assert second.process.wait(10) == 2
        text = "".join(second.output)
        assert f"server.port: cannot listen on 127.0.0.1:{port}" in text
        assert "Traceback" not in text


def test_nothing_is_left_after_requests(slow: Server) -> None:
    """File descriptors of gateway and worker are what they were, once kept connections end."""
    processes = [psutil.Process(slow.process.pid), *slow.workers()]
    before = [process.num_fds() for process in processes]
    threads = [threading.Thread(target=answers, args=(slow,)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slow.client.close()
    eventually(lambda: [process.num_fds() for process in processes] <= before, 20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
