"""The requests of the OpenAI wire, as pydantic reads them; what is answered is in `answers`.

They refuse what they do not know. A field that OpenAI defines and that has no effect here is
listed under ACCEPTED with the reason; one that cannot be honoured under REFUSED.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from gallama.asgi import decode_object
from gallama.wire_errors import ApiError

MAX_TURNS = 10_000
MAX_REPLIES = 1024  # of one request
MAX_TOKENS = 500_000  # of /detokenize
MAX_CHOICES = 1_000
MAX_TOOLS = 1_000
MAX_LEAD = 10_000  # characters

JsonObject = dict[str, Any]
Int32 = Annotated[int, Field(lt=2**31)]
Item = TypeVar("Item")
Items = Annotated[list[Item], Field(fail_fast=True)]  # of a million mistakes, one is enough


def _wrong(message: str, *at: str, kind: str = "wrong") -> PydanticCustomError:
    """`at`: where inside the value that is being validated."""
    return PydanticCustomError(kind, message, {"at": at})


class Wire(BaseModel):
    """Strict: "1" is no number, true is no number, NaN and infinity are no numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _not_a_million_fields(cls, fields: Any) -> Any:
        """Pydantic lists every unknown field, which takes seconds where there are many."""
        if isinstance(fields, dict) and len(fields) > len(cls.model_fields):
            unknown = next(name for name in fields if name not in cls.model_fields)
            raise _wrong("unknown field", unknown, kind="extra_forbidden")
        return fields


ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def _role(value: Any) -> str | None:
    role: object = value.get("role") if isinstance(value, dict) else value
    return f"<{role}>" if role in ROLES else None


def _one_or_many(message: str) -> Discriminator:
    """Chooses between a string and a list; `message` says what would be right."""

    def tag(value: Any) -> str | None:
        if isinstance(value, str):
            return "<one>"
        return "<many>" if isinstance(value, list) else None

    return Discriminator(tag, custom_error_type="shape", custom_error_message=message)


def _prompt_shape(value: Any) -> str | None:
    if isinstance(value, list) and value:
        return {str: "<texts>", int: "<ids>", list: "<lists>"}.get(type(value[0]))
    return "<text>" if isinstance(value, str) else None


class TextPart(Wire):
    type: Literal["text"]
    text: str
    prompt_cache_breakpoint: JsonObject | None = None  # ACCEPTED: no effect here


Part = TextPart  # gallama serves text only; images and audio are refused by name
Content = Annotated[
    Annotated[str, Tag("<one>")] | Annotated[Items[Part], Tag("<many>")],
    _one_or_many("must be a string or a list of content parts"),
]


class SystemTurn(Wire):
    role: Literal["system", "developer"]
    content: Content
    name: str | None = None


class UserTurn(Wire):
    role: Literal["user"]
    content: Content
    name: str | None = None


def _text_of_an_object(text: str) -> str:
    try:
        decode_object(text.encode())
    except ApiError as error:
        why = str(error).replace("The body", "it").rstrip(".")
        raise _wrong(f"must be the text of a JSON object; {why}") from None
    return text


class FunctionCall(Wire):
    name: str = Field(min_length=1)
    arguments: Annotated[str, AfterValidator(_text_of_an_object)]


class CalledTool(Wire):
    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


class AssistantTurn(Wire):
    role: Literal["assistant"]
    content: Content | None = None
    name: str | None = None
    tool_calls: Items[CalledTool] | None = None
    reasoning_content: str | None = None
    thinking: JsonObject | None = None  # ACCEPTED: an answer has it; reasoning_content says it
    refusal: None = None
    annotations: list[Any] | None = None
    audio: None = None
    function_call: FunctionCall | None = None


class ToolTurn(Wire):
    role: Literal["tool"]
    content: Content
    tool_call_id: str
    name: str | None = None


class FunctionTurn(Wire):
    """The older form of a tool's turn."""

    role: Literal["function"]
    content: Content | None
    name: str


Turn = Annotated[
    Annotated[SystemTurn, Tag("<system>")]
    | Annotated[SystemTurn, Tag("<developer>")]
    | Annotated[UserTurn, Tag("<user>")]
    | Annotated[AssistantTurn, Tag("<assistant>")]
    | Annotated[ToolTurn, Tag("<tool>")]
    | Annotated[FunctionTurn, Tag("<function>")],
    Discriminator(
        _role,
        custom_error_type="role",
        custom_error_message=f"must be an object whose 'role' is one of {', '.join(ROLES)}",
    ),
]


class StreamOptions(Wire):
    include_usage: bool | None = None
    include_obfuscation: Literal[False] | None = None


