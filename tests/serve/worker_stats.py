"""What the workers themselves say, past the gateway."""

import asyncio
from typing import Any

import aiohttp

from tests.serving import Server


def stats(server: Server) -> list[dict[str, Any]]:
    """The /health of every worker: running, waiting, slots, token counts."""

    async def ask(socket: str) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket)) as session,
            session.get("http://worker/health") as answer,
        ):
            found: dict[str, Any] = await answer.json()
            return found

    sockets = [worker.cmdline()[3] for worker in server.workers()]
    return [asyncio.run(ask(socket)) for socket in sockets]


def idle(server: Server) -> bool:
    return all(s["running"] == s["waiting"] == 0 for s in stats(server))
