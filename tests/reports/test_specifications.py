"""The page of the specification curve: what it counts, what it says, and what a reader can choose."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.charts.figure import csv_text, datasets_named
from generator.findings import Estimate, Unavailable
from generator.reports import specifications
from generator.reports.specifications.view import DRAWN
from generator.stats.correlation import corr
from tests.reports.pairs import AS_OF, CLAIM, pair_context

if TYPE_CHECKING:
    from datetime import date

    from generator.config import Config
    from generator.panel import Observed


@pytest.fixture(scope="module")
def found(config: Config, observed: dict[str, Observed]) -> specifications.Findings:
    """Return the findings of the featured pair on the sample."""
    return specifications.analyse(pair_context(config, observed))


def value(findings: specifications.Findings, number_id: str) -> float:
    """Return a published value."""
    number = findings.numbers[number_id]
    assert isinstance(number, Estimate)
    return number.value


def test_every_pair_has_a_thousand_specifications(config: Config, observed: dict[str, Observed]) -> None:
    """Returns alone reach a thousand where nothing is missing, whatever the pair."""
    for pair in config.pairs:
        of_pair = specifications.analyse(pair_context(config, observed, slug=pair.slug))
        assert value(of_pair, "specifications.returns.count") > 1000


@pytest.mark.recorded
@pytest.mark.parametrize("as_of", [CLAIM, AS_OF])
def test_the_recorded_data_has_a_thousand_too(config: Config, recorded: dict[str, Observed], as_of: date) -> None:
    """On the claim date and today, with hourly bars and one fund absent, and counted as absent."""
    for pair in config.pairs:
        found = specifications.analyse(pair_context(config, recorded, as_of, pair.slug))
        counts = {kind: value(found, f"specifications.{kind}.count") for kind in ("returns", "levels")}
        assert sum(counts.values()) >= 1000
        rest = sum(value(found, f"specifications.{part}") for part in ("absent", "short", "duplicate"))
        assert sum(counts.values()) + rest == value(found, "specifications.planned")
        assert value(found, "specifications.absent") > 0


@pytest.mark.recorded
def test_no_way_to_measure_it_was_near_perfect(config: Config, recorded: dict[str, Observed]) -> None:
    """On the claim date no correlation of returns reached 0.9, and the page says so first."""
    found = specifications.analyse(pair_context(config, recorded, CLAIM))
    assert value(found, "specifications.returns.share_above_0.9") == 0
    assert value(found, "specifications.returns.median") == pytest.approx(0.39, abs=0.01)
    assert "none reaches 0.9; half give 0.39 or less" in found.answer


def test_numbers_describe_the_table(found: specifications.Findings) -> None:
    """Count, median, range and shares are those of the rows of each kind; none has an interval."""
    for kind, rows in found.table.groupby("kind"):
        values = rows["value"]
        expected = {"count": len(rows), "median": values.median(), "lowest": values.min(), "highest": values.max()}
        expected |= {f"share_above_{line}": (values >= line).mean() for line in (0.9, 0.7, 0.5)}
        for part, wanted in expected.items():
            number = found.numbers[f"specifications.{kind}.{part}"]
            assert isinstance(number, Estimate)
            assert number.value == pytest.approx(wanted)
            assert (number.nobs, number.lower) == (len(rows), None)


def test_the_headline_is_on_the_curve(
    config: Config, observed: dict[str, Observed], found: specifications.Findings
) -> None:
    """The plainest specification equals the correlation the site leads with, and the ring stands on its dot."""
    own = pair_context(config, observed)
    pair = own.sample_ab().changes.to_numpy()[-252:]
    wanted = corr(pair[:, 0], pair[:, 1])
    curve = specifications.figures(own, found)[0]
    ring = curve.data["headline"].iloc[0]
    assert ring["value_returns_all"] == pytest.approx(wanted, abs=1e-12)
    drawn = curve.data["curve"]
    nearest = drawn.loc[(drawn["place"] - ring["place_returns_all"]).abs().idxmin(), "value_returns_all"]
    assert nearest == pytest.approx(wanted, abs=0.02)
    assert np.isnan(ring["value_returns_weekly"])


def test_what_comes_later_changes_nothing(config: Config, observed: dict[str, Observed]) -> None:
    """Rows after the date, and the order in which series come, move no number."""
    end = pd.Timestamp(CLAIM) + pd.Timedelta(hours=23)
    cut = {key: replace(item, values=item.values.loc[:end]) for key, item in observed.items()}
    early = specifications.analyse(pair_context(config, dict(reversed(cut.items())), CLAIM))
    late = specifications.analyse(pair_context(config, observed, CLAIM))
    pd.testing.assert_frame_equal(early.table, late.table)
    assert dict(early.numbers) == dict(late.numbers)
    assert early.answer == late.answer


def test_without_an_asset_or_a_grid_every_number_says_why(config: Config, observed: dict[str, Observed]) -> None:
    """No number is missing without its reason, the page says it first, and there is no picture."""
    without = {key: item for key, item in observed.items() if key != "rut"}
    no_grid = config.model_copy(update={"specifications": None})
    whole = set(specifications.analyse(pair_context(config, observed)).numbers)
    for own, reason in (
        (pair_context(config, without), "this source has no data for Russell 2000"),
        (pair_context(no_grid, observed), "report.toml lists no specifications"),
    ):
        found = specifications.analyse(own)
        assert set(found.numbers) == whole
        assert set(found.numbers.values()) == {Unavailable(reason=reason)}
        assert found.answer == f"The specification curve is not available: {reason}."
        assert specifications.figures(own, found) == ()


def test_published_numbers_fall_where_the_table_says(config: Config, found: specifications.Findings) -> None:
    """The share of a published number is that of specifications at or above it, or above the lower end of a range."""
    rows = {kind: part["value"] for kind, part in found.table.groupby("kind")}
    published = [item for item in config.published if config.featured.slug in item.pairs]
    assert [row.value for row in found.reported] == ["0.59", "0.70", "0.60 to 0.90", "0.65", "above 0.70"]
    for item, row in zip(published, found.reported, strict=True):
        for kind, number_id in zip(("returns", "levels"), row.ids, strict=True):
            assert value(found, number_id) == pytest.approx((rows[kind] >= item.lower).mean())
        assert row.nearest.count("(") == 2


def test_the_page_names_the_grid_and_its_hash(config: Config, found: specifications.Findings) -> None:
    """Every choice of the configuration stands on the page, with the hash of them all."""
    assert config.specifications is not None
    assert found.grid_sha256 == config.specifications.sha256
    text = " ".join(options for _, options in found.grid)
    for words in ("Pearson, Spearman, Kendall", "21, 42, 63", "2018-07-01", "Russell 2000 fund (IWM)", "log price"):
        assert words in text


def test_every_case_a_reader_can_choose_is_drawn(
    config: Config, observed: dict[str, Observed], found: specifications.Findings
) -> None:
    """Replacing the shown case by another, as the page's script does, leaves only columns that exist."""
    curve = specifications.figures(pair_context(config, observed), found)[0]
    meta = curve.spec["usermeta"]["tandem"]
    offered = [f"{kind}_{which}" for kind, *_ in found.controls[0].options for which, *_ in found.controls[1].options]
    assert sorted(meta["cases"]) == sorted(offered)
    assert len(offered) == 8
    held = {column for name in datasets_named(curve.spec) for column in curve.data[name].columns}
    for case in offered:
        text = json.dumps(curve.spec).replace(f'_{meta["case"]}"', f'_{case}"')
        fields = {word for word in text.split('"') if word.endswith(f"_{case}")}
        assert fields
        assert fields <= held
        values = curve.data["curve"][f"value_{case}"]
        assert (values.diff().dropna() >= 0).all()
        assert len(values) == DRAWN
        kind = case.partition("_")[0]
        assert curve.data["curve"][f"lower_{case}"].isna().all() == (kind == "levels")
    assert meta["cases"]["levels_all"]["subtitle"].startswith("Correlation of prices, which is no evidence")


