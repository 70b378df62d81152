"""Kuttner's surprise: what the front fed funds future says was not expected of a decision."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LAST_DAYS = 7
BP_PER_PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kuttner:
    """The surprise in one decision.

    Parameters
    ----------
    surprise_bp : float
        Announced minus expected change of the funds rate.
    contract : str
        Contract month used, ``YYYY-MM``.
    scale : float
        D / (D - d), or 1 for next month's contract.
    """

    surprise_bp: float
    contract: str
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSurprise:
    """Why a decision has no surprise from futures."""

    reason: str


def contract_month(day: date, months_ahead: int = 0) -> str:
    """Return the contract month ``YYYY-MM`` that many months after that of `day`."""
    month = day.year * 12 + day.month - 1 + months_ahead
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def kuttner_surprise(
    event_date: date,
    closes_before: Mapping[str, float],
    closes_after: Mapping[str, float],
    *,
    last_days: int = LAST_DAYS,
) -> Kuttner | NoSurprise:
    """Return the surprise of a decision on day d of a month of D days.

    The contract settles on the month's average rate, so a change on day d moves it by (D - d) / D of the change: the
    fall of the price is scaled by D / (D - d). When fewer than seven days of the month remain, that factor multiplies
    noise, and the change of next month's contract is taken as it is.

    Parameters
    ----------
    event_date : date
        Day of the statement.
    closes_before : mapping of str to float
        Closes by contract month ``YYYY-MM`` on the session before the statement (100 minus percent).
    closes_after : mapping of str to float
        Closes on the session of the statement.
    last_days : int
        Fewer remaining days than this use next month's contract; 0 never does, except on the last day itself.

    References
    ----------
    Kuttner, K. N. (2001), Journal of Monetary Economics 47(3), 523-544, doi 10.1016/S0304-3932(01)00055-1.
    """
    days = calendar.monthrange(event_date.year, event_date.month)[1]
    remaining = days - event_date.day
    late = remaining < max(last_days, 1)
    contract = contract_month(event_date, 1 if late else 0)
    if contract not in closes_before:
        return NoSurprise(reason=f"no close of the {contract} contract on the session before {event_date}")
    if contract not in closes_after:
        return NoSurprise(reason=f"no close of the {contract} contract on {event_date}")
    scale = 1.0 if late else days / remaining
    change_bp = (closes_before[contract] - closes_after[contract]) * BP_PER_PERCENT
    return Kuttner(surprise_bp=scale * change_bp, contract=contract, scale=scale)
