"""Makes room on a page that has become too large: the last pictures are left out, and each place says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vlitq.report.blocks import Block, Card, Cards, Group, Picture, Section

NO_ROOM = "left out: the page holds as many pictures as it may"


class Room:
    """Leaves out pictures, from the end of the page, until `excess` bytes are saved.

    left_out: how many pictures are left out so far.
    """

    def __init__(self, excess: int) -> None:
        self._excess = excess
        self.left_out = 0

    def sections(self, sections: Sequence[Section]) -> list[Section]:
        """The sections with fewer pictures."""
        return [replace(one, blocks=self._blocks(one.blocks)) for one in sections[::-1]][::-1]

    def _blocks(self, blocks: Sequence[Block]) -> list[Block]:
        return [self._block(one) for one in blocks[::-1]][::-1]

    def _block(self, block: Block) -> Block:
        match block:
            case Cards():
                return replace(block, cards=[self._card(one) for one in block.cards[::-1]][::-1])
            case Group():
                inner = self._blocks(block.blocks)
                return replace(block, blocks=[one for one in inner if not isinstance(one, Group)])
            case _:
                return block

    def _card(self, card: Card) -> Card:
        return replace(card, pictures=tuple([self._picture(one) for one in card.pictures[::-1]][::-1]))

    def _picture(self, picture: Picture) -> Picture:
        if self._excess <= 0 or not picture.url:
            return picture
        self._excess -= len(picture.url) - 2 * len(NO_ROOM)
        self.left_out += 1
        return replace(picture, url="", problem=NO_ROOM)
