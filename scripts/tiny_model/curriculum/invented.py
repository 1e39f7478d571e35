# ruff: noqa: SIM905 - word lists read better as text
"""Tools made up on the spot, so that reading a schema pays more than remembering one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import words as w
from .phrases import lines
from .toolbox import Param, Tool, array, enum, flag, nested, number, text, whole

VERBS = """
    create: make, add, set up
    delete: remove, erase, get rid of
    get: show, fetch, look up, give me
    find: search for, look for, locate
    update: change, edit, modify
    start: launch, begin, run
    stop: end, halt, shut down
    open: open up
    close: shut
    buy: order, purchase
    check: inspect, look at, verify
    clean: wash, tidy
    print: print out
    repair: fix, mend
    count: count up
    move: shift, transfer
    copy: duplicate, clone
    rename: give a new name to
    share: pass on
    save: store, keep
    load: bring in
    sort: order, arrange
    test: try, try out
    charge: power up
    measure: take the measure of
    schedule: plan
    cancel: call off, drop
    approve: accept, confirm
    reject: refuse, turn down
    archive: put away
    export: write out
    import: read in
    scan: scan in
    reset: restart
    assign: give
    upload: send up
    download: fetch
    pause: hold
    resume: continue
    publish: post
    mark: flag
    water: give water to
    build: put together
    sell: offer
    train: teach
    lend: loan
    rank: grade
    draw: sketch
    follow: subscribe to
    block: ban
"""
NOUNS = """note task user order ticket invoice report photo video song playlist account garden plant
car bus train ship drone robot camera printer server backup database message comment page document
folder project meeting contract product customer account ticket garage window door machine engine
battery sensor lamp heater fan oven fridge washer bike boat truck package letter map route recipe
menu dish drink book story poem game match team player coach school class lesson exam student
teacher doctor patient pill room house bridge tower farm field cow horse sheep llama dog cat bird
channel queue bucket token budget payment refund coupon loan policy survey poll badge""".split()


def verbs() -> dict[str, list[str]]:
    """The verb in a tool's name -> what people say for it."""
    pairs = (line.split(":") for line in lines(VERBS))
    return {verb: [verb, verb, *[s.strip() for s in said.split(",")]] for verb, said in pairs}


SAID = verbs()

# How a parameter is said: (parameter, phrases). The slot is the first of its names.
Detail = tuple[Param, str]

DETAILS: list[Detail] = [
    (text("name title label", "The name|Name", w.word), "(called|named|with the name) {name}"),
    (text("owner user assignee", "The owner|Who", w.person), "(for|of|owned by) {owner}"),
    (text("date day due_date", "The date|When", w.date), "(on|for) {date}"),
    (text("time at", "The time|HH:MM", w.clock), "at {time}"),
    (text("city location place", "The city|Where", w.city), "(in|from|at) {city}"),
    (text("email contact", "Email address|The email", w.email), "(for|with email) {email}"),
    (text("color", "The color", w.one_of(*w.COLORS)),
        "(in|with the color|in the color) {color}"),
    (text("language", "The language", w.one_of(*w.LANGUAGES)), "in {language}"),
    (text("file path", "The file|Path", w.file_name), "(to|from|with) (the file |){file}"),
    (text("comment note message", "A comment|Note", w.sentence),
     '(saying|with the comment|and say|with the note) "{comment}"'),
    (text("reason", "The reason|Why", w.word), "because of {reason}"),
    (text("room", "The room", w.room), "in the {room}"),
    (whole("minutes duration", "How long|Minutes", w.integer(1, 90)), "for {minutes} minutes"),
    (whole("hours", "Number of hours", w.integer(1, 24)), "for {hours} hours"),
    (whole("count times quantity", "How many times|Count", w.integer(2, 40)), "{count} times"),
    (whole("level", "The level|From 1 to 10", w.integer(1, 10)), "at level {level}"),
    (whole("days", "Number of days|Days", w.integer(2, 30)), "(for|over) {days} days"),
    (whole("limit max_results", "At most|Limit", w.integer(2, 50)),
        "with (a limit of|at most) {limit}"),
    (number("price cost amount", "The price|Amount", w.amount), "for {price} (dollars|euros)"),
    (number("weight", "The weight|In kilograms", w.amount),
        "(of|with a weight of) {weight} (kg|kilograms)"),
    (number("percent discount", "Percent", w.integer(1, 99)), "(with|at) {percent} percent"),
    (enum("priority urgency", "The priority|How urgent", "low medium high urgent normal"),
     "(with|at) {priority} priority"),
    (enum("size", "The size", "small medium large tiny huge"), "(in|of|with) size {size}"),
    (enum("mode method", "The mode|How", "fast slow safe quiet auto manual"), "in {mode} mode"),
    (enum("format type", "The format|Kind of file", "pdf csv json xml html text"),
        "(as|in) {format}( format|)"),
    (enum("status state", "The status", "open closed done active paused new"),
        "with (the |)status {status}"),
    (flag("notify notifications alert", "Notify people|Notifications", w.on_off),
     "with notifications {notify}"),
    (flag("sound", "With sound|Sound on or off", w.on_off), "with (the |)sound {sound}"),
    (flag("private", "Private or public",
          lambda rng: rng.choice([("private", True), ("public", False)])),
              "and make it {private}"),
    (array("tags labels keywords", "The tags|Some tags", w.items),
     "(with the tags|tagged|with tags) {tags}"),
    (array("people members users", "The people|Names", w.people), "(with|for) {people}"),
    (array("numbers values", "The numbers|Values", w.numbers, "integer"),
        "with the numbers {numbers}"),
    (nested("address", "The address", {"street": "string", "city": "string"}, w.address),
        "(at|to) {address}"),
    (nested("position point", "The position", {"x": "integer", "y": "integer"}, w.point),
        "at {position}"),
]  # fmt: skip
"""Parameters with a natural way of saying them."""


