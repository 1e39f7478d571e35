"""Bad input against the real server, byte by byte: a row is a line, and each gets the right 4xx at
once, while another client's stream goes on unharmed."""

import contextlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import psutil
import pytest

from tests.serving import Server

CHAT = "/v1/chat/completions"
TEXT = "/v1/completions"
TOKENIZE = "/tokenize"
DETOKENIZE = "/detokenize"

SECONDS = 1.0  # within which an answer must come

HI = {"role": "user", "content": "hi"}
GOOD: dict[str, dict[str, Any]] = {
    CHAT: {"model": "tiny", "messages": [HI], "max_tokens": 2},
    TEXT: {"model": "tiny", "prompt": "hi", "max_tokens": 2},
    TOKENIZE: {"model": "tiny", "prompt": "hi"},
    DETOKENIZE: {"model": "tiny", "tokens": [1]},
}


def called(arguments: str) -> dict[str, Any]:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {"messages": [HI, {"role": "assistant", "tool_calls": [call]}]}


def said(turn: Any) -> dict[str, Any]:
    return {"messages": [HI, turn]}


SCHEMA = "response_format.json_schema.schema"
UNIQUE = {"type": "array", "uniqueItems": True, "items": {"type": "string"}}


def form(schema: Any) -> dict[str, Any]:
    named = {"name": "x", "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def nested(depth: int) -> dict[str, Any]:
    """Each level an operator within an operator: nothing that a value could end early."""
    schema: dict[str, Any] = {"type": "string"}
    for i in range(depth // 2):
        schema = {"not": {"allOf": [schema, {"minLength": i}]}}
    return schema


def chain(length: int) -> dict[str, Any]:
    """References from one definition to the next, each an object within the one before."""
    inner = [
        {"required": ["x"], "properties": {"x": {"$ref": f"#/$defs/{i + 1}"}}}
        for i in range(length)
    ]
    return {"$ref": "#/$defs/0", "$defs": {**dict(enumerate(inner)), length: {"type": "string"}}}


def tool(name: str = "f", **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def thinking(template: str) -> dict[str, Any]:
    return {"thinking_template": template}


LOOK_BEHIND = {"pattern": "(?<=a)b"}
COUNTED = {"type": "string", "pattern": "^([ab]{1,100}){1,100}$"}  # more than llguidance counts
ENTITIES = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
LAUGHS = f"<!DOCTYPE a [<!ENTITY a0 'ha'>{ENTITIES}]><a>&a11;</a>"
LARK_CHAIN = "start: a0\n" + "".join(f'a{i}: "x" a{i + 1} | "y"\n' for i in range(3000))
PARAMETERS = "tools[0].function.parameters"
HELD = "cannot be enforced"

MEGABYTES = "word " * 375_000  # nearly two
ARGUMENTS = "messages[1].tool_calls[0].function.arguments"

# a path, what is put into a good body, the field that the 400 names, and words it has
FIELDS: list[tuple[str, dict[str, Any], str, str]] = [
    (CHAT, {"model": None}, "model", "must be a string"),
    (CHAT, {"model": 5}, "model", "must be a string"),
    (CHAT, {"temprature": 1}, "temprature", "unknown field. Did you mean 'temperature'?"),
    (TEXT, {"messages": [HI]}, "messages", "unknown field."),
    (CHAT, {"prompt": "hi"}, "prompt", "unknown field."),
    (CHAT, {"": 1}, "", "unknown field."),
    (CHAT, {f"k{i}": 1 for i in range(20_000)}, "k0", "unknown field."),
    (CHAT, {"k" * 1_000_000: 1}, "k" * 80 + "…", "unknown field."),
    (CHAT, {"temperature": -0.1}, "temperature", "greater than or equal to 0 (got -0.1)"),
    (CHAT, {"temperature": 2.1}, "temperature", "less than or equal to 2 (got 2.1)"),
    (CHAT, {"temperature": 10**400}, "temperature", "must be a number (got 1000"),
    (CHAT, {"temperature": False}, "temperature", "must be a number"),
    (CHAT, {"top_p": 1.1}, "top_p", "less than or equal to 1"),
    (CHAT, {"top_k": -2}, "top_k", "greater than or equal to -1"),
    (CHAT, {"top_k": 2**31}, "top_k", "less than 2147483648"),
    (CHAT, {"min_p": -1}, "min_p", "greater than or equal to 0"),
    (CHAT, {"typical_p": 0}, "typical_p", "greater than 0"),
    (CHAT, {"presence_penalty": 2.5}, "presence_penalty", "less than or equal to 2"),
    (CHAT, {"frequency_penalty": -3}, "frequency_penalty", "greater than or equal to -2"),
    (CHAT, {"repetition_penalty": 1e-300}, "repetition_penalty", "equal to 0.01"),
    (CHAT, {"seed": 2**64}, "seed", "less than 18446744073709551616"),
    (CHAT, {"seed": 1.5}, "seed", "must be a whole number"),
    (CHAT, {"max_tokens": -1}, "max_tokens", "greater than or equal to 0 (got -1)"),
    (CHAT, {"max_tokens": 10**4000}, "max_tokens", "less than 2147483648 (got 1000"),
    (CHAT, {"max_tokens": 1, "max_completion_tokens": 2}, "max_tokens", "give one of them"),
    (CHAT, {"max_tokens": 2**31 - 1}, "messages", "holds 2048 tokens, but the messages take"),
    (CHAT, {"n": 0}, "n", "greater than or equal to 1 (got 0)"),
    (CHAT, {"n": 129}, "n", "less than or equal to 128 (got 129)"),
    (CHAT, {"stop": ""}, "stop", "at least 1 character"),
    (CHAT, {"stop": ["a", ""]}, "stop[1]", "at least 1 character"),
    (CHAT, {"stop": {"a": "b"}}, "stop", "must be a string or a list of strings"),
    (CHAT, {"stop": "a" * 200_000}, "stop", "at most 100000 characters"),
    (CHAT, {"logit_bias": {"hi": 1}}, "logit_bias.hi", "no token id of this model (0 to"),
    (CHAT, {"logit_bias": {"-1": 1}}, "logit_bias.-1", "no token id of this model"),
    (CHAT, {"logit_bias": {"99999999": 1}}, "logit_bias.99999999", "no token id of this model"),
    (CHAT, {"logit_bias": {"5": 101}}, "logit_bias.5", "must be a number from -100 to 100"),
    (CHAT, {"logit_bias": {"5": True}}, "logit_bias.5", "must be a number from -100 to 100"),
    (CHAT, {"logit_bias": [1]}, "logit_bias", "must be an object"),
    (CHAT, {"logprobs": 1}, "logprobs", "must be true or false"),
    (CHAT, {"top_logprobs": 5}, "top_logprobs", "needs 'logprobs': true"),
    (CHAT, {"logprobs": True, "top_logprobs": 21}, "top_logprobs", "less than or equal to 20"),
    (CHAT, {"stream": "true"}, "stream", "must be true or false"),
    (CHAT, {"stream_options": {}}, "stream_options", "'stream'"),
    (CHAT, {"stream": True, "stream_options": {"usage": 1}}, "stream_options.usage", "unknown"),
    (CHAT, {"response_format": {"type": "yaml"}}, "response_format", "one of text, json_object"),
    (CHAT, {"response_format": {"type": "json_schema"}}, "response_format.json_schema", "required"),
    (CHAT, form(None), "response_format.json_schema.schema", "must be a JSON Schema"),
    (CHAT, form({"type": "strin"}), SCHEMA, "/type"),
    (CHAT, form({"properties": {"a": {"pattern": "(?<=a)b"}}}), SCHEMA, "/properties/a/pattern"),
    (CHAT, form({"pattern": r"(a)\1"}), SCHEMA, "cannot be enforced: /pattern"),
    (CHAT, form({"$ref": "https://example.com/x"}), SCHEMA, "/$ref"),
    (CHAT, form({"$ref": "#/$defs/x"}), SCHEMA, "/$ref"),
    (CHAT, form({"type": "string", "enum": [1]}), SCHEMA, "cannot be enforced"),
    (CHAT, form(nested(120)), SCHEMA, "cannot be enforced"),
    (CHAT, {"regex_pattern": "("}, "regex_pattern", "cannot be enforced"),
    (CHAT, {"regex_pattern": "(?<!a)b"}, "regex_pattern", "look-behind"),
    (CHAT, {"regex_pattern": r"(a|b)\1"}, "regex_pattern", "cannot be enforced"),
    (CHAT, {"regex_pattern": "a" * 30_000}, "regex_pattern", "cannot be enforced"),
    (CHAT, {"regex_pattern": "(" * 5000 + ")" * 5000}, "regex_pattern", "cannot be enforced"),
    (CHAT, {"regex_pattern": "((a{9999}){9999}){9999}"}, "regex_pattern", "cannot be enforced"),
    (CHAT, {"regex_pattern": "a", "regex_prefix_pattern": "b"}, "regex_pattern", "no text matches"),
    (CHAT, {"regex_pattern": "a", "guided_choice": ["a"]}, "regex_pattern", "does not go with"),
    (CHAT, {"guided_json": {}, "regex_prefix_pattern": "a"}, "regex_prefix_pattern", "go with"),
    (CHAT, {"guided_json": 5}, "guided_json", "must be a JSON Schema"),
    (CHAT, {"guided_choice": []}, "guided_choice", "at least 1 item"),
    (CHAT, {"guided_choice": "a"}, "guided_choice", "must be a list"),
    (CHAT, {"structured_outputs": {}}, "structured_outputs", "must have one of"),
    (CHAT, {"structured_outputs": {"jsn": {}}}, "structured_outputs.jsn", "Did you mean 'json'?"),
    # regular expressions
    (CHAT, {"regex_pattern": "(?<=a)b"}, "regex_pattern", "look-behind"),
    (CHAT, {"regex_pattern": "(?=a)b"}, "regex_pattern", "no text matches"),
    (CHAT, {"regex_pattern": "(?!a)" * 2000 + "b"}, "regex_pattern", "nested too deeply"),
    (CHAT, {"regex_pattern": "a{2147483648}"}, "regex_pattern", "more than 100000"),
    (CHAT, {"regex_pattern": "a{%s}" % ("9" * 300)}, "regex_pattern", "more than 100000"),
    (CHAT, {"regex_pattern": "([a-z]{1,1000}x){1,1000}"}, "regex_pattern", "counts within counts"),
    (CHAT, {"regex_pattern": "[z-a]"}, "regex_pattern", HELD),
    (CHAT, {"regex_prefix_pattern": "*"}, "regex_prefix_pattern", HELD),
    (
        CHAT,
        {"regex_pattern": ".{0,500}a.{0,500}", "regex_prefix_pattern": ".{0,300}b.{0,300}"},
        "regex_pattern",
        "too many expressions",
    ),
    (CHAT, {"guided_choice": ["a"] * 1001}, "guided_choice", "at most 1000 items"),
    (CHAT, {"guided_choice": ["a" * 500_000]}, "guided_choice", "letters, of which 500000"),
    # schemas
    (CHAT, form(chain(1_000)), SCHEMA, "rules within rules, 700 deep"),
    (CHAT, form({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}), SCHEMA, "itself"),
    (
        CHAT,
        form({"type": "object", "properties": {"x": {"$ref": "#"}}, "required": ["x"]}),
        SCHEMA,
        "no value satisfies",
    ),
    (CHAT, form({"minimum": 5, "maximum": 4, "type": "integer"}), SCHEMA, "no value satisfies"),
    (CHAT, form({"type": "number", "maximum": 10**400}), SCHEMA, "/maximum"),
    (CHAT, form({"type": "number", "multipleOf": 1e-300}), SCHEMA, "/multipleOf"),
    (CHAT, form({"type": "integer", "multipleOf": 10**9 + 7}), SCHEMA, "/multipleOf"),
    (CHAT, form({"type": "string", "maxLength": 10**12}), SCHEMA, HELD),
    (CHAT, form({"minLength": -1}), SCHEMA, "/minLength"),
    (
        CHAT,
        form({"properties": {"x": {"allOf": [{"pattern": f".*{c}.*"} for c in "abcdefghij"]}}}),
        SCHEMA,
        "too many expressions",
    ),
    (CHAT, form({"pattern": "^(a{1000}){1000}$"}), SCHEMA, "/pattern: counts within counts"),
    (CHAT, form({"propertyNames": LOOK_BEHIND}), SCHEMA, "/propertyNames/pattern"),
    (CHAT, form({"required": [f"k{i}" for i in range(20_000)]}), SCHEMA, "more than 5000 members"),
    (CHAT, form({"required": "a"}), SCHEMA, "/required"),
    (CHAT, form({"enum": [[i, str(i)] for i in range(30_000)]}), SCHEMA, HELD),
    (CHAT, form({"enum": []}), SCHEMA, "no value satisfies"),
    (CHAT, form({"oneOf": [{"required": [f"k{i}"]} for i in range(500)]}), SCHEMA, HELD),
    (CHAT, form({"allOf": [{"properties": {f"k{i}": {}}} for i in range(2000)]}), SCHEMA, HELD),
    (
        CHAT,
        form({"patternProperties": {f"a.{{{i}}}b.*c": {"minLength": i} for i in range(40)}}),
        SCHEMA,
        "more than",
    ),
    (
        CHAT,
        form(UNIQUE | {"minItems": 1001}),
        SCHEMA,
        "/uniqueItems: can be enforced for",
    ),
    (CHAT, {**form(UNIQUE), "finish": "close"}, "finish", "/uniqueItems: where items must differ"),
    (
        CHAT,
        {"tools": [tool(properties={"x": UNIQUE})], "finish": "close"},
        "finish",
        "/0/function/parameters/properties/x/uniqueItems: where items must differ",
    ),
    (CHAT, form({"items": COUNTED}), SCHEMA, "enforced: /items/pattern: llguidance cannot say"),
    (TEXT, {"guided_json": {"items": COUNTED}}, "guided_json", ": /items/pattern: llguidance"),
    (CHAT, {**form({"items": COUNTED}), "leading_prompt": "A"}, SCHEMA, ": /items/pattern: llg"),
    (CHAT, {**form({"items": COUNTED}), "tools": [tool()]}, SCHEMA, ": /items/pattern: llguidance"),
    (CHAT, {"guided_json": LOOK_BEHIND}, "guided_json", "/pattern: look-behind"),
    (CHAT, {"structured_outputs": {"json": LOOK_BEHIND}}, "structured_outputs.json", "/pattern"),
    (CHAT, {**form({}), "guided_choice": ["a"]}, "guided_choice", "does not go with"),
    # tools
    (CHAT, {"tools": [tool(properties={"x": LOOK_BEHIND})]}, PARAMETERS, "/properties/x/pattern"),
    (
        CHAT,
        {"tools": [tool(properties={"x": UNIQUE | {"minItems": 1001}})]},
        PARAMETERS,
        "/properties/x/uniqueItems: can be enforced for",
    ),
    (CHAT, {"tools": [tool(properties={"x": COUNTED})]}, PARAMETERS, ": /properties/x/pattern: ll"),
    (
        CHAT,
        {**form({"type": "integer"}), "tools": [tool(properties={"x": COUNTED})]},
        PARAMETERS,
        ": /properties/x/pattern: llguidance",
    ),
    (CHAT, {"tools": [tool(type="string")]}, PARAMETERS, "/type: a tool's arguments are an object"),
    (CHAT, {"tools": [tool(**nested(120))]}, PARAMETERS, HELD),
    (CHAT, {"tools": [tool("f" * 65)]}, "tools[0].function.name", "must match pattern"),
    (CHAT, {"tools": [tool(f"f{i}") for i in range(1001)]}, "tools", "at most 1000 items"),
    (CHAT, {"tools": [tool()], "tool_choice": "f"}, "tool_choice", "one of none, auto, required"),
    # thinking templates
    (CHAT, thinking(LAUGHS), "thinking_template", "document types"),
    (
        CHAT,
        thinking('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>{x}</a>'),
        "thinking_template",
        "document types",
    ),
    (CHAT, thinking("<a>" * 10_000 + "x" + "</a>" * 10_000), "thinking_template", "deeper than 50"),
    (
        CHAT,
        thinking(f"<a>{'<b>{x}</b>' * 20_000}</a>"),
        "thinking_template",
        "more than 100000 letters",
    ),
    (CHAT, thinking("<a>{x}"), "thinking_template", "line 1, column 1: <a> is never closed"),
    (CHAT, thinking("<a>{x:foo}</a>"), "thinking_template", "unknown type 'foo'"),
    (CHAT, thinking("<a>{x:regex((?<=a)b)}</a>"), "thinking_template", "look-behind"),
    (CHAT, thinking("<a>{x:regex(.*a.{25})}</a>"), "thinking_template", "more than 2000 states"),
    (
        CHAT,
        thinking("<a><!-- add more --></a>"),
        "thinking_template",
        "nothing before this comment",
    ),
    (
        CHAT,
        thinking("<a>{x}<!-- Add 1-1000000000 more --></a>"),
        "thinking_template",
        "from 1 to 1000",
    ),
    # grammars
    (CHAT, {"grammar": "start: ("}, "grammar", "line 1, column 9: ')' expected"),
    (CHAT, {"grammar": "start: <wave>"}, "grammar", "no token '<wave>'; there are </think>, "),
    (CHAT, {"grammar": 'start: "a" <|im_end|>'}, "grammar", "'<|im_end|>' ends a reply: leave it"),
    (CHAT, {"grammar": "start: foo"}, "grammar", "foo is not defined"),
    (CHAT, {"grammar": 'start: start "a"'}, "grammar", "no text is of this grammar"),
    (CHAT, {"grammar": ""}, "grammar", "line 1, column 1: a rule of Lark"),
    (CHAT, {"grammar": f'start: {"(" * 5000}"a"{")" * 5000}'}, "grammar", "deeper than 50"),
    (CHAT, {"grammar": 'start: "a"~1..1000000000'}, "grammar", "a count of more than 10000"),
    (CHAT, {"grammar": f'{LARK_CHAIN}a3000: "x"'}, "grammar", "rules within rules, 700 deep"),
    (CHAT, {"grammar": "start: /(?<=a)b/"}, "grammar", "look-behind"),
    # recipes
    (CHAT, {"recipe": 5}, "recipe", "must be a string"),
    (CHAT, {"recipe": "sql"}, "variables.tables", "the recipe 'sql' needs it"),
    (CHAT, {"recipe": "cot", "variables": {"x": 1}}, "variables.x", "no such variable"),
    (CHAT, {"variables": {"x": 1}}, "variables", "need a recipe"),
    (CHAT, {"recipe": "yes_no", "guided_choice": ["a"]}, "guided_choice", "'yes_no' says regex"),
    (
        CHAT,
        {"recipe": "cot", **thinking("<a>{x}</a>")},
        "thinking_template",
        "'cot' says otherwise",
    ),
    (CHAT, {"model": "tiny@cot", "recipe": "yes_no"}, "recipe", "the model's name says 'cot'"),
    # a leading prompt
    (CHAT, {"leading_prompt": "x" * 20_000}, "leading_prompt", "at most 10000 characters"),
    (CHAT, {"leading_prompt": 5}, "leading_prompt", "must be a string"),
    (TEXT, {"guided_regex": "("}, "guided_regex", "cannot be enforced"),
    (TEXT, {"response_format": {"type": "text"}}, "response_format", "unknown field."),
    (CHAT, {"reasoning_effort": "lowest"}, "reasoning_effort", "must be 'none', 'minimal', 'low'"),
    (CHAT, {"audio": {}}, "audio", "serves text only"),
    (CHAT, {"modalities": ["text", "audio"]}, "modalities[1]", "serves text only"),
    (CHAT, {"continue_final_message": True}, "continue_final_message", "must be the assistant's"),
    (CHAT, {"messages": []}, "messages", "at least 1 item"),
    (CHAT, {"messages": "hi"}, "messages", "must be a list"),
    (CHAT, {"messages": [HI] * 20_000}, "messages", "at most 10000 items"),
    (CHAT, said("hi"), "messages[1]", "whose 'role' is one of system, developer, user,"),
    (CHAT, said({"content": "hi"}), "messages[1]", "whose 'role' is one of"),
    (CHAT, said({"role": "boss", "content": "hi"}), "messages[1]", "whose 'role' is one of"),
    (CHAT, said({"role": ["user"], "content": "hi"}), "messages[1]", "whose 'role' is one of"),
    (CHAT, said({"role": "user"}), "messages[1].content", "required"),
    (CHAT, said({"role": "user", "content": None}), "messages[1].content", "a string or a list"),
    (
        CHAT,
        said({"role": "user", "content": ["hi"]}),
        "messages[1].content[0]",
        "must be an object",
    ),
    (CHAT, said({**HI, "content": [{"type": "image_url"}]}), "messages[1].content[0].type", "text"),
    (CHAT, said({**HI, "content": [{"type": "text"}]}), "messages[1].content[0].text", "required"),
    (CHAT, said({**HI, "nam": "x"}), "messages[1].nam", "Did you mean 'name'?"),
    (CHAT, said({"role": "assistant"}), "messages[1].content", "required unless tool_calls"),
    (CHAT, said({"role": "tool", "content": "4"}), "messages[1].tool_call_id", "required"),
    (
        CHAT,
        said({"role": "tool", "content": "4", "tool_call_id": "1"}),
        "messages[1].tool_call_id",
        "no assistant message before has a tool call with the id '1'",
    ),
    (CHAT, called("[]"), ARGUMENTS, "must be the text of a JSON object"),
    (CHAT, called("{"), ARGUMENTS, "must be the text of a JSON object"),
    (
        CHAT,
        said({"role": "assistant", "tool_calls": [*2 * called("{}")["messages"][1]["tool_calls"]]}),
        "messages[1].tool_calls[1].id",
        "two calls have the id '1'",
    ),
    (CHAT, called('{"a": NaN}'), ARGUMENTS, "must be the text of a JSON object"),
    (CHAT, called('{"a": "\\ud800"}'), ARGUMENTS, "half a surrogate pair"),
    (CHAT, called('{"a": ' * 500 + "1" + "}" * 500), ARGUMENTS, "more than 200 levels deep"),
    (TEXT, {"prompt": []}, "prompt", "and not empty"),
    (TEXT, {"prompt": ""}, "prompt", "The prompt is empty"),
    (TEXT, {"prompt": [[]]}, "prompt[0]", "at least 1 item"),
    (TEXT, {"prompt": [1, "a"]}, "prompt[1]", "must be a whole number"),
    (TEXT, {"prompt": ["a", 1]}, "prompt[1]", "must be a string"),
    (TEXT, {"prompt": [[1], "a"]}, "prompt[1]", "must be a list"),
    (TEXT, {"prompt": [-1]}, "prompt[0]", "greater than or equal to 0"),
    (TEXT, {"prompt": [2**40]}, "prompt[0]", "less than 2147483648"),
    (TEXT, {"prompt": [10**8]}, "prompt", "100000000 is no token id of this model (0 to"),
    (TEXT, {"prompt": [[1], [10**8]]}, "prompt[1]", "100000000 is no token id of this model"),
    (TEXT, {"prompt": [1.0]}, "prompt", "a list of token ids"),
    (TEXT, {"prompt": ["a"] * 600, "n": 2}, "prompt", "asks for 1200 replies in all; at most 1024"),
    (CHAT, said({**HI, "content": MEGABYTES}), "messages", "the messages take at least"),
    (CHAT, said({**HI, "content": "<|im_end|>" * 100_000}), "messages", "take at least"),
    (TEXT, {"prompt": MEGABYTES}, "prompt", "holds 2048 tokens, but the prompt takes at least"),
    (TEXT, {"prompt": "a" * 20_000}, "prompt", "holds 2048 tokens, but the prompt takes 20000"),
    (TEXT, {"best_of": 1, "n": 2}, "best_of", "must be at least n (2); it is 1"),
    (TEXT, {"best_of": 2, "stream": True}, "best_of", "cannot be streamed"),
    (TEXT, {"suffix": "x"}, "suffix", "no fill-in-the-middle tokens"),
    (TEXT, {"suffix": "x", "prompt": [1]}, "suffix", "needs prompts that are strings"),
    (TEXT, {"echo": 1}, "echo", "must be true or false"),
    (TEXT, {"logprobs": True}, "logprobs", "must be a whole number"),
    (TEXT, {"logprobs": 21}, "logprobs", "less than or equal to 20"),
    (TOKENIZE, {"prompt": None}, "prompt", "give either 'prompt' or 'messages'"),
    (TOKENIZE, {"messages": [HI]}, "prompt", "give either 'prompt' or 'messages'"),
    (TOKENIZE, {"prompt": ["hi"]}, "prompt", "must be a string"),
    (TOKENIZE, {"special": 1}, "special", "must be true or false"),
    (DETOKENIZE, {"tokens": "hi"}, "tokens", "must be a list"),
    (DETOKENIZE, {"tokens": [1, -1]}, "tokens[1]", "greater than or equal to 0"),
    (DETOKENIZE, {"tokens": [1, 10**8]}, "tokens[1]", "100000000 is no token id of this model"),
    (DETOKENIZE, {"tokens": [True]}, "tokens[0]", "must be a whole number"),
    (DETOKENIZE, {"tokens": None}, "tokens", "must be a list"),
]


def with_field(name: str, value: bytes) -> bytes:
    return json.dumps(GOOD[CHAT])[:-1].encode() + f', "{name}": '.encode() + value + b"}"


def with_temperature(text: str) -> bytes:
    return with_field("temperature", text.encode())


def with_content(content: bytes) -> bytes:
    return (
        json.dumps({**GOOD[CHAT], "messages": [{**HI, "content": "HERE"}]})
        .encode()
        .replace(b"HERE", content)
    )


# a name, the body of a chat, the status, the field it names, and words it has
BODIES: list[tuple[str, bytes, int, str | None, str]] = [
    ("empty", b"", 400, None, "not valid JSON: EOF"),
    ("words", b"hello", 400, None, "not valid JSON: expected value at line 1 column 1"),
    ("cut", b'{"model": "tiny"', 400, None, "not valid JSON: EOF"),
    ("trailing comma", b'{"model": "tiny",}', 400, None, "trailing comma at line 1 column 18"),
    ("two values", b"{} {}", 400, None, "trailing characters at line 1 column 4"),
    ("a list", b"[]", 400, None, "must be a JSON object"),
    ("null", b"null", 400, None, "must be a JSON object"),
    ("nothing in it", b"{}", 400, "model", "this field is required"),
    ("only a model", b'{"model": "tiny"}', 400, "messages", "this field is required"),
    (
        "unknown model",
        b'{"model": "gpt-4"}',
        404,
        "model",
        "no model 'gpt-4' here; there is 'tiny'",
    ),
    ("an unknown recipe", with_field("recipe", b'"x"'), 404, "recipe", "there is no recipe 'x'"),
    ("a model's long name", b'{"model": "%s"}' % (b"m" * 10**6), 404, "model", "there is 'tiny'"),
    ("twice", b'{"model": "tiny", "model": "tiny"}', 400, "model", "stands twice"),
    ("twice inside", with_content(b'", "role": "user'), 400, "messages[0].role", "stands twice"),
    ("NaN", with_temperature("NaN"), 400, None, "not valid JSON: expected value"),
    ("infinity", with_temperature("-Infinity"), 400, None, "not valid JSON: invalid number"),
    ("1e400", with_temperature("1e400"), 400, "temperature", "must be a finite number"),
    ("hex", with_temperature("0x1"), 400, None, "not valid JSON"),
    ("leading zero", with_temperature("01"), 400, None, "not valid JSON: invalid number"),
    ("5000 digits", with_temperature("1" * 5000), 400, None, "a number of more than 4300 digits"),
    ("deep", b"[" * 100_000, 400, None, "nested more than 200 levels deep"),
    (
        "a schema 10,000 deep",
        json.dumps({**GOOD[CHAT], **form("HERE")})
        .encode()
        .replace(b'"HERE"', b'{"items": ' * 10_000 + b"{}" + b"}" * 10_000),
        400,
        None,
        "nested more than 200 levels deep",
    ),
    (
        "deep inside",
        b'{"model": "tiny", "messages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        400,
        None,
        "nested more than 200 levels deep",
    ),
    ("no UTF-8", with_content(b"caf\xe9"), 400, None, "bytes that are not UTF-8"),
    ("a raw surrogate", with_content(b"\xed\xa0\x80"), 400, None, "bytes that are not UTF-8"),
    ("half a pair", with_content(b"\\ud83e"), 400, None, "half a surrogate pair"),
    ("the other half", with_content(b"\\udd99"), 400, None, "half a surrogate pair"),
    ("UTF-16", "{}".encode("utf-16"), 400, None, "not valid JSON"),
    ("a byte order mark", b"\xef\xbb\xbf{}", 400, None, "not valid JSON"),
    ("a control character", with_content(b"\x01"), 400, None, "control character"),
    ("50 MB", b" " * 50_000_000, 413, None, "larger than 16 MB (server.max_body_mb)"),
]


def request(
    body: bytes = b"{}",
    method: str = "POST",
    path: str = CHAT,
    version: str = "1.1",
    **headers: Any,
) -> bytes:
    """`headers`: None leaves out the one that a client would send."""
    usual = {"host": "x", "content-type": "application/json", "content-length": len(body)}
    lines = [f"{method} {path} HTTP/{version}"]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines += [f"{k}: {v}" for k, v in {**usual, **given}.items() if v is not None]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*parts: bytes) -> bytes:
    return request(b"".join(parts), content_length=None, transfer_encoding="chunked")


def bomb(n: int) -> dict[str, str]:
    return {f"x{i}": "y" * 20 for i in range(n)}


# a name, the bytes that are sent, the status, and words of the answer
REQUESTS: list[tuple[str, bytes, int, str]] = [
    ("get a chat", request(b"", "GET"), 405, "/v1/chat/completions does not take GET"),
    ("delete the models", request(b"", "DELETE", "/v1/models"), 405, "does not take DELETE"),
    ("unknown path", request(path="/v1/chat"), 404, "There is no /v1/chat here"),
    ("no /v1", request(path="/chat/completions"), 404, "here. Did you mean /v1/chat/completions?"),
    ("a path that climbs", request(b"", "GET", "/v1/../etc/passwd"), 404, "There is no /v1/../etc"),
    ("no path", request(b"", "GET", "*"), 404, "There is no * here"),
    ("a model's card", request(b"", "GET", "/v1/models/gpt-4"), 404, "no model 'gpt-4' here"),
    ("plain text", request(content_type="text/plain"), 415, "it is 'text/plain'"),
    (
        "a form",
        request(content_type="application/x-www-form-urlencoded"),
        415,
        "'application/json'",
    ),
    ("no content type", request(content_type=None), 415, "it is not said"),
    ("gzip", request(content_encoding="gzip"), 415, "content encoding 'gzip' is not read"),
    ("no length", request(content_length=None), 400, "no valid HTTP request"),
    ("no length and no body", request(b"", content_length=None), 400, "not valid JSON: EOF"),
    ("a length of words", request(content_length="ten"), 400, "no valid HTTP request"),
    ("a length below 0", request(content_length=-1), 400, "no valid HTTP request"),
    ("a length beyond all", request(content_length=10**30), 400, "no valid HTTP request"),
    ("a length too large", request(content_length=10**15), 413, "larger than 16 MB"),
    ("two lengths", request(Content_Length=2), 400, "no valid HTTP request"),
    ("length and chunks", request(transfer_encoding="chunked"), 400, "no valid HTTP request"),
    ("chunks", chunked(b"1\r\n{\r\n", b"1\r\n}\r\n", b"0\r\n\r\n"), 400, "model: this field"),
    ("a chunk of no size", chunked(b"xyz\r\n{}\r\n0\r\n\r\n"), 400, "no valid HTTP request"),
    ("a chunk too short", chunked(b"1\r\n{}\r\n0\r\n\r\n"), 400, "no valid HTTP request"),
    ("a chunk beyond all", chunked(b"f" * 20 + b"\r\n{}"), 400, "no valid HTTP request"),
    ("a chunk too large", chunked(b"2000000\r\n", b" " * 2**25, b"\r\n0\r\n\r\n"), 413, "16 MB"),
    ("100 KB of headers", request(**bomb(4_000)), 431, "headers are larger than 64000 bytes"),
    ("5000 headers", request(**bomb(5_000)), 431, "headers are larger than 64000 bytes"),
    ("a header of 1 MB", request(x="y" * 10**6), 431, "headers are larger than 64000 bytes"),
    ("a name of 1 MB", request(**{"y" * 10**6: "x"}), 431, "headers are larger than 64000 bytes"),
    ("headers for ever", request(**bomb(200_000))[:-20], 431, "larger than 64000 bytes"),
    ("a URL of 100 KB", request(path="/" + "y" * 10**5), 414, "URL is longer than 64000 bytes"),
    ("a URL of 1 MB", request(path="/" + "y" * 10**6), 414, "URL is longer than 64000 bytes"),
    ("a URL of 10 KB", request(b"", "GET", "/" + "y" * 10**4), 404, "There is no /yyyy"),
    (
        "trailers of 1 MB",
        chunked(b"2\r\n{}\r\n0\r\n", b"x: yyyyyyyyyy\r\n" * 70_000),
        431,
        "headers are larger than 64000 bytes",
    ),
    ("a chunk's extension", chunked(b"2;" + b"x" * 10**6), 431, "larger than 64000 bytes"),
    ("garbage", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10, 400, "no valid HTTP request"),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "no valid HTTP request"),
    ("HTTP/1.0", request(version="1.0"), 400, "model: this field is required"),
    ("HTTP/9.9", request(version="9.9"), 400, "no valid HTTP request"),
    ("HTTP/0.9", b"GET /\r\n\r\n", 404, "There is no / here"),
    ("a method in small letters", request(method="post"), 400, "Invalid method"),
    ("a method of our own", request(method="BREW"), 400, "Invalid method"),
    ("a header without a colon", b"GET / HTTP/1.1\r\nhost\r\n\r\n", 400, "no valid HTTP request"),
    ("a NUL in a header", request(x="a\0b"), 400, "no valid HTTP request"),
    ("bare line feeds", request().replace(b"\r\n", b"\n"), 400, "HTTP request"),
    ("expect", request(expect="100-continue"), 400, "model: this field is required"),
    ("an upgrade", request(connection="upgrade", upgrade="h2c"), 400, "send no Upgrade header"),
    ("a request's id", request(x_request_id="a b\\"), 400, "model: this field is required"),
]

# a name, and the bytes that are sent before the client ends its half of the connection
CUT: list[tuple[str, bytes]] = [
    ("a body that ends", request(content_length=100)),
    ("chunks that end", chunked(b"5\r\n{")),
    ("trailers that end", chunked(b"2\r\n{}\r\n0\r\nx: ")),
    ("headers that end", b"POST / HTTP/1.1\r\nhost:"),
]


class Row(NamedTuple):
    name: str
    sent: bytes
    status: int
    param: str | None
    words: str
    ends: bool = False


def rows() -> Iterator[Row]:
    for number, (path, change, param, words) in enumerate(FIELDS):
        name = f"{number} {path} {str(change)[:50]}"
        body = json.dumps({**GOOD[path], **change}).encode()
        yield Row(name, request(body, path=path), 400, param, words)
    for name, body, status, field, words in BODIES:
        yield Row(name, request(body), status, field, words)
    for name, sent, status, words in REQUESTS:
        yield Row(name, sent, status, "model" if "model" in words else None, words)
    for name, sent in CUT:
        yield Row(name, sent, 400, None, "ended before the request was complete", ends=True)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def ask(server: Server, sent: bytes, ends: bool = False) -> Answer:
    """Sends the bytes and reads the answer; `ends`: ends its half of the connection between."""
    began = time.monotonic()
    with connection(server) as client:
        with contextlib.suppress(ConnectionError):  # the answer came first
            client.sendall(sent)
        if ends:
            client.shutdown(socket.SHUT_WR)
        with http.client.HTTPResponse(client) as response:
            response.begin()
            body = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body, time.monotonic() - began)


