"""Perceptual hashes against imagededup's, image statistics against CleanVision's: images a second, the same files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_data import pairs, write_jpegs, write_llava
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.rivals import ours
from benchmarks.timing import CACHE, SHARED_DATA, fresh_folder, run, seconds
from vlitq.images import Thumbnail
from vlitq.node import Encoder, Feature, Runtime

ENVIRONMENT = CACHE / "rivals" / "image-checks"
PACKAGES = ("cleanvision==0.3.7", "imagededup==0.3.3.post2")
SCRIPT = Path(__file__).with_name("image_rivals.py")
TITLE = "Perceptual hashes and image statistics"
CORES, BATCH = 2, 32
TIMES_FASTER = 4.0
DEDUP, VISION = "imagededup", "CleanVision"
WORKS = {  # what is compared, and with whom
    "pHash": ("phash", DEDUP),
    "dHash": ("dhash", DEDUP),
    "statistics": ("checks", VISION),
    "pHash and statistics": ("both", f"{DEDUP} and {VISION}"),
}
REST = {"bare decode": "decode", "vlitq score, whole command": "command"}
NOTES = (
    "Images a second, each program in its own interpreter, from file names to values, imports left out. imagededup and "
    f"CleanVision run with 1 and with {CORES} processes, and the faster of the two counts; vlitq runs {CORES} threads. "
    "The rounds alternate.",
    "Bare decode: the thumbnail in colour alone, by the same threads. JPEG's entropy coding has to be undone at every "
    "size: it is most of the time. The hashes decode the luma alone.",
    "pHash and statistics: vlitq in one run, the others' time added.",
    "imagededup: PHash and DHash encode_images. CleanVision: find_issues with its seven checks of single images. "
    "Whole command: `vlitq score --scorers image_quality`, from start to end, an image a row, with an empty cache.",
    "vlitq measures on thumbnails whose shorter side is at least 128 pixels, and the others on all pixels.",
)


@dataclass(frozen=True)
class Images:
    """A folder of images, and the names in it."""

    label: str
    folder: Path
    names: Sequence[str]


@dataclass(frozen=True)
class Took:
    """Seconds by the wall clock and on the processors that a work took over all images."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Round:
    """What each work took, ours and theirs; the whole command's among ours."""

    ours: dict[str, Took]
    theirs: dict[str, Took]

    def ratio(self, work: str) -> float:
        """Their seconds by ours."""
        return self.theirs[work].wall / self.ours[work].wall


def missing() -> str:
    """Why the rivals cannot run here; empty when they can."""
    if (ENVIRONMENT / "bin" / "python").exists():
        return ""
    return "imagededup and CleanVision are not installed; run `python -m benchmarks.rivals.setup`"


def benchmark(quick: bool) -> Result:
    """Rates on each set of images, and vlitq's by the others'."""
    if why := missing():
        return Result("rivals.image_checks", TITLE, could_not_run=why, quick=quick)
    figures: list[Figure] = []
    claims: list[Claim] = []
    with fresh_folder() as folder:
        for images in _sets(folder, 40 if quick else 120):
            _vlitq(images)  # what is loaded once, and the files into the system's cache
            rounds = [_round(images, folder / f"{images.label}-{i}") for i in range(1 if quick else 3)]
            figures += _figures(images, rounds)
            claims += _claims(images, rounds)
    return Result("rivals.image_checks", TITLE, tuple(figures), tuple(claims), NOTES, quick=quick)


def _sets(folder: Path, made: int) -> Iterator[Images]:
    for name in ("owleval", "photos"):
        shared = SHARED_DATA / name / "images"
        if shared.exists():
            yield Images(name, shared.resolve(), sorted(path.name for path in shared.iterdir()))
    yield Images("made 1600 × 1200", folder / "made", write_jpegs(folder / "made", made, (1600, 1200)))


