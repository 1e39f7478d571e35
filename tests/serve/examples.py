"""What the project's README asks for, to the letter, as a client sends it."""

from typing import Any

from scripts.tiny_model.readme_examples import APPLES, THINKING_TEMPLATE, WEATHER_TOOL

__all__ = ["APPLES", "BOSTON", "TEMPLATE", "WEATHER"]

WEATHER: dict[str, Any] = {"type": "function", "function": WEATHER_TOOL}
BOSTON = "What's the weather like in Boston today?"
TEMPLATE = THINKING_TEMPLATE
