"""Reads the command line, runs a command, and turns what goes wrong into one line and an exit status."""

from __future__ import annotations

import argparse
import errno
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module

from vlitq.errors import VlitqError

OK, FAILED, TOO_MANY_UNSCORED, STOPPED = 0, 2, 3, 130
SCORE = "vlitq.cli.score:score"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

EXIT_STATUS = """exit status: 0 done; 2 not done, the message says why; 3 done, but more rows than
--max-unscored have no score; 130 stopped by the keyboard"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = parser().parse_args(arguments)
    warnings.showwarning = _warn  # type: ignore[assignment]  # it takes all that a warning comes with
    module, _, function = options.run.partition(":")
    try:
        status: int = getattr(import_module(module), function)(options)
    except KeyboardInterrupt:
        return _complain(f"stopped.{_goes_on(options)}", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, as `head` does
        return OK
    except OSError as error:
        return _complain(_of_system(error) + (_goes_on(options) if error.errno in NO_ROOM else ""), FAILED)
    except VlitqError as error:
        return _complain(str(error), FAILED)
    return status


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="vlitq",
        description="Scores vision-language instruction-tuning data and selects the part worth training on.",
        epilog=EXIT_STATUS,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _score(commands.add_parser("score", help="score a dataset into a run folder", epilog=EXIT_STATUS))
    _select(commands.add_parser("select", help="select a subset of a scored dataset"))
    _explain(commands.add_parser("explain", help="say what is known of one sample, and why it was kept or dropped"))
    _mark(commands.add_parser("mark", help="mark samples keep or drop: `select` takes or leaves them"))
    _compare(commands.add_parser("compare", help="selections of a run beside random ones and the whole run"))
    _report(commands.add_parser("report", help="write what a run found, and what selections did, as one HTML page"))
    _view(commands.add_parser("view", help="look at a run's samples, mark them and try selections, in a browser"))
    _relocate(commands.add_parser("relocate", help="say where the dataset of a run is now, after it has been moved"))
    _calibrate(commands.add_parser("calibrate", help="make quantiles of reference runs, or read a run by them"))
    _listing(commands.add_parser("scorers", help="list scorers, or show one"), "scorers", "show", "what one means")
    _listing(
        commands.add_parser("methods", help="list selection methods, or show one"), "methods", "show", "what it does"
    )
    _listing(
        commands.add_parser("plugins", help="list plugins, or check one"), "plugins", "check", "hold it to the laws"
    )
    _plain(commands.add_parser("doctor", help="say what this environment can run"), "vlitq.cli.doctor:doctor")
    demo = commands.add_parser("demo", help="write a small dataset with planted faults, score it, select from it")
    demo.add_argument("folder", metavar="DIR", nargs="?", default="demo", help="where to (default: demo)")
    _plain(demo, "vlitq.cli.demo:demo")
    return top


def _score(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("data", metavar="DATA", help="LLaVA JSON or JSON lines, or chat messages")
    add("--images", metavar="DIR", help="the folder image paths start from (default: the folder of DATA)")
    add("--out", metavar="RUN", required=True, help="the run folder; one of the same dataset is added to")
    add("--recipe", metavar="NAME|FILE", help="scorers, parameters and models by name or TOML file (default: default)")
    add("--scorers", metavar="a,b", type=_names, help="the scorers to run (default: the recipe's)")
    add("--models", metavar="MODEL", nargs="+", help="embedded, or models as ARCHITECTURE/TAG, ARCHITECTURE/FILE, or a "
        "sentence-transformers id or folder (default: the recipe's, else embedded)")  # fmt: skip
    add("--device", default="auto", help="auto, cpu, cuda or cuda:1 and so on (default: auto)")
    add("--precision", default="auto", choices=["auto", "fp32", "bf16", "fp16"], help="of the models (default: auto: "
        "fp32 on a CPU, fp16 on a GPU); part of a score's identity")  # fmt: skip
    add("--batch-size", metavar="N", type=_batch_size, default="auto", help="items a forward pass (default: auto)")
    add(
        "--workers",
        metavar="N",
        type=_positive,
        help="threads, or processes if no model is needed (default: one a core)",
    )
    add("--limit", metavar="N", type=_positive, help="score the first N rows only")
    add("--max-unscored", metavar="PCT", type=float, default=5.0, help="exit with 3 when more per cent of the rows "
        "could not be scored fully (default: 5)")  # fmt: skip
    add("--calibration", metavar="FILE", help="quantiles of a reference set, of `vlitq calibrate`: adds percentiles")
    add("--cache", metavar="DIR", help="where vectors are kept between runs (default: $VLITQ_CACHE or ~/.cache/vlitq)")
    add("--no-cache", action="store_true", help="keep no vectors between runs")
    _plain(command, SCORE)


def _select(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("data", metavar="RUN", help="a run folder")
    add("--out", metavar="FILE", required=True, help="the subset, in the format of the dataset")
    add("--recipe", metavar="NAME|FILE", help="a selection by name or TOML file (default: the one scored with)")
    add("--budget", metavar="20%|N", help="share or number of rows (or of --unit) to keep")
    add("--unit", choices=["rows", "tokens", "images"], help="what the budget counts (default: rows)")
    add("--method", metavar="NAME", help="how to choose: `vlitq methods list` (default: top)")
    add("--by", metavar="EXPR", help="what to rank by: columns, weighted sums, or min, product, rrf, pareto or votes "
        "of several; --by=-COLUMN for low values first")  # fmt: skip
    add("--gate", metavar="COND", action="append", dest="gates", help="a condition to meet: 'a.b >= 0.2'; repeatable")
    add("--stratify", metavar="COLUMN", help="rank within the strata of a column, or of source")
    add("--quota", metavar="HOW", help="share the budget among the strata: proportional, sqrt, equal, or the A of "
        "size^A; the method spends each share")  # fmt: skip
    add("--one-per", metavar="COLUMN", help="of rows that share a value, duplicates.group say, keep the best ranked")
    add("--missing", choices=["drop", "last", "middle"], help="rows without a score they should have")
    add("--option", metavar="NAME=VALUE", action="append", dest="options", help="an option of the method; repeatable")
    add("--seed", metavar="N", type=int, help="of methods that draw (default: 0)")
    add("--ignore-labels", action="store_true", default=None, help="leave what people marked out of account")
    _plain(command, "vlitq.cli.select:select")


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("data", metavar="RUN", help="a run folder")
    command.add_argument("id", metavar="ID", help="the id of a sample, or '#N' for row N (a shell needs the quotes)")
    _plain(command, "vlitq.cli.explain:explain")


def _mark(command: argparse.ArgumentParser) -> None:
    command.add_argument("data", metavar="RUN", help="a run folder")
    command.add_argument("ids", metavar="ID", nargs="+", help="ids of samples, or '#N' for row N")
    command.add_argument("label", metavar="keep|drop|none", choices=["keep", "drop", "none"], help="none takes it back")
    _plain(command, "vlitq.cli.mark:mark")


def _compare(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("selections", metavar="SELECTION|RUN", nargs="+", help="subsets that `vlitq select` wrote of one run; or the "
        "run, for all of them")  # fmt: skip
    add("--stratify", metavar="COLUMN", default="source", help="what each keeps of the strata of a column, and what "
        "the stratified control is drawn by (default: source)")  # fmt: skip
    add("--seeds", metavar="N", type=_positive, default=3, help="draws of each control (default: 3)")
    add("--measures", metavar="a,b", type=_names, help="the measures of whole sets to take (default: all there are)")
    add("--out", metavar="FILE", help="write it to a .md or .csv file")
    _plain(command, "vlitq.cli.compare:compare")


def _view(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("data", metavar="RUN", help="a run folder")
    add("--port", metavar="N", type=int, default=0, help="of 127.0.0.1, the only address served (default: a free one)")
    add("--open", action="store_true", help="open the page in the browser")
    command.set_defaults(run="vlitq.cli.view:view")


def _report(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("data", metavar="RUN", help="a run folder")
    add("--selection", metavar="FILE", action="append", dest="selections", help="a subset that `vlitq select` wrote of "
        "it; repeatable (default: the three newest that still stand)")  # fmt: skip
    add("--stratify", metavar="COLUMN", default="source", help="the column whose strata are told apart (default: "
        "source)")  # fmt: skip
    add("--out", metavar="FILE", default="report.html", help="the page (default: report.html)")
    add("--png", metavar="DIR", help="write every chart as a PNG too, into this folder")
    _plain(command, "vlitq.cli.report:report")


def _relocate(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("run_folder", metavar="RUN", help="a run folder")
    add("--data", metavar="FILE", required=True, help="the dataset that was scored, byte for byte")
    add("--images", metavar="DIR", help="the folder image paths start from (default: where it lay beside the dataset "
        "before)")  # fmt: skip
    _plain(command, "vlitq.cli.relocate:relocate")


def _calibrate(command: argparse.ArgumentParser) -> None:
    command.add_argument("runs", metavar="RUN", nargs="+", help="run folders")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", metavar="FILE", help="write the quantiles of their columns")
    what.add_argument("--with", metavar="FILE", dest="calibration", help="have the run carry these quantiles, and "
        "say which columns lie elsewhere")  # fmt: skip
    _plain(command, "vlitq.cli.calibrate:calibrate")


def _listing(command: argparse.ArgumentParser, things: str, verb: str, help_text: str) -> None:
    _plain(command, f"vlitq.cli.{things}:list_{things}")
    verbs = command.add_subparsers(metavar="COMMAND")
    _plain(verbs.add_parser("list", help=f"the {things} there are (default)"), f"vlitq.cli.{things}:list_{things}")
    one = verbs.add_parser(verb, help=help_text)
    one.add_argument("name", metavar="NAME")
    if things == "scorers":
        one.add_argument("--plot", metavar="RUN", help="draw its columns in a run, a PNG file each")
        one.add_argument("--out", metavar="DIR", help="the folder they go to (default: plots); files there of the same "
            "names are written over")  # fmt: skip
    _plain(one, f"vlitq.cli.{things}:{verb}")


def _plain(command: argparse.ArgumentParser, run: str) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=run)


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError("names, with commas between")
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _batch_size(text: str) -> int | str:
    return text if text == "auto" else _positive(text)


def _of_system(error: OSError) -> str:
    """What the system refused, by the file it is about."""
    file = error.filename2 or error.filename
    match error:
        case FileExistsError() | NotADirectoryError() if file:
            return f"{file} is a file, where a folder is needed"
        case IsADirectoryError() if file:
            return f"{file} is a folder, where a file is needed"
        case PermissionError() if file:
            return f"{file} may not be read or written by this user"
    about = f"{file}: " if file else ""
    way_out = ". Free some space" if error.errno in NO_ROOM else ""
    return f"{about}{error.strerror or error}{way_out}."


def _goes_on(options: argparse.Namespace) -> str:
    """What scoring leaves behind counts; all else begins anew, in seconds."""
    return " The same command goes on where it stopped" if options.run == SCORE else ""


def _complain(message: str, status: int) -> int:
    print(f"vlitq: {message}", file=sys.stderr)
    return status


def _warn(message: Warning | str, *_: object) -> None:
    """A warning as one line; where in the code it was given helps nobody at a command line."""
    print(f"vlitq: {message}", file=sys.stderr)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"vlitq {version('vlitq')}")
        parser.exit()