def free_detail(rng: Random) -> Detail:
    """A parameter with a name out of the blue, said by that name."""
    name = rng.choice([w.invented(rng), *rng.sample(NOUNS, 2), rng.choice(w.TOPICS)])
    if rng.random() < 0.3:
        name = f"{name}_{rng.choice(['id', 'name', 'size', 'count', 'level', 'kind', 'key'])}"
    shown = name.replace("_", " ")
    make: Callable[..., Param]
    make, sampler = rng.choice(
        [(text, w.word), (text, w.code), (text, w.person), (whole, w.number_code),
         (whole, w.integer(1, 60)), (number, w.decimal), (flag, w.on_off)]
    )  # fmt: skip
    param = make(name, f"The {shown}|{shown}", sampler)
    return param, f"with (the |){shown} (set to |)" + "{" + name + "}"


def identifier(rng: Random) -> Detail:
    """The thing's own number, right behind the noun."""
    name = rng.choice(["id", "number", "code", "key"])
    if rng.random() < 0.5:
        return whole(name, "The id|Which one", w.number_code), "(|number |with id ){" + name + "}"
    return text(name, "The id|Which one", w.code), "(|number |with id ){" + name + "}"


def invent(rng: Random, verb: str = "", noun: str = "") -> Tool:
    """A tool with a verb, a noun and up to four parameters."""
    verb = verb or rng.choice(list(SAID))
    noun = noun or (w.invented(rng) if rng.random() < 0.12 else rng.choice(NOUNS))
    name = f"{verb}_{noun}" if rng.random() < 0.85 else f"{noun}_{verb}"
    details = [identifier(rng)] if rng.random() < 0.4 else []
    more = rng.choice([0, 1, 1, 2, 2, 3]) or not details
    details += [
        free_detail(rng) if rng.random() < 0.4 else rng.choice(DETAILS) for _ in range(more)
    ]
    unique = {param.slot: (param, phrase) for param, phrase in details}
    params, phrases = [], []
    for param, phrase in unique.values():
        required = rng.random() < 0.7
        params.append(
            Param(
                param.names, param.descriptions, param.schema, param.sampler, required, param.pool
            )
        )
        if required or rng.random() < 0.5:
            phrases.append(phrase)
    if not (details and details[0][0].slot in ("id", "number", "code", "key")):
        rng.shuffle(phrases)
    said = "(" + "|".join(SAID[verb]) + ")"
    pattern = " ".join([said, f"(the|a|my|the) {noun}", *phrases])
    title = rng.choice([f"{verb.capitalize()} a {noun}", f"{verb.capitalize()} the {noun}",
                        f"Use this to {verb} a {noun}",
                            f"{verb.capitalize()}s a {noun}"])  # fmt: skip
    return Tool(name, title, tuple(params), pattern, pattern, {"status": w.one_of("ok")}, "Done.")


def lookalike(rng: Random, tool: Tool) -> Tool:
    """A distractor: the same verb for another noun, or another verb for the same noun."""
    first, _, second = tool.names.split()[0].partition("_")
    verb, noun = (first, second) if first in SAID else (second, first)
    if verb not in SAID:
        return invent(rng)
    return invent(rng, verb=verb) if rng.random() < 0.5 else invent(rng, noun=noun)
