"""The examples of the project's README, as prompts: what a visitor tries first."""

from __future__ import annotations

from .chat import Conversation, Message, render

APPLES = (
    "I went to the market and bought 10 apples. I gave 2 apples to the neighbor and 2 to the "
    "repairman. I then went and bought 5 more apples and ate 1. How many apples did I remain with?"
)
WEATHER_TOOL = {
    "name": "get_current_weather",
    "description": "Get the current weather in a given location",
    "parameters": {
        "type": "object",
        "properties": {
            "location": {
                "type": "string",
                "description": "The city and state, e.g. San Francisco, CA",
            },
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["location"],
    },
}
THINKING_TEMPLATE = """
<chain_of_thought>
  <problem>{problem_statement}</problem>
  <initial_state>{initial_state}</initial_state>
  <steps>
    <step>{action1}</step>
    <step>{action2}</step>
    <!-- Add more steps as needed -->
  </steps>
  <answer>Provide the answer</answer>
  <final_answer>Only the final answer, no need to provide the step by step \
problem solving</final_answer>
</chain_of_thought>
"""
PLAIN = (
    "Which is faster in terms of reaction speed: a cat or a dog?",
    "Is smoking bad for health? Answer with Yes or No",
    "Tell me a 200-word story about a Llama",
    APPLES,
    "Hello!",
    "Who are you?",
    f"{APPLES}\nFill in this template:{THINKING_TEMPLATE}",
)


def prompt(user: str, tools: list[dict] | None = None) -> str:
    """A user turn and the opening of the reply."""
    conversation = Conversation("", [Message("user", user), Message("assistant")], tools or [])
    return "".join(text for text, _ in render(conversation)[:-3])


def prompts() -> list[str]:
    """Chat prompts, one with a tool, one prefilled, one thinking, and one raw completion."""
    return [
        *(prompt(text) for text in PLAIN),
        prompt(APPLES) + "<think>\n",
        prompt(APPLES) + "<chain_of_thought>\n  <problem>",
        prompt("What's the weather like in Boston today?", [WEATHER_TOOL]),
        prompt("Which is faster in terms of reaction speed: a cat or a dog?", [WEATHER_TOOL]),
        "Tell me a story about a Llama in 200 words",
    ]
