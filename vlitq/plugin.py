"""What a plugin author imports, in one place."""

from vlitq.formats.contract import Format, FormatError
from vlitq.hookspecs import ModelFamily, hookimpl
from vlitq.node import (
    Content,
    CorpusFeature,
    CorpusScorer,
    Encoder,
    Feature,
    Precision,
    Ragged,
    Runtime,
    Samples,
    SampleScorer,
    Unavailable,
    View,
    Weights,
    model_role,
)
from vlitq.sample import ImageRef, Problem, Row, Sample, Span, Turn
from vlitq.schema import Array, Axis, Column, ContractError, Direction, DType, Status
from vlitq.selection.contract import Choice, Pool, Selector

__all__ = [
    "Array",
    "Axis",
    "Choice",
    "Column",
    "Content",
    "ContractError",
    "CorpusFeature",
    "CorpusScorer",
    "DType",
    "Direction",
    "Encoder",
    "Feature",
    "Format",
    "FormatError",
    "ImageRef",
    "ModelFamily",
    "Pool",
    "Precision",
    "Problem",
    "Ragged",
    "Row",
    "Runtime",
    "Sample",
    "SampleScorer",
    "Samples",
    "Selector",
    "Span",
    "Status",
    "Turn",
    "Unavailable",
    "View",
    "Weights",
    "hookimpl",
    "model_role",
]