def connection(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30)


class Bystander(threading.Thread):
    """Another client, whose stream is the same again and again."""

    STREAM = request(
        json.dumps(
            {
                "model": "tiny",
                "messages": [{"role": "user", "content": "Tell me a story about a Llama"}],
                "stream": True,
                "temperature": 0,
                "max_tokens": 60,
            }
        ).encode()
    )

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server = server
        self.solo = self.read()
        self.others: list[bytes] = []
        self.over = threading.Event()

    def read(self) -> bytes:
        """The stream's bytes, but for its id and its date."""
        return re.sub(rb'"(id|created)":[^,]+', b"", ask(self._server, self.STREAM).body)

    def run(self) -> None:
        while not self.over.is_set():
            self.others.append(self.read())


@pytest.fixture(scope="module")
def beside(tiny: Server) -> Iterator[Bystander]:
    """Streams while the table is gone through; afterwards all is as it was."""
    workers = tiny.workers()
    bystander = Bystander(tiny)
    assert bystander.solo.endswith(b"data: [DONE]\n\n")
    bystander.start()
    yield bystander
    bystander.over.set()
    bystander.join()
    assert set(bystander.others) == {bystander.solo}
    assert tiny.workers() == workers
    assert bystander.read() == bystander.solo


def shares() -> float:
    """Seconds on the clock that a second of work takes at this moment: 1 on an idle machine."""
    clock, work = time.monotonic(), time.thread_time()
    while time.thread_time() - work < 0.01:
        pass
    return max((time.monotonic() - clock) / (time.thread_time() - work), 1.0)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.name)
