"""What a fetch did, for the terminal and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.sources import NOT_FOUND

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
    may_lack : bool
        Whether it is no fault that the source has no such series.
    compared : bool
        Whether it is a second source for comparison alone: without it a comparison is missing, and no data.
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
    may_lack: bool = False
    compared: bool = False

    @property
    def absent(self) -> bool:
        """Whether the source says that there is no such series where that is no fault: a contract not listed."""
        return self.may_lack and not self.source and self.cause == NOT_FOUND

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
        if self.absent:
            return f"{self.label}: not listed at {self.attempts[-1].source} {self.attempts[-1].symbol}"
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
        """The series that got nothing new that may be used, though the source should have them."""
        return tuple(s for s in self._asked() if not s.ok)

    def _asked(self) -> list[SeriesReport]:
        """Return the series that a fetch is for."""
        return [s for s in self.series if not s.absent and not s.compared]

    def lines(self) -> list[str]:
        """Return the report for the terminal."""
        if self.offline:
            return [f"No network: no source answered within {self.seconds:.0f} s. Nothing was fetched."]
        lines = [s.line() for s in self.series]
        if self.deadline_reached:
            lines.append(f"Ended at the deadline after {self.seconds:.0f} s.")
        asked = self._asked()
        return [*lines, f"Fetched {len(asked) - len(self.failed)} of {len(asked)} series in {self.seconds:.1f} s."]

    def as_json(self) -> dict[str, Any]:
        """Return the report as strict JSON."""
        return {
            "offline": self.offline,
            "deadline_reached": self.deadline_reached,
            "seconds": round(self.seconds, 2),
            "series": {
                s.series_id: {
                    "ok": s.ok,
                    "absent": s.absent,
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
