"""What a plugin author imports, in one place."""

from vlitq.format import Format, FormatError
from vlitq.hookspecs import ModelFamily, hookimpl
from vlitq.images import Thumbnail
from vlitq.measure import Measure, Subset, Text
from vlitq.node import (
    Columns,
    Content,
    CorpusFeature,
    CorpusScorer,
    Encoder,
    Feature,
    Need,
    Precision,
    Ragged,
    Runtime,
    Samples,
    SampleScorer,
    Scorer,
    Unavailable,
    View,
    Weights,
)
from vlitq.roles import ModelRole, model_role
from vlitq.sample import Exchange, ImageRef, Problem, Row, Sample, Span, Turn
from vlitq.schema import Array, Axis, Column, ContractError, Direction, DType, Status
from vlitq.selector import Choice, Pool, Selector

__all__ = [
    "Array",
    "Axis",
    "Choice",
    "Column",
    "Columns",
    "Content",
    "ContractError",
    "CorpusFeature",
    "CorpusScorer",
    "DType",
    "Direction",
    "Encoder",
    "Exchange",
    "Feature",
    "Format",
    "FormatError",
    "ImageRef",
    "Measure",
    "ModelFamily",
    "ModelRole",
    "Need",
    "Pool",
    "Precision",
    "Problem",
    "Ragged",
    "Row",
    "Runtime",
    "Sample",
    "SampleScorer",
    "Samples",
    "Scorer",
    "Selector",
    "Span",
    "Status",
    "Subset",
    "Text",
    "Thumbnail",
    "Turn",
    "Unavailable",
    "View",
    "Weights",
    "hookimpl",
    "model_role",
]