def test_the_download_holds_every_specification(
    config: Config, observed: dict[str, Observed], found: specifications.Findings
) -> None:
    """One row per specification, not only those in the picture."""
    curve = specifications.figures(pair_context(config, observed), found)[0]
    lines = csv_text(curve).splitlines()
    assert len(lines) == 1 + len(found.table)
    assert lines[0].startswith("Correlation of,Estimator,Frequency,Latest observations,Sample start,Index or fund")


def test_marks_answer_to_the_pointer(
    config: Config, observed: dict[str, Observed], found: specifications.Findings
) -> None:
    """The script finds the dots by their name and reads out the specification in words, then its numbers."""
    curve = specifications.figures(pair_context(config, observed), found)[0]
    names = [layer["name"] for layer in curve.spec["vconcat"][0]["layer"]]
    assert "estimate" in names
    fields = curve.spec["usermeta"]["tandem"]["readout"]["fields"]
    assert fields == ["name_returns_all", "value_returns_all", "lower_returns_all", "upper_returns_all"]
    last = curve.data["curve"]["name_returns_all"].iloc[-1]
    many = len(found.table[found.table["kind"] == "returns"])
    assert last.endswith(f"(place {many} of {many})")


def test_findings_change_nothing_they_are_given(config: Config, observed: dict[str, Observed]) -> None:
    """The observed series stay as they were."""
    before = {key: item.values.copy() for key, item in observed.items()}
    specifications.analyse(pair_context(config, observed))
    for key, item in observed.items():
        pd.testing.assert_series_equal(item.values, before[key])
