"""A second client, with ways of its own: pydantic-ai's agents on the shipped model.

It checks what comes back against the types that it asked for, and asks again where they do not fit:
here nothing is ever asked again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.messages import ThinkingPart, ToolCallPart
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.serving import Server

SMOKING = "Is smoking bad for health? Answer with Yes or No"
BOSTON = "What's the weather like in Boston today?"
WARM: Any = {"temperature": 1, "max_tokens": 600}
COLD: Any = {"temperature": 0}


class Address(BaseModel):
    street: str = Field(max_length=20)
    number: int = Field(gt=0, le=999)


class Verdict(BaseModel):
    """What nothing but a constraint makes a tiny model say."""

    verdict: Literal["yes", "no"]
    confidence: int = Field(ge=0, le=10)
    codes: list[Annotated[str, Field(max_length=9)]] = Field(min_length=1, max_length=2)
    where: Address | None


class Place(BaseModel):
    city: str = Field(max_length=20)


@asynccontextmanager
async def model(server: Server) -> AsyncIterator[OpenAIChatModel]:
    async with server.async_client() as client:
        yield OpenAIChatModel("tiny", provider=OpenAIProvider(openai_client=client))


def with_model(
    server: Server, story: Callable[[OpenAIChatModel], Coroutine[Any, Any, None]]
) -> None:
    async def run() -> None:
        async with model(server) as found:
            await story(found)

    asyncio.run(run())


def test_words(tiny: Server) -> None:
    async def story(llm: OpenAIChatModel) -> None:
        agent = Agent(llm, model_settings=COLD)
        whole = await agent.run(SMOKING)
        assert whole.output.startswith("Yes")
        assert whole.usage.output_tokens > 0
        async with agent.run_stream(SMOKING) as stream:
            parts = [text async for text in stream.stream_text(delta=True, debounce_by=None)]
        assert "".join(parts) == whole.output
        again = await agent.run("Thank you!", message_history=whole.all_messages())
        assert again.output

    with_model(tiny, story)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_its_result_told(tiny: Server, streamed: bool) -> None:
    async def story(llm: OpenAIChatModel) -> None:
        agent = Agent(llm, model_settings=COLD)
        asked: list[tuple[str, str]] = []

        @agent.tool_plain
        def get_current_weather(
            location: str, unit: Literal["celsius", "fahrenheit"] = "celsius"
        ) -> dict[str, Any]:
            """Get the current weather in a given location"""
            asked.append((location, unit))
            return {"temperature": 20, "condition": "sunny"}

        if streamed:
            async with agent.run_stream(BOSTON) as stream:
                said = await stream.get_output()
        else:
            said = (await agent.run(BOSTON)).output
        assert asked == [("Boston, MA", "celsius")]
        assert "20 degrees in Boston" in said

    with_model(tiny, story)


# an output type that becomes a tool, a response_format, or one of two tools
OUTPUTS: list[Any] = [Verdict, NativeOutput(Verdict), [ToolOutput(Place), ToolOutput(Verdict)]]


@pytest.mark.parametrize("output", OUTPUTS, ids=["tool", "native", "two tools"])
def test_structured_output_is_right_at_once(tiny: Server, output: Any) -> None:
    """The tiny model would never get this right by itself: one request each, and no retry."""

    async def story(llm: OpenAIChatModel) -> None:
        agent = Agent(llm, output_type=output, retries=0)
        for seed in range(2):
            done = await agent.run(SMOKING, model_settings={**WARM, "seed": seed})
            assert isinstance(done.output, Verdict | Place)
            assert done.usage.requests == 1
            async with agent.run_stream(SMOKING, model_settings={**WARM, "seed": seed}) as stream:
                grown = [each async for each in stream.stream_output(debounce_by=None)]
            assert grown[-1] == done.output

    with_model(tiny, story)


def test_thinking_is_a_part_of_its_own(tiny: Server) -> None:
    async def story(llm: OpenAIChatModel) -> None:
        settings: Any = {
            **COLD,
            "extra_body": {"chat_template_kwargs": {"enable_thinking": True}},
        }
        done = await Agent(llm, model_settings=settings).run("How many legs does a dog have?")
        assert done.output == "A dog has four legs."
        (thought,) = [
            part
            for message in done.all_messages()
            for part in message.parts
            if isinstance(part, ThinkingPart)
        ]
        assert thought.content.strip() == "This is a simple question."

    with_model(tiny, story)


def test_several_calls_keep_their_ids(tiny: Server) -> None:
    """Every result goes back to the call that asked for it."""

    async def story(llm: OpenAIChatModel) -> None:
        agent = Agent(llm, model_settings={**COLD, "max_tokens": 300})
        calls: list[str] = []

        @agent.tool_plain
        def get_current_weather(location: str) -> dict[str, Any]:
            """Get the current weather in a given location"""
            calls.append(location)
            return {"temperature": len(calls), "condition": "sunny"}

        done = await agent.run("What's the weather like in Boston and in Oslo?")
        parts = [part for message in done.all_messages() for part in message.parts]
        ids = [part.tool_call_id for part in parts if isinstance(part, ToolCallPart)]
        assert len(ids) == len(set(ids)) == len(calls) >= 1

    with_model(tiny, story)
