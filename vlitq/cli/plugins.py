"""`vlitq plugins list` and `vlitq plugins check NAME`: who takes part, who is broken, and who obeys the laws."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from vlitq.cli.main import FAILED, OK
from vlitq.errors import VlitqError
from vlitq.host import Host, Plugin
from vlitq.testing import check_laws


def list_plugins(options: argparse.Namespace) -> int:
    """A line a plugin, broken and disabled ones with their cause."""
    plugins = Host().plugins
    if options.json:
        print(json.dumps([asdict(plugin) for plugin in plugins]))
        return OK
    wide = max((len(plugin.name) for plugin in plugins), default=0)
    for plugin in plugins:
        offers = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in plugin.offers.items())
        print(
            f"{plugin.status:9} {plugin.name:{wide}} {plugin.distribution} {plugin.version}  {offers or plugin.cause}"
        )
    return OK


def check(options: argparse.Namespace) -> int:
    """Hold every scorer of a plugin to the laws; 2 when one breaks."""
    host = Host()
    plugins = [p for p in host.plugins if options.name in (p.name, p.distribution)]
    if not plugins:
        known = ", ".join(sorted({p.name for p in host.plugins}))
        raise VlitqError(f"no plugin {options.name!r}; there are: {known}")
    verdicts = [_verdict(host, plugin, name) for plugin in plugins for name in plugin.offers.get("scorers", ())]
    broken = [p for p in plugins if p.status == "broken"]
    fine = not broken and all(law["holds"] for verdict in verdicts for law in verdict["laws"])
    if options.json:
        print(json.dumps({"holds": fine, "plugins": [asdict(p) for p in plugins], "scorers": verdicts}))
        return OK if fine else FAILED
    for plugin in broken:
        print(f"{plugin.label} is broken: {plugin.cause}")
    for verdict in verdicts:
        print(f"{verdict['scorer']}, of {verdict['plugin']}")
        for law in verdict["laws"]:
            print(
                f"  {'holds ' if law['holds'] else 'BROKEN'}  {law['law']}"
                + (f": {law['detail']}" if not law["holds"] else "")
            )
    if not verdicts and not broken:
        print("no scorers here: the laws speak of scorers")
    return OK if fine else FAILED


def _verdict(host: Host, plugin: Plugin, name: str) -> dict[str, Any]:
    laws = [asdict(verdict) for verdict in check_laws(host.scorer(name))]
    return {"scorer": name, "plugin": plugin.label, "laws": laws}
