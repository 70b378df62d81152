"""The page that compares: what is left without the market, other links, the pair among all pairs, every year."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.findings import Estimate, Unavailable
from generator.report import Context, ends
from generator.reports import compare
from generator.reports.compare.links import controls
from generator.reports.compare.matrix import assets, cell_id
from generator.stats.correlation import partial_corr, zou_interval
from tests.reports.pairs import CLAIM, estimate, pair_context

if TYPE_CHECKING:
    from generator.config import Config
    from generator.panel import Observed

context = partial(pair_context, reps=499)


@pytest.fixture(scope="module")
def own(config: Config, observed: dict[str, Observed]) -> Context:
    """Return the context of the featured pair on the sample."""
    return context(config, observed)


@pytest.fixture(scope="module")
def found(own: Context) -> compare.Findings:
    """Return the findings of the featured pair on the sample."""
    return compare.analyse(own)


@pytest.mark.recorded
def test_the_figures_of_the_claim_date(config: Config, recorded: dict[str, Observed]) -> None:
    """Given the S&P 500, 0.260 is left over 252 sessions and 0.097 since 2018, of 0.322 in 1,952 returns."""
    numbers = compare.analyse(context(config, recorded, CLAIM)).numbers
    assert estimate(numbers["partial.market.252"]).value == pytest.approx(0.260, abs=0.001)
    left, plain = estimate(numbers["partial.market.all"]), estimate(numbers["partial.market.all.plain"])
    assert left.value == pytest.approx(0.097, abs=0.001)
    assert plain.value == pytest.approx(0.322, abs=0.001)
    assert (plain.nobs, left.nobs) == (1952, 1952)


@pytest.mark.recorded
def test_the_figure_across_the_missing_day(config: Config, recorded: dict[str, Observed]) -> None:
    """The S&P 500 lacks 2026-08-27: the return across the gap is dropped, and 0.078 is left."""
    own = context(config, recorded)
    findings = compare.analyse(own)
    left = estimate(findings.numbers["partial.market.252"])
    assert left.value == pytest.approx(0.078, abs=0.001)
    assert left.nobs == 252
    assert date(2026, 8, 28) in own.sample_abm().dropped_dates
    assert "0.08 is left" in findings.answer
    assert "cannot be told from none" in findings.answer
    assert dict(findings.assets.left_out)["Volatility index (VIX)"] == "ends 2026-08-20"


def test_each_link_has_its_own_sample_and_its_oracle(own: Context, found: compare.Findings) -> None:
    """Plain, partial, drop and difference equal what NumPy gives on the sample of what is held fixed."""
    assert [control.key for control in controls(own)] == ["market", "market_and_rates", "btc_usd", "ndx"]
    for control in controls(own):
        every = own.panel.sample((own.pair.a, own.pair.b, *control.series), own.start).changes.to_numpy()
        for span, columns in (("252", every[-252:]), ("all", every)):
            stem = f"{control.key}.{span}"
            matrix = np.corrcoef(columns, rowvar=False)
            plain, left = matrix[0, 1], partial_corr(columns)
            expected = {f"partial.{stem}.plain": plain, f"partial.{stem}": left, f"partial.{stem}.drop": plain - left}
            if control.rival:
                rival = matrix[1, 2] if control.key == "btc_usd" else matrix[0, 2]
                expected |= {f"difference.{stem}": plain - rival, f"difference.{stem}.zou": plain - rival}
            for number_id, wanted in expected.items():
                number = estimate(found.numbers[number_id])
                assert number.value == pytest.approx(wanted, abs=1e-10)
                assert number.nobs == len(columns)
                lower, upper = ends(number)
                assert lower < number.value < upper


def test_bitcoin_takes_the_place_of_ether(own: Context, found: compare.Findings) -> None:
    """The link with Bitcoin shares the index; Zou's interval is that of two correlations that share it."""
    columns = own.panel.sample((own.pair.a, own.pair.b, "btc_usd"), own.start).changes.to_numpy()
    matrix = np.corrcoef(columns, rowvar=False)
    wanted = zou_interval(float(matrix[0, 1]), float(matrix[1, 2]), float(matrix[0, 2]), len(columns))
    assert ends(estimate(found.numbers["difference.btc_usd.all.zou"])) == pytest.approx(wanted)
    assert any(row.label.startswith("Bitcoin and the Russell 2000") for row in found.rivals)


def test_the_matrix_is_one_sample(own: Context, found: compare.Findings) -> None:
    """Every cell is the correlation on the sessions of all assets, with a p-value; its id has one order."""
    chosen = assets(own)
    assert chosen.ids[:2] == (own.pair.a, own.pair.b)
    assert {"iwm", "ijr", "gld", "tlt", "vix", "dxy"} < set(chosen.ids)
    window = own.panel.sample(chosen.ids, own.start).changes.iloc[-252:]
    wanted = window.corr().to_numpy()
    for (i, one), (j, other) in itertools.combinations(enumerate(chosen.ids), 2):
        number = estimate(found.numbers[cell_id(one, other)])
        assert number.value == pytest.approx(wanted[i, j], abs=1e-10)
        assert number.pvalue is not None
        assert number.nobs == 252
        assert cell_id(one, other) == cell_id(other, one)


def test_the_rank_leaves_out_copies(own: Context, found: compare.Findings) -> None:
    """The rank counts closer pairs among assets that are not funds on one another, and lies in its own interval."""
    chosen = assets(own)
    unique = [key for key in chosen.ids if key not in {"iwm", "ijr"}]
    assert unique[:2] == [own.pair.a, own.pair.b]
    window = own.panel.sample(chosen.ids, own.start).changes.iloc[-252:]
    matrix = np.abs(np.corrcoef(window[unique].to_numpy(), rowvar=False))
    sizes = matrix[np.triu_indices(len(unique), 1)]
    rank = estimate(found.numbers["matrix.rank.252"])
    assert rank.value == 1 + (sizes > matrix[0, 1]).sum()
    assert estimate(found.numbers["matrix.pairs.252"]).value == len(sizes)
    lower, upper = ends(rank)
    assert 1 <= lower <= rank.value <= upper <= len(sizes)


