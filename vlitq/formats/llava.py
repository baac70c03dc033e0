"""LLaVA's schema: `conversations` of `from` and `value`, and an `image`."""

from __future__ import annotations

from vlitq.formats.json_format import Dialogue, JsonFormat
from vlitq.formats.record import Fields, image_paths, turn


class Llava(JsonFormat):
    """LLaVA's training data: `{"id", "image", "conversations": [{"from": "human", "value": "<image>\\n..."}, ...]}`.

    `image` is a path or a list of them, and absent where there is only text. Every image needs its marker, as
    LLaVA's training code expects.
    """

    name = "llava"
    turns_field = "conversations"

    def dialogue(self, record: Fields) -> Dialogue:
        """The turns and images of a record. Raises `Malformed`."""
        entries = enumerate(self.turns_of(record), 1)
        turns = tuple([turn(number, entry.get("from"), entry.get("value")) for number, entry in entries])
        return Dialogue(turns, image_paths(record))
