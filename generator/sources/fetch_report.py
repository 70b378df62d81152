"""What a fetch did, for the terminal and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.sources.worker import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """What a fetch did for one series.

    Parameters
    ----------
    source, symbol : str
        The place that gave it, empty if none did.
    rows : int
        Observations.
    last : str
        Date (or bar start) of the last one.
    attempts : tuple of Attempt
        Every place asked, with the cause where it gave nothing.
    new : bool
        Whether the bytes were not in the store already.
    rejected : str
        Why the gate set the snapshot aside, or empty.
    """

    series_id: str
    label: str
    required: bool
    source: str = ""
    symbol: str = ""
    rows: int = 0
    last: str = ""
    attempts: tuple[Attempt, ...] = ()
    new: bool = False
    rejected: str = ""

    @property
    def ok(self) -> bool:
        """Whether the store now holds fresh, accepted data."""
        return bool(self.source) and not self.rejected

    @property
    def fallback(self) -> bool:
        """Whether another than the first source gave the series."""
        return bool(self.source) and len(self.attempts) > 1

    @property
    def cause(self) -> str:
        """The cause of the last failure, empty if there was none."""
        return next((a.cause for a in reversed(self.attempts) if a.cause), "")

    def line(self) -> str:
        """Return one line for the terminal."""
        tried = "; ".join(f"{a.source}: {a.cause} ({a.message})" for a in self.attempts if a.cause)
        if not self.source:
            return f"{self.label}: nothing; {tried}"
        line = f"{self.label}: {self.rows:,} rows to {self.last[:10]} from {self.source} {self.symbol}"
        line += f"; set aside: {self.rejected}" if self.rejected else "" if self.new else "; nothing new"
        return line + (f"; first tried {tried}" if tried else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What a fetch did.

    Parameters
    ----------
    offline : bool
        No host answered anything: there is no network.
    deadline_reached : bool
        The fetch was ended from outside; the series left over count as failed.
    """

    series: tuple[SeriesReport, ...]
    offline: bool
    deadline_reached: bool
    seconds: float

    @property
    def failed(self) -> tuple[SeriesReport, ...]:
        """The series that got nothing new that may be used."""
        return tuple(s for s in self.series if not s.ok)

    def lines(self) -> list[str]:
        """Return the report for the terminal."""
        if self.offline:
            return [f"No network: no source answered within {self.seconds:.0f} s. Nothing was fetched."]
        lines = [s.line() for s in self.series]
        if self.deadline_reached:
            lines.append(f"Ended at the deadline after {self.seconds:.0f} s.")
        good = len(self.series) - len(self.failed)
        return [*lines, f"Fetched {good} of {len(self.series)} series in {self.seconds:.1f} s."]

    def as_json(self) -> dict[str, Any]:
        """Return the report as strict JSON."""
        return {
            "offline": self.offline,
            "deadline_reached": self.deadline_reached,
            "seconds": round(self.seconds, 2),
            "series": {
                s.series_id: {
                    "ok": s.ok,
                    "source": s.source,
                    "symbol": s.symbol,
                    "rows": s.rows,
                    "last": s.last,
                    "new": s.new,
                    "fallback": s.fallback,
                    "rejected": s.rejected,
                    "attempts": [
                        {"source": a.source, "symbol": a.symbol, "cause": a.cause, "message": a.message}
                        for a in s.attempts
                    ],
                }
                for s in self.series
            },
        }
