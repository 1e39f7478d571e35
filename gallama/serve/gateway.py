"""The gateway: a thin proxy in front of the workers.

It reads of a request what it routes by, the model, and passes bytes through untouched both ways.
"""

import asyncio
import contextlib
import logging
import time
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gallama.asgi import (
    EXCEPTION_HANDLERS,
    REQUEST_ID,
    ClientGone,
    RequestIds,
    check_content_type,
    decode_object,
    read_body,
    request_id,
    short,
    while_connected,
)
from gallama.config import recipes
from gallama.config.schema import RecipeSpec, RunConfig
from gallama.errors import ConfigError
from gallama.serve.router import choose
from gallama.serve.supervisor import Replica, Supervisor, why_not
from gallama.wire_errors import ApiError, unavailable

logger = logging.getLogger("gallama")

PROXIED = ("/v1/chat/completions", "/v1/completions", "/tokenize", "/detokenize")
RETURNED = ("content-type", "content-length", "cache-control")
DESCRIPTION = Path(__file__).with_name("openapi.json")  # gallama.api.openapi writes it
SMALL_BODY = 64_000  # bytes; what takes longer to decode than a thread takes to start


class Models:
    """The models that are served, by every name they have."""

    def __init__(self, config: RunConfig, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._specs = config.models
        self._folders = config.recipe_folders
        self._created = int(time.time())
        self._named = {name: name for name in config.models}
        for name, spec in config.models.items():
            self._named.update(dict.fromkeys(spec.aliases, name))

    def replicas(self, name: str) -> list[Replica]:
        """Those of `tiny` for `tiny` and for `tiny@cot`: what stands behind the @ is a recipe, of
        which the worker knows. Raises ApiError 404, with the names there are."""
        model, _, _ = name.partition("@")
        if model not in self._named:
            known = ", ".join(repr(known) for known in self._named)
            message = f"There is no model {short(name)!r} here; there is {known}."
            raise ApiError(404, message, param="model", code="model_not_found")
        return self._supervisor.models[self._named[model]]

    def card(self, name: str) -> dict[str, Any]:
        """Raises ApiError 404."""
        card = self._card(name)
        model, sign, recipe = name.partition("@")
        if sign and recipe not in self._recipes_of(self._named[model]):
            message = f"There is no recipe {short(recipe)!r} for the model {model!r} here."
            raise ApiError(404, message, param="model", code="recipe_not_found")
        return card

    def cards(self) -> list[dict[str, Any]]:
        """By every name, then each model with each recipe that it may have."""
        both = (f"{model}@{name}" for model in self._specs for name in self._recipes_of(model))
        return [self._card(name) for name in (*self._named, *both)]

    def recipes(self) -> list[dict[str, Any]]:
        return [_recipe_card(name, file) for name, file in recipes.files(self._folders).items()]

    def _card(self, name: str) -> dict[str, Any]:
        states = [replica.event.state for replica in self.replicas(name)]
        return {
            "id": name,
            "object": "model",
            "created": self._created,
            "owned_by": "gallama",
            "root": self._named[name.partition("@")[0]],
            "state": "ready" if "ready" in states else states[0],
        }

    def _recipes_of(self, model: str) -> list[str]:
        names = (None, model, *self._specs[model].aliases)
        return [
            card["id"] for card in self.recipes() if not card["error"] and card["model"] in names
        ]


def _recipe_card(name: str, file: Path) -> dict[str, Any]:
    """What is known of a recipe's shape; what its request says is for a worker to know."""
    wrong = None
    try:
        spec = recipes.read(file).spec
    except ConfigError as error:
        spec, wrong = RecipeSpec(), str(error)
    variables = [
        {
            "name": each,
            "description": variable.description,
            "type": variable.type.value,
            "required": variable.default is None,
            "default": variable.default,
        }
        for each, variable in spec.variables.items()
    ]
    return {
        "id": name,
        "object": "recipe",
        "description": spec.description,
        "model": spec.model,
        "variables": variables,
        "error": wrong,
    }


class Proxy:
    """Passes one route on to a worker of the model that the body names."""

    def __init__(self, path: str, models: Models, max_body: int) -> None:
        self._path = path
        self._models = models
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        body = await read_body(request, self._max_body)
        check_content_type(request)
        model = await _model_of(body)
        replicas = self._models.replicas(model)
        exchange = Exchange(self._path, body, request_id(request), send)
        with contextlib.suppress(ClientGone):  # nobody is left to be told
            await while_connected(receive, self._answer(model, replicas, exchange))

    async def _answer(self, model: str, replicas: list[Replica], exchange: "Exchange") -> None:
        """Asks one replica, and once more if it broke before it said anything: another one, if
        there is. Not a third: it may be the request that breaks them."""
        first = choose(replicas)
        if first is None:
            raise why_not(model, replicas)
        if await exchange.through(first):
            return
        others = [replica for replica in replicas if replica is not first]
        second = choose(others) or choose(replicas)
        if second is None or not await exchange.through(second):
            raise unavailable(f"The worker of the model {model!r} broke off the request.", 1)


class Exchange:
    """One request on its way through: to a worker, and the answer back."""

    def __init__(self, path: str, body: bytes, request_id: str, send: Send) -> None:
        self._path = path
        self._body = body
        self._id = request_id
        self._send = send

    async def through(self, replica: Replica) -> bool:
        """False when the worker broke before the client was told anything."""
        assert replica.session is not None
        headers = {"content-type": "application/json", REQUEST_ID: self._id}
        with replica.slot():
            try:
                answer = await replica.session.post(self._path, data=self._body, headers=headers)
                streams = answer.content_type == "text/event-stream"
                whole = b"" if streams else await answer.read()
            except (aiohttp.ClientError, OSError) as error:
                logger.warning("request %s: %s: %r", self._id, replica.spec.worker, error)
                return False
            async with answer:
                await self._send_start(answer)
                if streams:
                    await self._pass_on(answer)
                await self._send_last(whole)
        return True

    async def _pass_on(self, answer: aiohttp.ClientResponse) -> None:
        """A stream, as it comes."""
        try:
            async for data in answer.content.iter_any():
                await self._send_part(data)
        except aiohttp.ClientError:
            error = unavailable("The worker broke off in the middle of the reply.", 1)
            await self._send_part(b"\n\n" + error.event(self._id))

    async def _send_start(self, answer: aiohttp.ClientResponse) -> None:
        await self._send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (name.encode(), answer.headers[name].encode("latin-1"))
                    for name in RETURNED
                    if name in answer.headers
                ],
            }
        )

    async def _send_part(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _send_last(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data})


