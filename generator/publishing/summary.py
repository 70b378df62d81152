"""What a run is about to publish beside what it published before, and whether the step between the two is credible."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.errors import BuildError, DataError
from generator.sources.atomic import write_atomic, writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADLINES = (
    "correlation.pearson.daily.63",
    "correlation.pearson.daily.252",
    "correlation.pearson.daily.all",
    "levels.pearson.252",
    "levels.null_share.252",
    "partial.market.252",
    "rates.beta.dgs2.a.252",
    "rates.beta.dgs2.b.252",
    "fomc.beta.dgs2.a",
    "fomc.beta.dgs2.b",
    "fomc.tandem.difference",
    "spells.current",
    "since.a.return",
    "since.b.return",
    "since.correlation",
)
FOLDER = "published"
"""Folder of the store with the headline numbers of every run, one file per state of data and code."""
FORMAT_VERSION = 1
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError)
"""What reading a file raises that holds anything at all."""
JUMP_DAYS = 14
"""A longer time between two runs explains a move by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One headline number or verdict, before and now, as text; `jump` where the step is not credible."""

    pair: str
    name: str
    before: str
    now: str
    jump: str = ""


def read_published(site: Path) -> dict[str, Any]:
    """Return the headline numbers and verdicts of a built site, by pair.

    Raises
    ------
    BuildError
        A findings file is missing or cannot be read.
    """
    pairs: dict[str, Any] = {}
    first: Mapping[str, Any] = {}
    for path in sorted(site.glob("data/*/findings.json")):
        try:
            body = json.loads(path.read_bytes())
            numbers, verdicts = body["numbers"], body["verdicts"]
            first = first or {key: body[key] for key in ("as_of", "data", "degraded", "data_sha256", "code_version")}
            pairs[path.parent.name] = {
                "numbers": {name: numbers[name] for name in HEADLINES if name in numbers},
                "verdicts": {slug: verdict["verdict"] for slug, verdict in sorted(verdicts.items())},
            }
            _require({"format_version": FORMAT_VERSION, **first, "pairs": pairs})
        except UNREADABLE as error:
            raise BuildError(
                f"{path.name} of {path.parent.name}: cannot be read ({_reason(error)}); build the site again"
            ) from error
    if not pairs:
        raise BuildError(f"{site.name}/data: holds no findings.json; the site is not complete, build it again")
    return {"format_version": FORMAT_VERSION, **first, "pairs": pairs}


def _require(body: Any) -> None:  # noqa: ANN401 - any JSON value
    """Raise ValueError or KeyError for numbers of a run that are not what `write_record` writes."""
    if not isinstance(body, dict) or body["format_version"] != FORMAT_VERSION:
        raise ValueError("another format")
    if date.fromisoformat(body["as_of"]).isoformat() != body["as_of"]:
        raise ValueError("as_of")
    for key, pattern in (("data", r"[a-z]+"), ("data_sha256", r"[0-9a-f]{64}"), ("code_version", r"[0-9A-Za-z.+_-]+")):
        if not re.fullmatch(pattern, body[key]):
            raise ValueError(key)
    if not isinstance(body["degraded"], list) or not all(isinstance(text, str) for text in body["degraded"]):
        raise ValueError("degraded")
    for pair in body["pairs"].values():
        if not all(isinstance(verdict, str) for verdict in pair["verdicts"].values()):
            raise ValueError("verdicts")
        for name, number in pair["numbers"].items():
            if not _is_number(number):
                raise ValueError(str(name))


def _is_number(number: Mapping[str, Any]) -> bool:
    """Return whether this is a published number: a value with its sample, or the reason why there is none."""
    if "unavailable" in number:
        return isinstance(number["unavailable"], str)
    ends = (number.get("lower"), number.get("upper"))
    values = (number["value"], *(ends if ends != (None, None) else ()))
    finite = all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in values)
    return finite and isinstance(number["nobs"], int)


def _reason(error: Exception) -> str:
    """Return a few plain words; what stands in the file may hold anything."""
    return ascii(str(error)[:60]).strip("'") or type(error).__name__


def record_name(published: Mapping[str, Any]) -> str:
    """Return the file name of these numbers: the same data and code give the same name, and so no second file."""
    return f"{published['as_of']}_{published['data_sha256'][:12]}_{published['code_version']}.json"


def previous(store: Path, published: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the numbers of the newest earlier run on data of the same kind, None where there is none."""
    records = []
    for path in sorted((store / FOLDER).glob("*.json")):
        try:
            body = json.loads(path.read_bytes())
            _require(body)
        except UNREADABLE as error:
            raise DataError(
                f"store/{FOLDER}/{path.name}: cannot be read ({_reason(error)}); restore it from the data branch"
            ) from error
        known = body["as_of"] <= published["as_of"] and body["data"] == published["data"]
        if known and path.name != record_name(published):
            records.append(body)
    return max(records, key=lambda body: str(body["as_of"])) if records else None


