"""Values: dataclasses with slots that nobody changes.

What compiles makes little but such values, and a frozen dataclass of the library takes two to five
times as long to make as a plain one. So it is the type checker that holds these frozen; at run time
nothing stands in the way.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots, to be compared and hashed by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
