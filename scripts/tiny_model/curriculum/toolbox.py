"""What a tool is in this curriculum: a family of schemas and the ways people ask for it.

A `Tool` describes the family (several names, several wordings). Mostly it is offered by its usual
schema, which the model may know by heart; `offer` draws another, which has to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from . import words
from .phrases import expand, fill, lines
from .words import Sampler, same

Schema = dict[str, Any]


@dataclass(frozen=True)
class Param:
    """One parameter. `names` and `descriptions` are alternatives; `pool` makes it an enum."""

    names: str
    descriptions: str
    schema: Schema
    sampler: Sampler
    required: bool = True
    pool: tuple[str, ...] = ()

    @property
    def slot(self) -> str:
        """How phrasings refer to it, whatever it is called in the schema."""
        return self.names.split()[0]


def text(names: str, descriptions: str, sampler: Sampler, required: bool = True) -> Param:
    return Param(names, descriptions, {"type": "string"}, sampler, required)


def whole(names: str, descriptions: str, sampler: Sampler, required: bool = True) -> Param:
    return Param(names, descriptions, {"type": "integer"}, sampler, required)


def number(names: str, descriptions: str, sampler: Sampler, required: bool = True) -> Param:
    return Param(names, descriptions, {"type": "number"}, sampler, required)


def flag(names: str, descriptions: str, sampler: Sampler, required: bool = True) -> Param:
    return Param(names, descriptions, {"type": "boolean"}, sampler, required)


def enum(names: str, descriptions: str, pool: str, required: bool = True) -> Param:
    """`living_room` in the schema is said `living room`."""
    values = tuple(pool.split())
    return Param(names, descriptions, {"type": "string"}, words.one_of(*values), required, values)


def array(
    names: str, descriptions: str, sampler: Sampler, kind: str = "string", required: bool = True
) -> Param:
    schema = {"type": "array", "items": {"type": kind}}
    return Param(names, descriptions, schema, sampler, required)


def nested(
    names: str, descriptions: str, fields: dict[str, str], sampler: Sampler, required: bool = True
) -> Param:
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in fields.items()},
        "required": list(fields),
    }
    return Param(names, descriptions, schema, sampler, required)


@dataclass(frozen=True)
class Tool:
    """A family of tools; `asks` and `held` are blocks of phrasings, `held` only for the exam.

    `result` are the fields that come back; `answer` says them in words (`{field}` or `{slot}`).
    """

    names: str
    descriptions: str
    params: tuple[Param, ...]
    asks: str
    held: str
    result: dict[str, Sampler] = field(default_factory=dict)
    answer: str = "Done."


@dataclass
class Offer:
    """One concrete tool, as it stands in a prompt."""

    tool: Tool
    schema: Schema
    names: dict[str, str]
    pools: dict[str, tuple[str, ...]]

    def ask(
        self, rng: Random, held_out: bool = False
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        """A phrasing, the arguments that it means, and what was said for each slot."""
        pattern = rng.choice(lines(self.tool.held if held_out else self.tool.asks))
        pattern = expand(rng, pattern)
        said: dict[str, str] = {}
        arguments: dict[str, Any] = {}
        for param in self.tool.params:
            if "{" + param.slot + "}" not in pattern:
                continue
            said[param.slot], value = self.value(rng, param)
            arguments[self.names[param.slot]] = value
        return fill(pattern, said), arguments, said

    def value(self, rng: Random, param: Param) -> words.Value:
        """A value that the offered schema allows."""
        if param.slot not in self.pools:
            return param.sampler(rng)
        value = rng.choice(self.pools[param.slot])
        return value.replace("_", " "), value

    def reply(self, rng: Random, said: dict[str, str]) -> tuple[dict[str, Any], str]:
        """What the tool gives back, and the answer that a person gets."""
        drawn = {name: sampler(rng) for name, sampler in self.tool.result.items()}
        if not drawn:
            return {"status": "ok"}, self.tool.answer
        spoken = {name: shown for name, (shown, _) in drawn.items()}
        result = {name: value for name, (_, value) in drawn.items()}
        return result, fill(self.tool.answer, {**said, **spoken})


def describe(rng: Random, param: Param, name: str, pools: dict[str, tuple[str, ...]]) -> Schema:
    """The schema of one parameter, described or not."""
    schema: Schema = {"type": param.schema["type"]}
    if rng.random() < 0.7:
        schema["description"] = rng.choice(param.descriptions.split("|"))
    if param.pool:
        size = rng.randint(2, min(6, len(param.pool)))
        pools[param.slot] = tuple(rng.sample(param.pool, size))
        schema["enum"] = list(pools[param.slot])
    schema.update({key: value for key, value in param.schema.items() if key != "type"})
    if rng.random() < 0.04:
        schema["title"] = name.replace("_", " ").title()
    return schema


def sort_keys(value: Any) -> Any:
    """Some servers print schemas with sorted keys."""
    if isinstance(value, dict):
        return {key: sort_keys(value[key]) for key in sorted(value)}
    return [sort_keys(item) for item in value] if isinstance(value, list) else value


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def usual_offer(tool: Tool) -> Offer:
    """The family's first names and wordings, and all of its enums: what it is known by."""
    names = {param.slot: param.slot for param in tool.params}
    properties: Schema = {}
    for param in tool.params:
        properties[param.slot] = {
            "type": param.schema["type"],
            "description": param.descriptions.split("|")[0],
            **({"enum": list(param.pool)} if param.pool else {}),
            **{key: value for key, value in param.schema.items() if key != "type"},
        }
    required = [param.slot for param in tool.params if param.required]
    schema = {
        "name": tool.names.split()[0],
        "description": tool.descriptions.split("|")[0],
        "parameters": {"type": "object", "properties": properties, "required": required},
    }
    return Offer(tool, schema, names, {p.slot: p.pool for p in tool.params if p.pool})


def offer(rng: Random, tool: Tool) -> Offer:
    """Draw one schema from the family: other names, other wordings, fewer enum values."""
    style = camel if rng.random() < 0.1 else str
    names = {
        param.slot: style(rng.choice([param.slot, *param.names.split()])) for param in tool.params
    }
    pools: dict[str, tuple[str, ...]] = {}
    properties = {
        names[param.slot]: describe(rng, param, names[param.slot], pools) for param in tool.params
    }
    parameters: Schema = {"type": "object", "properties": properties}
    required = [names[param.slot] for param in tool.params if param.required]
    if required or rng.random() < 0.5:
        parameters["required"] = required
    if rng.random() < 0.05:
        parameters["additionalProperties"] = False
    schema: Schema = {"name": style(rng.choice(tool.names.split()))}
    if rng.random() < 0.95:
        schema["description"] = rng.choice(tool.descriptions.split("|"))
    schema["parameters"] = parameters
    if rng.random() < 0.1:
        schema = sort_keys(schema)
    return Offer(tool, schema, names, pools)


__all__ = [
    "Offer", "Param", "Tool", "array", "enum", "flag", "nested", "number", "offer", "same", "text",
    "usual_offer", "whole",
]  # fmt: skip