StopString = Annotated[str, Field(min_length=1)]
Stop = Annotated[
    Annotated[StopString, Tag("<one>")] | Annotated[Items[StopString], Tag("<many>")],
    _one_or_many("must be a string or a list of strings"),
]
TokenId = Annotated[Int32, Field(ge=0)]
TokenIds = Annotated[Items[TokenId], Field(min_length=1)]
Prompt = Annotated[
    Annotated[str, Tag("<text>")]
    | Annotated[Items[str], Field(min_length=1), Tag("<texts>")]
    | Annotated[TokenIds, Tag("<ids>")]
    | Annotated[Items[TokenIds], Field(min_length=1), Tag("<lists>")],
    Discriminator(
        _prompt_shape,
        custom_error_type="shape",
        custom_error_message=(
            "must be a string, a list of strings, a list of token ids or a list of such lists, "
            "and not empty"
        ),
    ),
]


def _biases(biases: dict[str, Any]) -> dict[str, float]:
    for token, bias in biases.items():
        number = isinstance(bias, int | float) and not isinstance(bias, bool)
        if not number or not -100 <= bias <= 100:
            raise _wrong("must be a number from -100 to 100", token)
    return biases


# Not dict[str, Annotated[float, ...]]: pydantic would list every one that is wrong.
Biases = Annotated[
    dict[str, Any],
    AfterValidator(_biases),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": -100, "maximum": 100},
        }
    ),
]


class SamplingFields(Wire):
    """What chat and legacy completions have in common."""

    model: str
    max_tokens: Int32 | None = Field(None, ge=0)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    top_k: Int32 | None = Field(None, ge=-1)
    min_p: float | None = Field(None, ge=0, le=1)
    typical_p: float | None = Field(None, gt=0, le=1)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    repetition_penalty: float | None = Field(None, ge=0.01, le=10)
    logit_bias: Biases | None = None
    seed: int | None = Field(None, ge=-(2**63), lt=2**64)
    stop: Stop | None = None
    stop_words: Stop | None = None
    n: int | None = Field(None, ge=1, le=128)
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    # ACCEPTED: no effect here.
    user: str | None = None

    @property
    def stop_strings(self) -> tuple[str, ...]:
        """Those of `stop` and of `stop_words`, which is the same by another name."""
        both = (self.stop, self.stop_words)
        return tuple(s for one in both for s in ([one] if isinstance(one, str) else one or ()))

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with its token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)


class TextFormat(Wire):
    type: Literal["text"]


class JsonObjectFormat(Wire):
    type: Literal["json_object"]


def _schema(value: Any) -> Any:
    if isinstance(value, dict | bool):
        return value
    raise _wrong("must be a JSON Schema: an object, true or false")


Schema = Annotated[Any, AfterValidator(_schema), WithJsonSchema({"type": ["object", "boolean"]})]


class NamedSchema(Wire):
    """`strict` makes no difference: the schema is always enforced in full."""

    name: str
    description: str | None = None
    schema_: Schema = Field({}, alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Wire):
    type: Literal["json_schema"]
    json_schema: NamedSchema


FORMATS = ("text", "json_object", "json_schema")


def _format(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in FORMATS else None


ResponseFormat = Annotated[
    Annotated[TextFormat, Tag("<text>")]
    | Annotated[JsonObjectFormat, Tag("<json_object>")]
    | Annotated[JsonSchemaFormat, Tag("<json_schema>")],
    Discriminator(
        _format,
        custom_error_type="format",
        custom_error_message=f"must be an object whose 'type' is one of {', '.join(FORMATS)}",
    ),
]

Choices = Annotated[Items[str], Field(min_length=1, max_length=MAX_CHOICES)]


class StructuredOutputs(Wire):
    """vLLM's newer spelling of the guided_ fields: one of them."""

    json_: Schema | None = Field(None, alias="json")
    regex: str | None = None
    grammar: str | None = None
    choice: Choices | None = None
    json_object: Literal[True] | None = None


class GuideFields(Wire):
    """What the text of a reply may be. Not OpenAI's: gallama's own names, and vLLM's."""

    leading_prompt: str | None = Field(None, max_length=MAX_LEAD)
    include_leading_prompt: bool | None = None
    regex_pattern: str | None = None
    regex_prefix_pattern: str | None = None
    guided_json: Schema | None = None
    guided_regex: str | None = None
    guided_grammar: str | None = None
    grammar: str | None = None
    guided_choice: Choices | None = None
    structured_outputs: StructuredOutputs | None = None
    finish: Literal["cut", "close"] | None = None


class Function(Wire):
    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    description: str | None = None
    parameters: Schema | None = None


class FunctionTool(Function):
    """`strict` makes no difference: arguments always follow the schema in full."""

    strict: bool | None = None


class Tool(Wire):
    type: Literal["function"]
    function: FunctionTool


class NamedFunction(Wire):
    name: str


class NamedTool(Wire):
    type: Literal["function"]
    function: NamedFunction


class AllowedTools(Wire):
    mode: Literal["auto", "required"]
    tools: Items[NamedTool] = Field(min_length=1, max_length=MAX_TOOLS)


class AllowedToolsChoice(Wire):
    """Some of the tools: the prompt has all of them, a reply may call these."""

    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


CHOICES = ("none", "auto", "required")


def _choice_shape(value: Any) -> str | None:
    if isinstance(value, str):
        return "<word>" if value in CHOICES else None
    if isinstance(value, dict):
        return "<some>" if value.get("type") == "allowed_tools" else "<named>"
    if isinstance(value, AllowedToolsChoice):
        return "<some>"
    return "<named>" if isinstance(value, NamedTool) else None


ToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("<word>")]
    | Annotated[NamedTool, Tag("<named>")]
    | Annotated[AllowedToolsChoice, Tag("<some>")],
    Discriminator(
        _choice_shape,
        custom_error_type="choice",
        custom_error_message=(
            f"must be one of {', '.join(CHOICES)}, "
            "or {'type': 'function', 'function': {'name': ...}}"
        ),
    ),
]


