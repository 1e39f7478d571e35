"""What no grammar says of a JSON text, seen to beside the engine: that items of an array differ.

    text = compilers.emit(compilers.unwatched(grammar), "llguidance")
    follower = Follower(Places(grammar))        # of a reply, which an engine holds to that text
    follower.allows(b'["a", "a"')               # whether these bytes may come next
    follower.feed(b'["a"')                      # False: they may not

An item that was there before may not be written again, and none may be begun that could only become
one of those: so a reply that was let pass can always be ended. For that the texts of a language are
counted that go on from where an item stands (counts.py), and among them the spellings of those that
are used up (used.py); of arrays and objects is known whether more can be added to them (room.py).

    asked.py      what is asked at a place: Watch, Distinct
    watcher.py    one JSON text as it comes: Watcher
    within.py     where such texts stand in a reply: Places, Follower
"""

from compilers.watch.asked import (
    MAX_ITEMS,
    UNIQUE,
    Distinct,
    Watch,
    beside,
    unwatched,
    watched_at,
    watching,
)
from compilers.watch.counts import Counts
from compilers.watch.used import Spelling
from compilers.watch.watcher import RISKS, Watcher

__all__ = [
    "MAX_ITEMS",
    "RISKS",
    "UNIQUE",
    "Counts",
    "Distinct",
    "Spelling",
    "Watch",
    "Watcher",
    "beside",
    "unwatched",
    "watched_at",
    "watching",
]
