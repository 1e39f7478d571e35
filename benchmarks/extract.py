"""What it costs to take replies apart as they stream: microseconds a token.

    python -m benchmarks.extract

For each grammar: the time to build its extraction (skeleton and proof), and over replies of a few
thousand tokens of one to six bytes, for the first reply (its automaton is built on the way) and for
later ones, the mean a token, all in processor time; of a later one also the median and the 99th
percentile of single calls on the clock, its own cost included. `utf-8` is what the incremental
decoder alone takes.
"""

import argparse
import codecs
import json
import random
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence

import compilers
from compilers.extract import Extraction
from compilers.ir import Grammar, Special
from tests.compilers.replies import harmony, hermes, many_tools, qwen_coder

WORDS = ["the", "llama's", "höhe", "is", "<3", "m", "\n\n", "naïve", "{brackets}", "[not]", "山"]
TEMPLATE = "<plan>\n<step>{what}</step><!-- add 1-99 more -->\n<answer>{n:int}</answer>\n</plan>"

Reply = list[bytes | Special]


def prose(random_: random.Random, words: int) -> str:
    return " ".join(random_.choice(WORDS) for _ in range(words))


def calls(random_: random.Random, name: str, key: str, special: bool) -> list[str | Special]:
    reply: list[str | Special] = [prose(random_, 1000)]
    for i in range(40):
        arguments = json.dumps({key: prose(random_, 20)}, ensure_ascii=False)
        body = f'\n{{"name": "{name}", "arguments": {arguments}}}\n'
        opened, closed = (Special(t) if special else t for t in ("<tool_call>", "</tool_call>"))
        reply += ["\n" if i else "", opened, body, closed]
    return reply


def parameters(random_: random.Random) -> list[str | Special]:
    value = "".join(f"<parameter=x>\n{prose(random_, 30)}\n</parameter>\n" for _ in range(60))
    return [prose(random_, 500), f"<tool_call>\n<function=fg>\n{value}</function>\n</tool_call>"]


def channels(random_: random.Random) -> list[str | Special]:
    def message(header: str, text: str) -> list[str | Special]:
        return [Special("<|channel|>"), header, Special("<|message|>"), text]

    thought = [*message("analysis", prose(random_, 300)), Special("<|end|>")]
    again = [Special("<|start|>"), "assistant"]
    return [*(thought + again) * 5, *message("final", prose(random_, 1000))]


def steps(random_: random.Random) -> list[str | Special]:
    inside = "".join(f"\n<step>{prose(random_, 40)}</step>" for _ in range(60))
    return ["<plan>", inside, "\n<answer>12</answer>\n</plan>"]


def tokens(reply: Iterable[str | Special], random_: random.Random) -> Iterator[bytes | Special]:
    """Text cut into pieces of one to six bytes, wherever that is."""
    for part in reply:
        if isinstance(part, Special):
            yield part
            continue
        piece = part.encode()
        while piece:
            size = random_.randint(1, 6)
            yield piece[:size]
            piece = piece[size:]


def once(extraction: Extraction, reply: Sequence[bytes | Special]) -> float:
    """Microseconds a token."""
    extractor = extraction.extractor()
    begin = time.process_time()
    for token in reply:
        if isinstance(token, Special):
            extractor.special(token.name)
        else:
            extractor.feed(token)
    extractor.close()
    assert extractor.complete
    return (time.process_time() - begin) / len(reply) * 1e6


def singly(extraction: Extraction, reply: Sequence[bytes | Special]) -> list[float]:
    extractor = extraction.extractor()
    found = []
    for token in reply:
        begin = time.perf_counter()
        if isinstance(token, Special):
            extractor.special(token.name)
        else:
            extractor.feed(token)
        found.append((time.perf_counter() - begin) * 1e6)
    return sorted(found)


def decoding(reply: Sequence[bytes | Special]) -> float:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    begin = time.process_time()
    for token in reply:
        if isinstance(token, bytes):
            decoder.decode(token)
    return (time.process_time() - begin) / len(reply) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    seeded = random.Random(1)
    table: list[tuple[str, Grammar, list[str | Special]]] = [
        ("hermes, tags as text", hermes(False), calls(seeded, "f", "x", False)),
        ("hermes, tags as tokens", hermes(True), calls(seeded, "f", "x", True)),
        ("100 tools, tags as tokens", many_tools(True), calls(seeded, "get_42", "city", True)),
        ("qwen-coder", qwen_coder(), parameters(seeded)),
        ("harmony", harmony(), channels(seeded)),
        ("template", compilers.template(TEMPLATE), steps(seeded)),
    ]
    columns = ("utf-8", "first", "later", "p50", "p99")
    print(f"{'':28}{'tokens':>8}{'build ms':>10}" + "".join(f"{each:>8}" for each in columns))
    for name, grammar, reply in table:
        begin = time.process_time()
        extraction = Extraction(grammar)
        build = (time.process_time() - begin) * 1e3
        pieces = list(tokens(reply, seeded))
        first = once(extraction, pieces)
        later = statistics.median(once(extraction, pieces) for _ in range(rounds))
        single = singly(extraction, pieces)
        p50, p99 = single[len(single) // 2], single[len(single) * 99 // 100]
        print(
            f"{name:28}{len(pieces):8}{build:10.1f}{decoding(pieces):8.2f}{first:8.2f}{later:8.2f}"
            f"{p50:8.2f}{p99:8.2f}"
        )


if __name__ == "__main__":
    main()