FUNCTION_CHOICES = ("none", "auto")


def _function_choice_shape(value: Any) -> str | None:
    if isinstance(value, str):
        return "<word>" if value in FUNCTION_CHOICES else None
    return "<named>" if isinstance(value, dict | NamedFunction) else None


FunctionChoice = Annotated[
    Annotated[Literal["none", "auto"], Tag("<word>")] | Annotated[NamedFunction, Tag("<named>")],
    Discriminator(
        _function_choice_shape,
        custom_error_type="choice",
        custom_error_message=f"must be one of {', '.join(FUNCTION_CHOICES)}, or {{'name': ...}}",
    ),
]


class TemplateFields(Wire):
    """How messages become a prompt: for a chat, and for /tokenize to say what that chat takes."""

    chat_template_kwargs: JsonObject | None = None
    add_generation_prompt: bool | None = None
    continue_final_message: bool | None = None


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]
EFFORTS: dict[Effort, int] = {
    "none": 0,
    "minimal": 512,
    "low": 1_024,
    "medium": 8_192,
    "high": 24_576,
    "xhigh": 65_536,
}
"""The tokens of thinking that a reasoning_effort stands for."""


class RecipeFields(Wire):
    """Which recipe a chat is of, and the values of its variables. Not OpenAI's."""

    recipe: str | None = None
    variables: JsonObject | None = None


class ChatRequest(SamplingFields, GuideFields, TemplateFields, RecipeFields):
    """POST /v1/chat/completions."""

    messages: Items[Turn] = Field(min_length=1, max_length=MAX_TURNS)
    max_completion_tokens: Int32 | None = Field(None, ge=0)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    response_format: ResponseFormat | None = None
    tools: Items[Tool] | None = Field(None, max_length=MAX_TOOLS)
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: Items[Function] | None = Field(None, max_length=MAX_TOOLS)
    function_call: FunctionChoice | None = None
    thinking_template: str | None = None
    include_thinking: bool | None = None
    thinking_budget: Int32 | None = Field(None, ge=0)
    reasoning_effort: Effort | None = None
    dialect: str | None = None

    # ACCEPTED: no effect here; the table in docs/api.md says why.
    metadata: JsonObject | None = None
    store: bool | None = None
    service_tier: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: JsonObject | None = None
    prompt_cache_retention: str | None = None
    prediction: JsonObject | None = None
    modalities: Items[Literal["text"]] | None = None

    # REFUSED: null says nothing, so it may be said.
    audio: None = None
    moderation: None = None
    verbosity: None = None
    web_search_options: None = None


class CompletionRequest(SamplingFields, GuideFields):
    """POST /v1/completions."""

    prompt: Prompt
    best_of: int | None = Field(None, ge=1, le=128)
    echo: bool | None = None
    logprobs: int | None = Field(None, ge=0, le=20)
    suffix: str | None = None

    @model_validator(mode="after")
    def _not_too_many(self) -> "CompletionRequest":
        several = isinstance(self.prompt, list) and not isinstance(self.prompt[0], int)
        replies = (len(self.prompt) if several else 1) * max(self.n or 1, self.best_of or 1)
        if replies > MAX_REPLIES:
            raise _wrong(f"asks for {replies} replies in all; at most {MAX_REPLIES}", "prompt")
        return self


class TokenizeRequest(TemplateFields, RecipeFields):
    """POST /tokenize: of a text, or of messages as the chat template renders them."""

    model: str
    prompt: str | None = None
    messages: Items[Turn] | None = Field(None, min_length=1, max_length=MAX_TURNS)
    add_special_tokens: bool = True
    special: bool = True


class DetokenizeRequest(Wire):
    """POST /detokenize."""

    model: str
    tokens: Items[TokenId] = Field(max_length=MAX_TOKENS)


# Fields of OpenAI's that a request may not have, since they would not be honoured.
REFUSED = {
    "verbosity": "a model here has no verbosity setting",
    "audio": "gallama serves text only",
    "moderation": "gallama runs no moderation model",
    "modalities": "gallama serves text only: ['text'] is the only value",
    "web_search_options": "gallama does not search the web",
}


# Fields of other servers (llama.cpp's, SGLang, vLLM), and what says the same here.
ELSEWHERE = {
    "ebnf": "grammar",
    "enable_thinking": "chat_template_kwargs",
    "json_schema": "guided_json",
    "n_predict": "max_tokens",
    "regex": "regex_pattern",
    "reasoning_budget": "thinking_budget",
}
