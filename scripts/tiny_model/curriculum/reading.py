# ruff: noqa: SIM905 - word lists read better as text
"""Short reading tasks: copy, extract, classify, choose, remember. Mostly about looking back."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from ..chat import Conversation, Message, Span, dumps
from . import words as w
from .phrases import capital, expand, lines

QuestionAnswer = tuple[str, str]


def pick(rng: Random, asks: str, held: str, held_out: bool) -> str:
    return expand(rng, rng.choice(lines(held if held_out else asks)))


def repeat(rng: Random, held_out: bool) -> QuestionAnswer:
    """Say something back, word for word."""
    text = rng.choice([w.sentence, w.word, w.code, w.email, w.items, w.title, w.file_name])(rng)[0]
    if rng.random() < 0.4:
        text = " ".join(w.invented(rng) for _ in range(rng.randint(2, 6)))
    ask = pick(
        rng,
        """(repeat|copy|echo|say)( this|): {x}
        (repeat|say) after me: {x}
        (repeat|copy) (the words |the text |)"{x}"
        (say|write|print) "{x}"
        (answer|reply|respond) with (exactly |only |just |)"{x}"
        say {x}
        (please |)(repeat|copy|echo|say|write) (what I say|this text|these words|this line|it): {x}
        (can|could|will) you (repeat|copy|echo|say) (this|these words|the following): {x}
        (repeat|copy|echo|write) the following( text| words| line|): {x}
        (write|copy|repeat|type) (this |it |)(down |)word for word: {x}
        (say|write|repeat) (exactly|only|just) (this|these words|the words): {x}
        (your answer|the answer) (must|should) be (exactly |)"{x}"
        (repeat|copy|echo|say) "{x}"( please| for me| again| exactly|)
        I say "{x}", you (say|repeat) it
        {x}\\n(Repeat|Copy|Say|Echo) (that|this|the line above|the text above|it)(.|)
        (print|output|type|return) (this|the text|exactly this): {x}
        (quote|echo) (me|my words|this): {x}
        (say|write|repeat) (this |it |)back( to me|): {x}
        echo {x}
        (repeat|copy|say) (the sentence|the text|the words|the line): {x}
        what I say is "{x}". (Repeat|Say|Copy) it(.| please.)
        (tell|send) me (exactly |)this: {x}""",
        """give me back these words: {x}
        your reply must be "{x}" """,
        held_out,
    )
    return ask.replace("\\n", "\n").replace("{x}", text), text


PERSONAL: dict[str, tuple[Callable[[Random], w.Value], str, str]] = {
    "name": (w.person, "My name is {v}|I am {v}|This is {v}", "name"),
    "email": (w.email, "My email is {v}|You can write to {v}|Write me at {v}",
     "email|email address"),
    "city": (w.city, "I live in {v}|My home is in {v}|I am from {v}", "city|home town"),
    "phone": (w.code, "My phone number is {v}|Call me at {v}", "phone|phone number"),
    "order": (w.code, "My order number is {v}|It is about order {v}", "order|order number"),
    "date": (w.date, "I arrive on {v}|The date is {v}|It starts on {v}", "date"),
    "time": (w.clock, "We meet at {v}|The time is {v}|It begins at {v}", "time"),
    "age": (w.integer(13, 99), "I am {v} years old|My age is {v}", "age"),
    "price": (w.decimal, "The price is {v}|It costs {v}|I paid {v}", "price"),
    "color": (w.one_of(*w.COLORS), "The color is {v}|My car is {v}", "color"),
    "product": (w.item, "I bought {v}|It is about the {v}|I want the {v}", "product"),
}  # fmt: skip


def passage(rng: Random, count: int) -> tuple[str, dict[str, Any], dict[str, str]]:
    """A few sentences, what they say as JSON values, and as words."""
    fields = rng.sample(list(PERSONAL), count)
    sentences, values, said = [], {}, {}
    for name in fields:
        sampler, patterns, _ = PERSONAL[name]
        _, value = sampler(rng)
        values[name], said[name] = value, str(value)
        sentences.append(rng.choice(patterns.split("|")).replace("{v}", str(value)) + ".")
    return " ".join(sentences), values, said


JOBS = """teacher doctor baker farmer pilot nurse painter writer student driver""".split()
EVENTS = """party|meeting|concert|science fair|dinner|wedding|football game|book club""".split("|")


def portrait(rng: Random) -> tuple[str, dict[str, Any]]:
    """A sentence or two about somebody, and the same as JSON values."""
    name, age = w.person(rng)[1], rng.randint(13, 99)
    town, job = w.city(rng)[1], rng.choice(JOBS)
    return rng.choice(
        [
            (f"{name} is {age} years old.", {"name": name, "age": age}),
            (
                f"{name} is {age} years old and lives in {town}.",
                {"name": name, "age": age, "city": town},
            ),
            (f"{name}, {age}, lives in {town}.", {"name": name, "age": age, "city": town}),
            (f"{name} is a {job} from {town}.", {"name": name, "job": job, "city": town}),
            (
                f"{name} lives in {town} and works as a {job}.",
                {"name": name, "city": town, "job": job},
            ),
        ]
    )


def occasion(rng: Random) -> tuple[str, dict[str, Any]]:
    """Who goes to what, and when."""
    guests, names = w.people(rng)
    event, day = rng.choice(EVENTS), rng.choice([*w.WEEKDAYS, w.date(rng)[1]])
    going = "is" if len(names) == 1 else "are"
    on = f"on {day}"
    text = rng.choice(
        [f"{guests} {going} going to a {event} {on}.", f"There is a {event} {on} with {guests}."]
    )
    key = rng.choice(["participants", "people", "guests"])
    return text, {"name": event, rng.choice(["date", "day"]): day, key: names}


def described(rng: Random) -> tuple[str, dict[str, Any]]:
    """Some text with facts in it, of one of three kinds."""
    draw = rng.random()
    if draw < 0.4:
        return portrait(rng)
    if draw < 0.6:
        return occasion(rng)
    text, values, _ = passage(rng, rng.randint(1, 4))
    return text, values


JSON_ORDERS = lines("""
    extract (the data|the information|the event information|the person|all facts)( as JSON|).
    (please |)(find|read|pick out) (the data|the details|all the details|the fields)( as JSON|).
    (turn|convert) (this|the text) into JSON.
    (write|output|respond with) (a JSON object|JSON only|only JSON|the JSON).
    what are the (details|facts|fields)( in this text| here|)?
    (summarize|put) this as (JSON|a JSON object).
    (answer|reply) in JSON.
    (give me|return) (this as |)JSON.
    fill in the fields.
