"""Words for the size of a correlation: one scale, used wherever a page puts a correlation into words."""

from __future__ import annotations

# Lower end of |r| for each word, strongest first.
SCALE = ((0.9, "near-perfect"), (0.7, "strong"), (0.4, "moderate"), (0.2, "weak"))
NONE = "close to none"
ROUNDING = 1e-9  # a correlation of one may come out of a computation a little above it


def strength_word(corr: float) -> str:
    """Return the word for the size of a correlation; the sign is the caller's to say.

    Parameters
    ----------
    corr : float
        Between -1 and 1.
    """
    size = abs(corr)
    if not size <= 1.0 + ROUNDING:
        raise ValueError(f"corr = {corr}: a correlation lies between -1 and 1")
    return next((word for line, word in SCALE if size >= line), NONE)


def strength_of_interval(lower: float, upper: float) -> str:
    """Return the words for every size an interval of correlations allows, with the sign where it is negative.

    Parameters
    ----------
    lower, upper : float
        Ends of the interval, between -1 and 1.
    """
    if lower > upper:
        raise ValueError(f"lower = {lower} is above upper = {upper}")
    low, high = strength_word(lower), strength_word(upper)
    if lower < 0.0 < upper and NONE not in {low, high}:
        return f"anything from {low} negative to {high} positive"
    # On one side of zero, or so close to it on the other that the sign of that end says nothing.
    negative = abs(lower) > abs(upper)
    weaker, stronger = (high, low) if negative else (low, high)
    if stronger == NONE:
        return NONE
    words = stronger if weaker == stronger else f"{'none' if weaker == NONE else weaker} to {stronger}"
    return f"{words} negative" if negative else words
