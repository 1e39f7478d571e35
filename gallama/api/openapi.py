"""The OpenAPI 3.1 description of what gallama serves, made from the types of the wire.

    python -m gallama.api.openapi      # writes gallama/serve/openapi.json

The gateway serves that file: it knows the wire's types as little as the workers' models.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gallama.api import answers, types
from gallama.api.types import Wire

FILE = Path(__file__).parents[1] / "serve" / "openapi.json"
REFERENCE = "#/components/schemas/{model}"
JSON = "application/json"
EVENTS = "text/event-stream"


class Operation(NamedTuple):
    method: str
    path: str
    summary: str
    answer: Any
    body: type[Wire] | None = None
    event: Any = None  # what a stream's events hold
    errors: tuple[int, ...] = ()


GENERATING = (400, 404, 408, 413, 415, 500, 503)
OPERATIONS = (
    Operation(
        "post",
        "/v1/chat/completions",
        "The assistant's next turn of a chat.",
        answers.ChatCompletion,
        types.ChatRequest,
        answers.ChatChunk,
        GENERATING,
    ),
    Operation(
        "post",
        "/v1/completions",
        "How a text goes on, without a chat template.",
        answers.Completion,
        types.CompletionRequest,
        answers.Completion,
        GENERATING,
    ),
    Operation(
        "post",
        "/tokenize",
        "The tokens of a text, or of the prompt that a chat becomes.",
        answers.Tokenized,
        types.TokenizeRequest,
        errors=GENERATING,
    ),
    Operation(
        "post",
        "/detokenize",
        "The text of tokens.",
        answers.Detokenized,
        types.DetokenizeRequest,
        errors=GENERATING,
    ),
    Operation("get", "/v1/models", "The models by every name they have.", answers.ModelList),
    Operation("get", "/v1/models/{model}", "One model.", answers.ModelCard, errors=(404,)),
    Operation("get", "/v1/recipes", "The recipes that chats can name.", answers.RecipeList),
    Operation("get", "/health", "Whether every model can answer.", answers.Health),
)
REASONS = {
    400: "Something in the request is wrong; `param` names it.",
    404: "There is no such model.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    500: "The model or the server failed.",
    503: "The model is not ready; Retry-After says when to ask again.",
}


class _Schemas(GenerateJsonSchema):
    """Without titles that repeat the names; of answers, too, every field is known."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        return {**super().typed_dict_schema(schema), "additionalProperties": False}


def describe() -> dict[str, Any]:
    kinds = dict.fromkeys(
        kind for o in OPERATIONS for kind in (o.body, o.answer, o.event, answers.Error) if kind
    )
    found, definitions = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in kinds],
        ref_template=REFERENCE,
        schema_generator=_Schemas,
    )
    schemas = {kind: schema for (kind, _), schema in found.items()}
    paths: dict[str, Any] = {"/openapi.json": {"get": _own_description()}}
    for operation in OPERATIONS:
        paths[operation.path] = {operation.method: _operation(operation, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "gallama", "version": "1", "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"schemas": definitions["$defs"]},
    }


def _operation(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    content = {JSON: {"schema": schemas[operation.answer]}}
    if operation.event:
        content[EVENTS] = {"x-event": schemas[operation.event]}  # 3.1 has no word for it
    responses = {"200": {"description": "The answer.", "content": content}}
    if operation.answer is answers.Health:
        responses["503"] = {"description": "At least one cannot.", "content": content}
    error = {JSON: {"schema": schemas[answers.Error]}}
    for status in operation.errors:
        responses[str(status)] = {"description": REASONS[status], "content": error}
    described: dict[str, Any] = {"summary": operation.summary}
    if operation.body:
        body = {JSON: {"schema": schemas[operation.body]}}
        described["requestBody"] = {"required": True, "content": body}
    if "{model}" in operation.path:
        described["parameters"] = [
            {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}
        ]
    return {**described, "responses": responses}


def _own_description() -> dict[str, Any]:
    content = {JSON: {"schema": {"type": "object"}}}
    answer = {"description": "An OpenAPI 3.1 document.", "content": content}
    return {"summary": "This description.", "responses": {"200": answer}}


def encoded() -> bytes:
    return json.dumps(describe(), indent=1, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(encoded())