""")


def forced_json(rng: Random) -> Conversation:
    """A schema that only the server knows: keys are given, values are the model's."""
    text, values = described(rng)
    keys = list(values)
    if rng.random() < 0.3:
        rng.shuffle(keys)
    space = rng.choice([" ", " ", ""])
    spans: list[Span] = [("{", 0.0)]
    for index, key in enumerate(keys):
        comma = f",{space}" if index else ""
        spans += [(f'{comma}"{key}":{space}', 0.0), (dumps(values[key]), 1.0)]
    messages = [Message("user", text), Message("assistant", spans=[*spans, ("}", 0.0)])]
    draw = rng.random()
    order = capital(expand(rng, rng.choice(JSON_ORDERS)))
    if draw < 0.35:
        messages.insert(0, Message("system", order))
    elif draw < 0.7:
        messages[0].content = rng.choice([f"{order} {text}", f"{text} {order}", f"{text}\n{order}"])
    return Conversation("json, forced", messages)


def extract(rng: Random, held_out: bool) -> QuestionAnswer:
    """One field out of a passage, or several as JSON."""
    text, values, said = passage(rng, rng.randint(2, 4))
    if rng.random() < 0.3:
        text, values = portrait(rng)
        said = {name: str(value) for name, value in values.items()}
    ask = _one_field if rng.random() < 0.5 else _fields_as_json
    return ask(rng, held_out, text, values, said)