def test_a_fund_that_is_in_the_pair_is_ranked(config: Config, observed: dict[str, Observed]) -> None:
    """A pair that holds a fund is ranked with it, and not with nothing."""
    pair = config.featured.model_copy(update={"b": "iwm"})
    chosen = assets(replace(context(config, observed), pair=pair))
    assert chosen.ids[:2] == ("eth_usd", "iwm")
    assert (0, 1) in chosen.ranked


def test_every_year_equals_pandas(own: Context, found: compare.Findings) -> None:
    """Each calendar year is its own sample of A and B; the newest stands first."""
    changes = own.sample_ab().changes
    assert [row.label for row in found.yearly][:2] == ["2026", "2025"]
    for year, part in changes.groupby(pd.DatetimeIndex(changes.index).year):
        number = estimate(found.numbers[f"yearly.correlation.{year}"])
        assert number.value == pytest.approx(part.corr().to_numpy()[0, 1], abs=1e-10)
        assert number.nobs == len(part)
        lower, upper = ends(estimate(found.numbers[f"yearly.rank.{year}"]))
        assert lower <= upper


def test_pairs_are_sorted_and_tests_counted(found: compare.Findings) -> None:
    """The closest pair stands first, and the page says how many tests stand side by side."""
    sizes = [abs(estimate(found.numbers[row.ids[0]]).value) for row in found.cells]
    assert sizes == sorted(sizes, reverse=True)
    tests = [n for n in found.numbers.values() if isinstance(n, Estimate) and n.pvalue is not None]
    assert len(tests) == len(found.cells) + len(found.yearly)
    assert found.many.startswith(f"Of the {len(tests)} tests on this page")


def test_what_comes_later_changes_nothing(config: Config, observed: dict[str, Observed]) -> None:
    """Rows after the date, and the order in which series come, move no number."""
    end = pd.Timestamp(CLAIM) + pd.Timedelta(hours=23)
    cut = {key: replace(item, values=item.values.loc[:end]) for key, item in observed.items()}
    early = compare.analyse(context(config, dict(reversed(cut.items())), CLAIM))
    late = compare.analyse(context(config, observed, CLAIM))
    assert dict(early.numbers) == dict(late.numbers)
    assert early.answer == late.answer


def test_what_is_missing_says_why(config: Config, observed: dict[str, Observed]) -> None:
    """Without the market, Bitcoin or an asset, the numbers that need it give the reason, and the others stand."""
    whole = compare.analyse(context(config, observed)).numbers
    for gone, lost in (("spx", "market"), ("btc_usd", "btc_usd"), ("dgs2", "market_and_rates")):
        own = context(config, {key: item for key, item in observed.items() if key != gone})
        found = compare.analyse(own)
        reason = f"this source has no data for {config.series[gone].label}"
        assert found.numbers[f"partial.{lost}.252"] == Unavailable(reason=reason)
        assert isinstance(found.numbers["partial.ndx.252"], Estimate)
        assert {key for key in whole if not key.startswith("matrix.")} == {
            key for key in found.numbers if not key.startswith("matrix.")
        }
        assert len(compare.figures(own, found)) == 3
    own = context(config, {key: item for key, item in observed.items() if key != "rut"})
    found = compare.analyse(own)
    assert all(isinstance(number, Unavailable) for number in found.numbers.values())
    assert found.answer.startswith("What is left without the S&P 500 is not available: this source has no data for")
    assert compare.figures(own, found) == ()


def test_a_short_sample_is_no_sample(config: Config, observed: dict[str, Observed]) -> None:
    """A pair of a few weeks has no 252 sessions: the reason names n."""
    late = config.featured.model_copy(update={"start": date(2026, 8, 3)})
    found = compare.analyse(replace(context(config, observed), pair=late))
    number = found.numbers["partial.market.252"]
    assert isinstance(number, Unavailable)
    assert number.reason.startswith("not enough data (n = ")
    assert isinstance(found.numbers["matrix.rank.252"], Unavailable)


def test_an_asset_that_stands_still_is_left_out(config: Config, observed: dict[str, Observed]) -> None:
    """A price that does not move has no correlation; the matrix goes on without it, the partial says why."""
    still = replace(observed["gld"], values=observed["gld"].values * 0 + 100)
    frozen = replace(observed["ndx"], values=observed["ndx"].values * 0 + 100)
    found = compare.analyse(context(config, {**observed, "gld": still, "ndx": frozen}))
    assert dict(found.assets.left_out)[config.series["gld"].label] == "does not move"
    assert isinstance(found.numbers["matrix.rank.252"], Estimate)
    assert isinstance(found.numbers["partial.ndx.252"], Unavailable)


def test_pictures_say_what_the_numbers_say(own: Context, found: compare.Findings) -> None:
    """Titles carry the published numbers; the matrix is complete and draws no fund beside its index."""
    left, matrix, yearly = compare.figures(own, found)
    assert left.title.startswith("With the S&P 500 held fixed, ")
    cells = matrix.data["matrix"]
    names = list(dict.fromkeys(cells["row"]))
    assert len(cells) == len(names) ** 2
    assert "IWM" not in names
    assert matrix.table is not None
    assert len(matrix.table) == len(names) * (len(names) - 1) / 2
    assert list(yearly.data["years"]["year"]) == [str(year) for year in range(2018, 2027)]
