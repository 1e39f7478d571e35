"""The answers of the OpenAI wire, as `TypedDict`s; `openapi` describes them."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads typing.TypedDict from Python 3.12 on


class CompletionTokens(TypedDict):
    reasoning_tokens: int


class Usage(TypedDict):
    """Counts of tokens; `completion_tokens` counts every token drawn, end tokens too."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    completion_tokens_details: CompletionTokens


class TopLogprob(TypedDict):
    token: str
    logprob: float
    bytes: list[int] | None


class ContentLogprob(TopLogprob):
    top_logprobs: list[TopLogprob]


class ChoiceLogprobs(TypedDict):
    content: list[ContentLogprob]
    refusal: None


class CalledFunction(TypedDict):
    name: str
    arguments: str


class MessageToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: CalledFunction


class AssistantMessage(TypedDict):
    """`content` is null only beside calls; the keys that may be missing say nothing then.
    `thinking` has the fields of a thinking template, by name."""

    role: Literal["assistant"]
    content: str | None
    refusal: None
    reasoning_content: NotRequired[str]
    thinking: NotRequired[dict[str, Any]]
    tool_calls: NotRequired[list[MessageToolCall]]
    function_call: NotRequired[CalledFunction]


FinishReason = Literal["stop", "length", "tool_calls", "function_call"]


class ChatChoice(TypedDict):
    index: int
    message: AssistantMessage
    logprobs: ChoiceLogprobs | None
    finish_reason: FinishReason


class ChatCompletion(TypedDict):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage


class FunctionDelta(TypedDict, total=False):
    name: str
    arguments: str


class ToolCallDelta(TypedDict):
    """The first of a call has its id, type and name; the others have the arguments, in parts."""

    index: int
    id: NotRequired[str]
    type: NotRequired[Literal["function"]]
    function: FunctionDelta


class ChatDelta(TypedDict, total=False):
    role: Literal["assistant"]
    content: str
    reasoning_content: str
    thinking: dict[str, Any]
    tool_calls: list[ToolCallDelta]
    function_call: FunctionDelta


class ChunkChoice(TypedDict):
    index: int
    delta: ChatDelta
    logprobs: ChoiceLogprobs | None
    finish_reason: FinishReason | None


class ChatChunk(TypedDict):
    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: NotRequired[Usage | None]


class CompletionLogprobs(TypedDict):
    tokens: list[str]
    token_logprobs: list[float | None]
    top_logprobs: list[dict[str, float] | None] | None
    text_offset: list[int]


class CompletionChoice(TypedDict):
    text: str
    index: int
    logprobs: CompletionLogprobs | None
    finish_reason: FinishReason | None


class Completion(TypedDict):
    """Of a stream, each event; `usage` then stands on the last one, if asked for."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: NotRequired[Usage | None]


class Tokenized(TypedDict):
    """`max_model_len`: tokens that a prompt and its reply may take together."""

    tokens: list[int]
    count: int
    max_model_len: int


class Detokenized(TypedDict):
    prompt: str


ModelState = Literal["starting", "loading", "ready", "restarting", "failed", "stopped"]


class ModelCard(TypedDict):
    """`root`: the name that `id` is an alias of, or `id` itself."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: Literal["gallama"]
    root: str
    state: ModelState


class ModelList(TypedDict):
    object: Literal["list"]
    data: list[ModelCard]


class RecipeVariable(TypedDict):
    """`default` is null where the request must give a value: where `required` is true."""

    name: str
    description: str
    type: Literal["string", "number", "integer", "boolean", "array", "object"]
    required: bool
    default: Any


class RecipeCard(TypedDict):
    """`model`: the only model that it is for, if it is for one. `error`: why its file cannot be
    used, null where it has the shape of a recipe."""

    id: str
    object: Literal["recipe"]
    description: str
    model: str | None
    variables: list[RecipeVariable]
    error: str | None


class RecipeList(TypedDict):
    object: Literal["list"]
    data: list[RecipeCard]


class Health(TypedDict):
    status: Literal["ok", "unavailable"]
    workers: dict[str, ModelState]


class ErrorDetail(TypedDict):
    """`param`: the path of the field that was wrong, if one was."""

    message: str
    type: str
    param: str | None
    code: str | None
    request_id: str


class Error(TypedDict):
    error: ErrorDetail