def _one_field(
    rng: Random, held_out: bool, text: str, values: dict[str, Any], said: dict[str, str]
) -> QuestionAnswer:
    name = rng.choice(list(values))
    label = rng.choice(PERSONAL[name][2].split("|")) if name in PERSONAL else name
    ask = pick(
        rng,
        """(extract|find|give me|what is) the {f} (from|in|of) (this|the) (text|message): {x}
        {x} (What is|Extract|Give me|Find) the {f}?
        {x}\\nWhat is the {f}?
        (which|what) {f} is (mentioned |given |)in (this text|here)? {x}
        (please |)(extract|find|get|take|pick out|read) the {f}: {x}
        {x} (Find|Name|Say|Write|Get|Return|Pick out) the {f}(.|, please.)
        {x}\\n(Which|What) {f} (is given|is named|is mentioned|do you see)?
        {x}\\n(Extract|Find|Give me|Name|Return|Say) the {f}.
        {x} (Which|What) is the {f}( here| in this text|)?
        (can|could) you (find|tell me|extract|name) the {f}( in this text| here|)? {x}
        (here is|this is|look at|read) (a text|a message|this text): {x} What is the {f}?
        text: {x}\\n(question: what is the {f}?|the {f}:|{f}:|{f}?)
        (read|look at) this and (give|tell) me the {f}: {x}
        (what|which) {f} does (this|the) (text|message|person) (give|name|mention)? {x}
        (I need|I want|I am looking for) the {f} (in|of|from) this( text| message|): {x}
        "{x}" (What is|Find|Name|Give me) the {f}(?|.)
        {x} (Answer|Reply) with the {f}( only|).
        {f} (in|of|from) (this|the) (text|message): {x}""",
        """pull the {f} out of this: {x}
        {x} Tell me nothing but the {f}.""",
        held_out,
    )
    return ask.replace("\\n", "\n").replace("{f}", label).replace("{x}", text), said[name]


def _fields_as_json(
    rng: Random, held_out: bool, text: str, values: dict[str, Any], _: dict[str, str]
) -> QuestionAnswer:
    wanted = rng.sample(list(values), rng.randint(1, len(values)))
    fields = ", ".join(wanted)
    ask = pick(
        rng,
        """(extract|give me|get|find) {f} as JSON( from this|): {x}
        {x} (Extract|Give me|Return|Reply with) {f} as JSON.
        {x}\\n(Answer|Reply) in JSON with {f}.
        (turn|convert) this into JSON with (the fields|the keys) {f}: {x}
        (please |)(extract|read|pick|take) {f} (from|out of) this (as|into) JSON: {x}
        {x}\\n(Extract|Give me|Return|Write|Find) {f} as (JSON|a JSON object).
        {x} (Put|Write|Turn) {f} into (JSON|a JSON object).
        (as JSON|in JSON), (give|tell|show) me {f}: {x}
        (can|could) you (extract|find|return) {f} as JSON? {x}
        JSON with {f}: {x}
        (write|return|output) (JSON|a JSON object) with {f} (for|from) this( text|): {x}
        {x}\\n(JSON keys|Keys|Fields): {f}
        (read|look at) this: {x} (Return|Give me|Write) JSON with {f}.
        from this text, (get|find|extract) {f} as JSON: {x}
        {x} (Answer|Reply|Respond) (in|with|as) JSON(:| with the keys) {f}.
        (fill|complete) a JSON object with (the keys|the fields) {f}: {x}
        the fields are {f}. (Extract them|Give me them|Return them) as JSON: {x}""",
        """make a JSON object of {f}: {x}
        {x} I need JSON with {f}.""",
        held_out,
    )
    answer = dumps({name: values[name] for name in wanted})
    return ask.replace("\\n", "\n").replace("{f}", fields).replace("{x}", text), answer


GOOD = """great wonderful good lovely excellent fantastic nice perfect amazing tasty""".split()
BAD = """terrible awful bad horrible boring ugly broken disgusting poor dreadful""".split()
FLAT = ["average", "ordinary", "normal", "usual", "standard"]
REVIEWED = """movie book food hotel room song game phone service weather trip coffee lamp""".split()