def _round(images: Images, folder: Path) -> Round:
    theirs = [_rivals(images, workers) for workers in (1, CORES)]
    best = {work: min((took[work] for took in theirs), key=lambda took: took.wall) for work in theirs[0]}
    return Round(_vlitq(images) | {"command": _command(images, folder)}, best)


def _rivals(images: Images, workers: int) -> dict[str, Took]:
    finished = run([ENVIRONMENT / "bin" / "python", SCRIPT, images.folder, str(workers)])
    if finished.exit_code:
        raise RuntimeError(f"{SCRIPT.name} ended with {finished.exit_code}:\n{finished.output}")
    took = {work: Took(*spent) for work, spent in json.loads(finished.output.strip().splitlines()[-1]).items()}
    hashes, checks = took["phash"], took["checks"]
    return took | {"both": Took(hashes.wall + checks.wall, hashes.processor + checks.processor)}


def _vlitq(images: Images) -> dict[str, Took]:
    from vlitq_scorers.features.image_statistics import ImageStatistics
    from vlitq_scorers.features.perceptual_hash import PerceptualHash

    works: dict[str, tuple[Feature, ...]] = {
        "decode": (),
        "phash": (PerceptualHash(),),
        "dhash": (PerceptualHash("dhash"),),
        "checks": (ImageStatistics(),),
        "both": (PerceptualHash(), ImageStatistics()),
    }
    return {work: _timed(images, wanted) for work, wanted in works.items()}


def _timed(images: Images, features: Sequence[Feature]) -> Took:
    busy = time.process_time()
    wall = seconds(lambda: _computed(images, features))
    return Took(wall, time.process_time() - busy)


def _computed(images: Images, features: Sequence[Feature]) -> None:
    """As the engine does it: threads read, decode and prepare, and batches are encoded."""
    with ExitStack() as stack, ThreadPoolExecutor(CORES) as pool:
        encoders = [stack.enter_context(feature.open(Runtime(workers=CORES))) for feature in features]
        prepared = list(pool.map(lambda name: _prepared(images.folder / name, encoders), images.names))
        for number, encoder in enumerate(encoders):
            for at in range(0, len(prepared), BATCH):
                encoder.encode([item[number] for item in prepared[at : at + BATCH]])


def _prepared(path: Path, encoders: Sequence[Encoder]) -> list[object]:
    thumbnail = Thumbnail(path.read_bytes())
    if not encoders:
        thumbnail.picture  # noqa: B018  # decoding is the work
    return [encoder.prepare(thumbnail) for encoder in encoders]


def _command(images: Images, folder: Path) -> Took:
    folder.mkdir()
    data = write_llava(pairs(images.names), folder / "data.json")
    finished = ours.score(data, folder / "run", ["--images", images.folder, "--scorers", "image_quality"])
    if finished.exit_code:
        raise RuntimeError(f"vlitq ended with {finished.exit_code}:\n{finished.output}")
    return Took(finished.seconds, finished.cpu_seconds)


def _figures(images: Images, rounds: Sequence[Round]) -> Iterator[Figure]:
    count = len(images.names)
    for unit, rate in {
        "images/s": lambda took: count / took.wall,
        "processor ms an image": lambda took: 1000 * took.processor / count,
    }.items():
        for label, (work, rival) in WORKS.items():
            subjects = {
                "vlitq": Spread.of([rate(r.ours[work]) for r in rounds]),
                rival: Spread.of([rate(r.theirs[work]) for r in rounds]),
            }
            yield Figure(f"{images.label}: {label}", unit, subjects)
        rest = {label: Spread.of([rate(r.ours[work]) for r in rounds]) for label, work in REST.items()}
        yield Figure(f"{images.label}: floor and command", unit, rest)


def _claims(images: Images, rounds: Sequence[Round]) -> Iterator[Claim]:
    for label, (work, rival) in WORKS.items():
        ratio = Spread.of([r.ratio(work) for r in rounds])
        yield Claim(f"{images.label}: rate of vlitq's {label} by {rival}'s", "at least", TIMES_FASTER, ratio)
