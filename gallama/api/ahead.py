"""The grammars of recipes, compiled before anybody asks for them."""

import asyncio
import contextlib

from gallama.api.chat import Chat
from gallama.api.parse import check
from gallama.api.service import Service
from gallama.api.types import ChatRequest
from gallama.wire_errors import ApiError


async def ahead(service: Service) -> None:
    """Plans a chat of each recipe, one after the other: its grammar is kept, as any chat's is.

    What hangs on a variable that requests give, or is refused without what they add to it, is left
    to them.
    """
    for recipe in (await asyncio.to_thread(service.recipes.listed)).values():
        if recipe.fixed:
            with contextlib.suppress(ApiError):
                wire = check({"model": service.name, **recipe.sample}, ChatRequest)
                await Chat(service, wire).plan()