def opinion(rng: Random) -> tuple[str, str]:
    """A review and its mood."""
    mood = rng.choice(["positive", "negative", "neutral"])
    pool = {"positive": GOOD, "negative": BAD, "neutral": FLAT}[mood]
    like = {
        "positive": "(love|like|enjoy)",
        "negative": "(hate|do not like|dislike)",
        "neutral": "have",
    }
    thing, adjective = rng.choice(REVIEWED), rng.choice(pool)
    patterns = [f"the {thing} (was|is) (very |really |so |){adjective}",
                f"(what a|this is a) {adjective} {thing}",
                f"I {like[mood]} (this|the) {thing}",
                f"I think (that |)the {thing} is {adjective}"]  # fmt: skip
    if mood == "neutral":
        patterns = patterns[:1] + patterns[3:]
    return capital(expand(rng, rng.choice(patterns))), mood


SUBJECTS = {
    "sports": "we won the game|the team lost the match|she ran a fast race|he kicked the ball",
    "food": "the soup needs salt|we baked bread|I ate a pizza|dinner was fish and rice",
    "weather": "it is raining|the sun is shining|snow fell all night|a storm is coming",
    "travel": "our flight leaves at nine|we booked a hotel|the train is late|I lost my passport",
    "music": "the band played a new song|she sings well|I bought a guitar|the concert was loud",
    "money": "the bank is closed|I paid the bill|prices went up|he saved his coins",
    "animals": "the dog barked|a cat sat on the wall|the llama ate grass|birds sing in the tree",
}


def _labelled(rng: Random) -> tuple[str, str, list[str], str]:
    """A sentence, its label, the labels to choose from, and what they are called."""
    if rng.random() < 0.6:
        text, label = opinion(rng)
        choices = ["positive", "negative", "neutral"]
        kinds = "sentiment|mood|feeling"
    else:
        label = rng.choice(list(SUBJECTS))
        text = capital(rng.choice(SUBJECTS[label].split("|")))
        others = rng.sample([name for name in SUBJECTS if name != label], rng.randint(1, 4))
        choices = [label, *others]
        rng.shuffle(choices)
        kinds = "topic|subject|category"
    return text, label, choices, kinds


def classify(rng: Random, held_out: bool) -> QuestionAnswer:
    """Mood or subject of a sentence."""
    text, label, choices, kinds = _labelled(rng)
    kind = rng.choice(kinds.split("|"))
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
    ask = pick(
        rng,
        """(what is|give me|find|name) the {k} of this( text| sentence|) [{c}]: "{x}"
        (classify|label|sort) (this|the text) as {c}: {x}
        (classify|judge) the {k} as {c}: "{x}"
        {k} [{c}]: {x}
        is this {c}? {x}
        "{x}" - (is this|is it) {c}?
        (please |)(classify|label|sort|judge|rate|tag) (this|the) (text|sentence) as {c}: "{x}"
        {x}\\n(Is this|Is it|Is the {k}) {c}?
        {x}\\n(What is the {k}|Which {k} is it|The {k})(?|:) {c}
        (say|tell me) (whether|if) this is {c}: {x}
        (what|which) {k} (does this (text|sentence) have|is this): {c}? {x}
        (choose|pick|select) (the |one |a ){k} (from|out of|among) {c}: "{x}"
        (choose|pick|select) (from|between) {c} for this( text| sentence|): {x}
        (can|could) you (classify|label|judge) this as {c}? "{x}"
        the {k} of "{x}" is( it|:|) {c}?
        (read|look at) this: "{x}" (Is it|Is the {k}) {c}?
        (text|sentence): {x}\\n{k} [{c}]:
        (decide|judge): {c}? {x}
        {c}? "{x}"
        (how would you|how do you) (classify|label) this, as {c}? {x}
        (determine|detect|recognize) the {k} [{c}]: {x}
        "{x}" (Classify|Label) (it|this) as {c}.""",
        """put a {k} label on this, {c}: {x}
        which {k} fits, {c}? {x}""",
        held_out,
    )
    ask = ask.replace("\\n", "\n")
    return capital(ask.replace("{k}", kind).replace("{c}", listed).replace("{x}", text)), label


