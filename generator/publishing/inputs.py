"""What somebody outside may ask of a run: untrusted text → checked values, or one line that refuses it."""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.errors import TandemError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 4_000
DATA = ("fetch", "store", "sample")
FIELDS = ("as_of", "data", "pairs", "dry_run", "accept_jump")
SITE_URL = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One run, as it was asked for and checked.

    Parameters
    ----------
    as_of : date or None
        Last date known; None for the newest.
    data : {"fetch", "store", "sample"}
        Fetch first, use what is stored, or use the simulated sample.
    pairs : tuple of str
        Slugs to build; empty for all. Only in a dry run: a site without its other pairs would break their addresses.
    dry_run : bool
        Build and report, publish nothing.
    accept_jump : bool
        Publish although a headline number moved further than its old interval.
    site_url : str
        Address the site is published at.
    """

    as_of: date | None
    data: str
    pairs: tuple[str, ...]
    dry_run: bool
    accept_jump: bool
    site_url: str

    def lines(self) -> str:
        """Return ``name=value`` lines; every value is one of a fixed set, a date, slugs or a checked address."""
        values = {
            "as_of": "" if self.as_of is None else self.as_of.isoformat(),
            "data": self.data,
            "pairs": ",".join(self.pairs),
            "dry_run": str(self.dry_run).lower(),
            "accept_jump": str(self.accept_jump).lower(),
            "site_url": self.site_url,
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())


def read_inputs(environment: Mapping[str, str], config: Path) -> Inputs:
    """Return the checked inputs of a run.

    Parameters
    ----------
    environment : mapping
        ``INPUT_AS_OF`` and so on from the button, ``INPUT_PAYLOAD`` (JSON) from another program, ``SITE_URL`` from the
        repository's settings, ``GITHUB_REPOSITORY`` for the address a site has there by default.
    config : Path
        ``report.toml``, for the slugs of the pairs.

    Raises
    ------
    TandemError
        One line that names the field, shows the start of its value, and says what is allowed.
    """
    asked = _payload(environment.get("INPUT_PAYLOAD", ""))
    for field in FIELDS:
        value = environment.get(f"INPUT_{field.upper()}", "")
        if value:
            asked[field] = value
    for field, value in asked.items():
        if len(value) > MAX_BYTES:
            raise TandemError(f"{field}: {len(value)} characters; at most {MAX_BYTES}")
    data = asked.get("data", "fetch")
    if data not in DATA:
        raise TandemError(f"data: {_shown(data)} is unknown; allowed: {', '.join(DATA)}")
    dry_run = _switch(asked, "dry_run")
    pairs = _pairs(asked.get("pairs", ""), config)
    if pairs and not dry_run:
        raise TandemError("pairs: a published site holds every pair, or their addresses would break; tick dry run")
    return Inputs(
        as_of=_day(asked.get("as_of", "")),
        data=data,
        pairs=pairs,
        dry_run=dry_run,
        accept_jump=_switch(asked, "accept_jump"),
        site_url=_site_url(environment),
    )


def _payload(text: str) -> dict[str, str]:
    """Return the fields of a JSON payload as text."""
    if not text or text == "null":
        return {}
    if len(text) > MAX_BYTES:
        raise TandemError(f"payload: {len(text)} characters; at most {MAX_BYTES}")
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise TandemError(f"payload: {_shown(text)} is not JSON") from None
    if not isinstance(body, dict):
        raise TandemError(f"payload: {_shown(text)} is not a JSON object")
    fields = {}
    for name, value in body.items():
        if name not in FIELDS:
            raise TandemError(f"payload: unknown field {_shown(name)}; known: {', '.join(FIELDS)}")
        if not isinstance(value, str | bool):
            raise TandemError(f"payload: {name}: {_shown(json.dumps(value))} is neither text nor true or false")
        fields[name] = str(value).lower() if isinstance(value, bool) else value
    return fields


def _day(text: str) -> date | None:
    if not text:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise TandemError(f"as_of: {_shown(text)} is not a date; write YYYY-MM-DD")


def _switch(asked: Mapping[str, str], field: str) -> bool:
    value = asked.get(field, "false")
    if value not in {"true", "false"}:
        raise TandemError(f"{field}: {_shown(value)} is neither true nor false")
    return value == "true"


def _pairs(text: str, config: Path) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    if not wanted:
        return ()
    known = [str(pair["slug"]) for pair in tomllib.loads(config.read_text(encoding="utf-8"))["pairs"]]
    for slug in wanted:
        if slug not in known:
            raise TandemError(f"pairs: {_shown(slug)} is unknown; known: {', '.join(known)}")
    return tuple(dict.fromkeys(wanted))


def _site_url(environment: Mapping[str, str]) -> str:
    """Return the address from the settings, else the one GitHub Pages gives the repository, else nothing."""
    url = environment.get("SITE_URL", "")
    if not url:
        owner, _, name = environment.get("GITHUB_REPOSITORY", "").lower().partition("/")
        if not name:
            return ""
        host = f"{owner}.github.io"
        url = f"https://{host}/" if name == host else f"https://{host}/{name}/"
    if len(url) > 200 or not SITE_URL.fullmatch(url):  # noqa: PLR2004 - an address fits on two lines
        raise TandemError(f"SITE_URL: {_shown(url)} must be an https address in lower case, without query")
    return url if url.endswith("/") else url + "/"


def _shown(value: str) -> str:
    """Return the start of a foreign value on one line, with nothing a terminal or a log would act on."""
    return ascii(value[:40] + "…" if len(value) > 40 else value)  # noqa: PLR2004 - one line of a log
