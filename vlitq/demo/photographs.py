"""The photographs that installed packages carry, whole and in part, and the conversations written about them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from vlitq.demo.conversations import Draft, Material, draft, exchanges_of, read_entries
from vlitq.node import Unavailable

LONGEST_SIDE = 512  # pixels; what the embedded models look at is smaller still


@dataclass(frozen=True)
class Photograph:
    """A file in the folder of an installed package, and the part of it that is shown (left, top, right, bottom)."""

    package: str
    file: str
    box: tuple[int, int, int, int] | None = None


def _skimage(file: str, *box: int) -> Photograph:
    return _photograph("skimage", f"data/{file}", box)


def _sklearn(file: str, *box: int) -> Photograph:
    return _photograph("sklearn", f"datasets/images/{file}", box)


def _photograph(package: str, file: str, box: tuple[int, ...]) -> Photograph:
    left, top, right, bottom = box or (0, 0, 0, 0)
    return Photograph(package, file, (left, top, right, bottom) if box else None)


PHOTOGRAPHS = {
    "astronaut": _skimage("astronaut.png"),
    "astronaut_face": _skimage("astronaut.png", 120, 0, 330, 260),
    "astronaut_patch": _skimage("astronaut.png", 90, 330, 360, 512),
    "astronaut_shuttle": _skimage("astronaut.png", 290, 0, 512, 300),
    "brick": _skimage("brick.png"),
    "camera": _skimage("camera.png"),
    "camera_head": _skimage("camera.png", 100, 40, 360, 300),
    "camera_skyline": _skimage("camera.png", 300, 80, 512, 300),
    "chelsea": _skimage("chelsea.png"),
    "chelsea_eye": _skimage("chelsea.png", 110, 60, 260, 190),
    "chelsea_nose": _skimage("chelsea.png", 190, 130, 370, 300),
    "coffee": _skimage("coffee.png"),
    "coffee_cup": _skimage("coffee.png", 150, 0, 430, 230),
    "coffee_spoon": _skimage("coffee.png", 270, 190, 470, 360),
    "coin": _skimage("coins.png", 300, 0, 384, 90),
    "coins": _skimage("coins.png"),
    "coins_row": _skimage("coins.png", 0, 200, 384, 303),
    "colours": _skimage("color.png"),
    "flower": _sklearn("flower.jpg"),
    "flower_heart": _sklearn("flower.jpg", 180, 80, 450, 350),
    "grass": _skimage("grass.png"),
    "gravel": _skimage("gravel.png"),
    "handwriting": _skimage("text.png"),
    "horse": _skimage("horse.png"),
    "horse_head": _skimage("horse.png", 220, 0, 400, 200),
    "hubble": _skimage("hubble_deep_field.jpg"),
    "hubble_corner": _skimage("hubble_deep_field.jpg", 620, 350, 1000, 620),
    "moon": _skimage("moon.png"),
    "moon_crater": _skimage("moon.png", 60, 40, 200, 180),
    "motorcycle": _skimage("motorcycle_left.png"),
    "motorcycle_engine": _skimage("motorcycle_left.png", 280, 210, 540, 430),
    "motorcycle_right": _skimage("motorcycle_right.png"),
    "motorcycle_shelf": _skimage("motorcycle_left.png", 330, 0, 741, 260),
    "motorcycle_wheel": _skimage("motorcycle_left.png", 480, 200, 741, 500),
    "page": _skimage("page.png"),
    "retina": _skimage("retina.jpg"),
    "retina_disc": _skimage("retina.jpg", 40, 450, 440, 850),
    "rocket": _skimage("rocket.jpg"),
    "rocket_base": _skimage("rocket.jpg", 60, 300, 500, 427),
    "rocket_body": _skimage("rocket.jpg", 260, 100, 390, 420),
    "temple": _sklearn("china.jpg"),
    "temple_lake": _sklearn("china.jpg", 320, 180, 640, 427),
    "temple_roof": _sklearn("china.jpg", 120, 0, 360, 230),
    "tissue": _skimage("ihc.png"),
}


def photographs() -> Material:
    """The photographs, at most 512 pixels long, and what is said about them.

    Raises `Unavailable` when a package that carries them is missing.
    """
    drafts = [_draft(entry["images"], entry) for entry in read_entries("photographs.json")]
    return Material({f"{name}.jpg": load(photo) for name, photo in PHOTOGRAPHS.items()}, drafts)


def _draft(names: list[str], entry: dict[str, list[str]]) -> Draft:
    return draft("photographs", tuple(f"{name}.jpg" for name in names), *exchanges_of(entry))


def load(photo: Photograph) -> Image.Image:
    """The picture in RGB, what is transparent on white, shrunk to `LONGEST_SIDE`."""
    path = _folder(photo.package) / photo.file
    if not path.is_file():
        raise Unavailable(f"the demo's photograph {path} is missing: pip install --force-reinstall 'vlitq[demo]'")
    with Image.open(path) as file:
        rgba = file.convert("RGBA").crop(photo.box or (0, 0, *file.size))
    opaque = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    opaque.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return opaque


def _folder(package: str) -> Path:
    # The package is found, not imported: importing scikit-learn takes a second.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable(f"the demo shows photographs of {package}, which is not installed: pip install 'vlitq[demo]'")
    return Path(spec.origin).parent