def test_a_bad_request(tiny: Server, beside: Bystander, row: Row) -> None:
    for _ in range(5):  # the machine may be busy with other tests
        allowed = SECONDS * shares()
        answer = ask(tiny, row.sent, row.ends)
        if answer.seconds < allowed:
            break
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["param"]) == (row.status, row.param), error["message"][:300]
    assert row.words in error["message"]
    assert error.keys() == {"message", "type", "param", "code", "request_id"}
    assert error["type"] == ("not_found_error" if row.status == 404 else "invalid_request_error")
    assert error["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"
    assert row.param is None or row.status == 404 or row.param in error["message"]
    assert len(error["message"]) < 400
    assert answer.seconds < allowed


GOOD_CHAT = json.dumps(GOOD[CHAT]).encode()

# odd, but legal: a name, and the bytes that are sent
LEGAL: list[tuple[str, bytes]] = [
    ("NUL in a string", request(with_content(b"a\\u0000b"))),
    ("unassigned characters", request(with_content("\U000e0001\ufffe\U0010ffff".encode()))),
    ("half a megabyte of white space", request(b" " * 500_000 + GOOD_CHAT)),
    ("chunks of one byte", chunked(*(b"1\r\n%c\r\n" % byte for byte in GOOD_CHAT), b"0\r\n\r\n")),
    ("a chunk's extension", chunked(b"%x;a=b\r\n" % len(GOOD_CHAT), GOOD_CHAT, b"\r\n0\r\n\r\n")),
    ("expect", request(GOOD_CHAT, expect="100-continue")),
    ("HTTP/1.0", request(GOOD_CHAT, version="1.0")),
    ("a charset", request(GOOD_CHAT, content_type="Application/JSON; charset=utf-8")),
    ("a header of 50 KB", request(GOOD_CHAT, cookie="y" * 50_000)),
    ("line breaks before it", b"\r\n\r\n" + request(GOOD_CHAT)),
    ("a query", request(GOOD_CHAT, path=CHAT + "?api-version=2024")),
    ("a whole address", request(GOOD_CHAT, path=f"http://x{CHAT}")),
]


@pytest.mark.parametrize(("name", "sent"), LEGAL)
def test_odd_but_legal(tiny: Server, beside: Bystander, name: str, sent: bytes) -> None:
    answer = ask(tiny, sent)
    assert answer.status == 200, answer.body
    assert json.loads(answer.body)["choices"]


def test_header_bombs_take_no_memory(tiny: Server) -> None:
    """64 connections, each with 4 MB of a header that never ends."""
    gateway = psutil.Process(tiny.process.pid)
    before = gateway.memory_info().rss
    bombs = [connection(tiny) for _ in range(64)]
    for client in bombs:
        with contextlib.suppress(ConnectionError):
            client.sendall(request()[:-4] + b"\r\nx: " + b"y" * 4_000_000)
    assert gateway.memory_info().rss - before < 30e6
    for client in bombs:
        client.close()


def test_there_are_enough_rows() -> None:
    names = [row.name for row in rows()]
    assert len(names) == len(set(names)) >= 80
