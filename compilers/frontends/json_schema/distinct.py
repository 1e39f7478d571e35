"""uniqueItems where items are not listed: what is seen to beside the engine (compilers.watch).

It can be if a reply never comes to where nothing may follow: of scalars it is counted how many are
left, and of arrays and objects whether there is room for more.
"""

from compilers.frontends.json_schema import spelling
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.items import items_at, refused
from compilers.frontends.json_schema.rooms import Rooms
from compilers.frontends.json_schema.shapes import ArrayShape, item_at
from compilers.watch import MAX_ITEMS, Distinct


def distinct(expander: Expander, shape: ArrayShape) -> Distinct | None:
    """The items of an array whose items must differ; None: there are not so many as there must be.

    Raises Unsupported where that cannot be seen to.
    """
    where, wanted = shape.unique, item_at(shape.items, 0)
    if shape.low > MAX_ITEMS:
        raise refused(where, f"at most {MAX_ITEMS} items")
    items = items_at(expander, wanted, where)
    if not items.are_enough(shape.low):
        return None
    room = Rooms(expander, where).of(wanted)
    return Distinct(where, items.texts, items.counts, items.quoted, spelling.ways, room)