def write_record(store: Path, published: Mapping[str, Any]) -> Path:
    """Write the numbers into the store and return the file."""
    path = store / FOLDER / record_name(published)
    text = json.dumps(published, indent=1, sort_keys=True, allow_nan=False) + "\n"
    with writing("the record of the run"):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text.encode())
    return path


def compare(published: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[Row]:
    """Return every headline number and verdict beside its previous value.

    A jump is a number outside its previous interval although at most 14 days of new data came in, or one that changed
    although data and code are the same.
    """
    earlier: Mapping[str, Any] = {} if before is None else before["pairs"]
    rows = []
    for pair, now in published["pairs"].items():
        old = earlier.get(pair, {"numbers": {}, "verdicts": {}})
        for name, number in now["numbers"].items():
            reason = "" if before is None else _jump(number, old["numbers"].get(name), published, before)
            rows.append(
                Row(pair=pair, name=name, before=_text(old["numbers"].get(name)), now=_text(number), jump=reason)
            )
        rows += [
            Row(pair=pair, name=f"verdict: {slug}", before=old["verdicts"].get(slug, "–"), now=verdict)
            for slug, verdict in now["verdicts"].items()
        ]
    return rows


def _jump(
    number: Mapping[str, Any], old: Mapping[str, Any] | None, published: Mapping[str, Any], before: Mapping[str, Any]
) -> str:
    """Return why the step from `old` to `number` is not credible, or nothing."""
    if old is None or "unavailable" in old or "unavailable" in number:
        return ""
    same = all(published[key] == before[key] for key in ("as_of", "data_sha256", "code_version"))
    if same and number["value"] != old["value"]:
        return "same data and code, another number"
    days = (date.fromisoformat(published["as_of"]) - date.fromisoformat(before["as_of"])).days
    if old.get("lower") is None or days > JUMP_DAYS:
        return ""
    if not old["lower"] <= number["value"] <= old["upper"]:
        return f"outside the interval of {days} days before"
    return ""


def markdown(published: Mapping[str, Any], rows: list[Row]) -> str:
    """Return the summary of a run as Markdown."""
    lines = [
        f"## Data through {_cell(published['as_of'])} ({_cell(published['data'])})",
        "",
        f"Code {_cell(published['code_version'])}, data {_cell(published['data_sha256'][:12])}.",
        "",
        *(f"- Degraded: {_cell(sentence)}" for sentence in published["degraded"]),
        "",
        "| pair | number | before | now | |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = (row.pair, row.name, row.before, row.now, row.jump or ("changed" if row.before != row.now else ""))
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _text(number: Mapping[str, Any] | None) -> str:
    """Return a number with its interval for the run's summary; the site rounds on its own."""
    if number is None:
        return "–"
    if "unavailable" in number:
        return f"not available: {number['unavailable']}"
    text = f"{number['value']:.4g}"
    if number.get("lower") is None:
        return f"{text} (n = {number['nobs']})"
    return f"{text} ({number['lower']:.4g} to {number['upper']:.4g}, n = {number['nobs']})"


def _cell(text: object) -> str:
    """Return text that stays inside one cell and is read as text."""
    plain = " ".join(str(text).split())
    return "".join(f"&#{ord(c)};" if c in "|<>&`*_[]\\#!" else c for c in plain)