class Envelope(msgspec.Struct):
    """What is read of a body. msgspec makes no objects of the rest: some 50 times faster."""

    model: str


_DECODER = msgspec.json.Decoder(Envelope)


async def _model_of(body: bytes) -> str:
    """Raises ApiError 400 where the body has no model."""
    if len(body) < SMALL_BODY:
        return _read_model(body)
    return await asyncio.to_thread(_read_model, body)


def _read_model(body: bytes) -> str:
    try:
        return _DECODER.decode(body).model
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        fields = decode_object(body)  # says what is wrong with it
    why = "must be a string" if "model" in fields else "this field is required"
    raise ApiError(400, f"model: {why}.", param="model")


def build(config: RunConfig, supervisor: Supervisor) -> ASGIApp:
    models = Models(config, supervisor)
    description = DESCRIPTION.read_bytes()

    async def list_models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": await asyncio.to_thread(models.cards)})

    async def one_model(request: Request) -> Response:
        card = await asyncio.to_thread(models.card, request.path_params["name"])
        return JSONResponse(card)

    async def list_recipes(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": await asyncio.to_thread(models.recipes)})

    async def described(request: Request) -> Response:
        return Response(description, media_type="application/json")

    async def health(request: Request) -> Response:
        """200 when every model can answer."""
        states = {r.spec.worker: r.event.state for r in supervisor.replicas}
        good = all(state == "ready" for state in states.values())
        body = {"status": "ok" if good else "unavailable", "workers": states}
        return JSONResponse(body, 200 if good else 503)

    max_body = int(config.server.max_body_mb * 1e6)
    routes = [
        Route("/v1/models", list_models),
        Route("/v1/models/{name:path}", one_model),
        Route("/v1/recipes", list_recipes),
        Route("/health", health),
        Route("/openapi.json", described),
        *(Route(path, Proxy(path, models, max_body), methods=["POST"]) for path in PROXIED),
    ]
    return RequestIds(Starlette(routes=routes, exception_handlers=EXCEPTION_HANDLERS))
