"""A place in a pattern."""

from compilers.errors import Malformed, Unsupported, caret


class Cursor:
    """The pattern that is read, up to `at`. Errors point there."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self._pattern)

    def peek(self, n: int = 1) -> str:
        """The next `n` letters, fewer at the end."""
        return self._pattern[self.at : self.at + n]

    def take(self) -> str:
        """The next letter. Malformed where there is none."""
        if self.done:
            raise self.malformed("ends too early")
        self.at += 1
        return self._pattern[self.at - 1]

    def skip(self, token: str) -> bool:
        """Whether `token` comes next; then it is passed over."""
        found = self._pattern.startswith(token, self.at)
        self.at += len(token) if found else 0
        return found

    def up_to(self, end: str) -> str | None:
        """What stands before the next `end`; None where none comes. Nothing is passed over."""
        found = self._pattern.find(end, self.at)
        return None if found < 0 else self._pattern[self.at : found]

    def hex(self, n: int) -> int:
        """The number that the next `n` letters write."""
        digits = self.peek(n)
        if n == 0 or len(digits) < n or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise self.malformed("hexadecimal digits expected")
        self.at += n
        return int(digits, 16)

    def malformed(self, message: str) -> Malformed:
        return Malformed(f"pattern: {message}\n{self._caret()}", kind="pattern: malformed")

    def unsupported(self, what: str) -> Unsupported:
        return Unsupported(f"pattern: {what}\n{self._caret()}", kind=f"pattern: {what}")

    def _caret(self) -> str:
        return caret(self._pattern, min(self.at, len(self._pattern)))