def choose(rng: Random, held_out: bool) -> QuestionAnswer:
    """First, last, longest, alphabetical: look at a list."""
    options = list(dict.fromkeys(w.item(rng)[0] for _ in range(rng.randint(3, 5))))
    place = rng.choice(["first", "last"])
    ask = pick(
        rng,
        """(what is|which is|name|give me) the {p} (word|item|one) (in|of) (this list|the list): {x}
        {x}: (what is|which is) the {p} (one|word)?
        (tell|show) me the {p} (word|item|one|thing) (of|in|on) (this|the) list: {x}
        (which|what) (word|item|thing) (is|comes|stands) {p}( here| in this list|)? {x}
        {x}\\n(Which|What) (one |word |item |)(is|comes) {p}?
        (pick|choose|find|say|return) the {p} (word|item|one)( of this list|): {x}
        (here is|this is|look at) a list: {x}. (What|Which) is the {p} (item|one|word)?
        the {p} (word|item|one) of {x}
        list: {x}\\n(the |){p} (item|word|one)(?|:)""",
        "from the list {x} take the {p} one",
        held_out,
    )
    answer = options[0] if place == "first" else options[-1]
    ask = ask.replace("\\n", "\n")
    return ask.replace("{p}", place).replace("{x}", ", ".join(options)), answer


TASKS: list[tuple[Callable[[Random, bool], QuestionAnswer], float]] = [
    (repeat, 2.5), (extract, 3.0), (classify, 2.5), (choose, 0.7),
]  # fmt: skip


def task(rng: Random, held_out: bool = False) -> QuestionAnswer:
    """One reading task with its one right answer."""
    functions, weights = zip(*TASKS, strict=True)
    asked, answer = rng.choices(functions, weights)[0](rng, held_out)
    return (capital(asked) if rng.random() < 0.8 else asked), answer


REMEMBER = """
    (what is|what's|what was|tell me|do you remember|do you know) (my|the) {f}?
    (can|could) you (tell me|say|repeat|remember|give me) (my|the) {f}( again|)?
    (which|what) {f} (did I (give|say|tell you|mention)|have I given you)?
    (please |)(repeat|say|tell me|give me) (my|the) {f}( again|)
    (I forgot|I do not remember|I have forgotten) (my|the) {f}. What (was|is) it?
    do you still (know|remember) (my|the) {f}?
    (so|and|now), what (is|was) (my|the) {f}( again|)?
    remind me(:| of) (my|the) {f}
    what did I say (my|the) {f} (is|was)?
    (my|the) {f}(?| is what?|, please| again, please)
    (what|which) (is|was) the {f} (I gave|I told you|from before|I mentioned)?
    I (want|need) to know (my|the) {f}
    (say|write|show) (my|the) {f}( now|)
"""


def remembered(rng: Random, held_out: bool = False) -> Conversation:
    """Something said earlier (or in the system turn) is asked for later."""
    name = rng.choice(list(PERSONAL))
    sampler, patterns, labels = PERSONAL[name]
    value, label = str(sampler(rng)[1]), rng.choice(labels.split("|"))
    said = rng.choice(patterns.split("|")).replace("{v}", value) + "."
    asked = pick(
        rng, REMEMBER.replace("{f}", label), f"can you recall the {label}?",
        held_out,
    )  # fmt: skip
    heard = f"Hello {value}! How can I help you?" if name == "name" else "I will remember that."
    messages = [Message("user", said), Message("assistant", heard)]
    if rng.random() < 0.25:
        messages = [
            Message("system", f"You are a helpful assistant. The {label} of the user is {value}.")
        ]
    return Conversation(
        "memory", [*messages, Message("user", capital(asked)), Message("assistant", value)]
    )
