"""`report.toml` is read whole or refused in one line that names file, key path, value and what is allowed."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.config import MAX_FILE_BYTES, Config, _one_line, load_config, parse_config
from generator.errors import ConfigError

SHIPPED = Path(__file__).parents[1] / "report.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")
LONGEST_LINE = 800


def refusal(text: str | bytes) -> str:
    """Return the one line with which a configuration is refused."""
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as refused:
        parse_config(raw, "report.toml")
    message = str(refused.value)
    assert message.startswith("report.toml: ")
    assert message.isprintable()
    assert len(message) < LONGEST_LINE
    return message


def changed(old: str, new: str) -> str:
    """Return the shipped file with the first `old` replaced; `old` must be there."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_shipped_file_is_valid_and_says_what_the_design_promises() -> None:
    """Three pairs, the featured one first, every control outside its pair, all starting in 2018."""
    config = load_config(SHIPPED)
    assert [pair.slug for pair in config.pairs] == ["eth-russell-2000", "btc-nasdaq-100", "eth-sp-500"]
    assert config.featured.slug == "eth-russell-2000"
    assert [pair.market for pair in config.pairs] == ["spx", "spx", "rut"]
    assert {config.start(pair) for pair in config.pairs} == {date(2018, 1, 1)}


def test_every_series_has_one_colour_of_its_own_kind() -> None:
    """One colour per series everywhere; the hourly bars share the colour of the daily series they belong to."""
    config = load_config(SHIPPED)
    prices = {k: s.colour.light for k, s in config.series.items() if s.kind == "price" and s.frequency == "daily"}
    assert len(set(prices.values())) == len(prices)
    for key, series in config.series.items():
        if key.endswith("_hourly"):
            assert series.colour == config.series[key.removesuffix("_hourly")].colour


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # A wrong type is never converted.
        ("reps = 9999", 'reps = "9999"', "run.reps: Input should be a valid integer (value: '9999')"),
        ("reps = 9999", "reps = true", "run.reps: Input should be a valid integer (value: True)"),
        ("reps = 9999", "reps = 9999.0", "run.reps: Input should be a valid integer (value: 9999.0)"),
        ("start = 2018-01-01 ", 'start = "2018-01-01" ', "run.start: Input should be a valid date"),
        ("start = 2018-01-01 ", "start = 2018-01-01T00:00:00 ", "run.start: Input should be a valid date"),
        ('label = "Ether"', "label = 1", "series.eth_usd.label: Input should be a valid string (value: 1)"),
        ("required = false", "required = 0", "series.iwm.required: Input should be a valid boolean (value: 0)"),
        ("[run]", "[[run]]", "run: Input should be a valid dictionary"),
        # A value outside what is allowed.
        ("reps = 9999", "reps = 98", "run.reps: Input should be greater than or equal to 99 (value: 98)"),
        ("level = 0.95", "level = 1.0", "run.level: Input should be less than 1 (value: 1.0)"),
        ("level = 0.95", "level = nan", "run.level: Input should be a finite number (value: nan)"),
        ("max_daily_move = 2.5", "max_daily_move = inf", "series.vix.max_daily_move: Input should be a finite number"),
        ("start = 2018-01-01 ", "start = 0001-01-01 ", "run.start: Input should be greater than or equal to 1990-01"),
        ("windows = [21, 63, 126, 252]", "windows = []", "run.windows: must hold 21, 63, 126, 252"),
        ("windows = [21, 63, 126, 252]", "windows = [252, 126, 63, 21]", "run.windows: must increase"),
        ("[series.dgs2]", "[series.dgs2]\nrange_pct = [9.0, -2.0]", "series.dgs2.range_pct: the first number must be"),
        ("[series.dgs2]", "[series.dgs2]\nrange_pct = [-2.0]", "series.dgs2.range_pct[1]: Field required"),
        ('kind = "price"', 'kind = "prices"', "series.eth_usd.kind: Input should be 'price', 'rate_pct' or"),
        (
            'light = "#2f6db3"',
            'light = "blue"',
            "series.eth_usd.colour.light: must look like \"#2f6db3\" (value: 'blue')",
        ),
        (
            'source = "yahoo"',
            'source = "bloomberg"',
            "series.eth_usd.sources[0].source: Input should be 'yahoo', 'fred'",
        ),
        ('symbol = "^RUT"', 'symbol = "../../x"', "series.rut.sources[0].symbol: may hold letters, digits, blanks"),
        ('currency = "USD"', 'currency = "dollars"', "series.eth_usd.sources[0].currency: String should match pattern"),
        ('file = "prices_daily.csv"', 'file = "../x.csv"', "series.eth_usd.csv.file: must be a plain file name"),
        ('file = "prices_daily.csv"', 'file = "/x.csv"', "series.eth_usd.csv.file: must be a plain file name"),
        ('url = "" ', 'url = "javascript:alert(1)" ', "site.url: must be an http(s) address"),
        ('authority = "tandem.invalid"', 'authority = "a b"', "site.authority: must be a domain name in lower case"),
        # Names that lead nowhere.
        ('a = "eth_usd"', 'a = "eth"', "pairs[0].a: unknown series 'eth'; known: eth_usd, btc_usd, rut, spx"),
        ('a = "eth_usd"', 'a = "dgs2"', "pairs[0].a: 'dgs2' is of kind rate_pct; needs a price"),
        ('a = "eth_usd"', 'a = "eth_usd_hourly"', "pairs[0].a: 'eth_usd_hourly' is hourly; needs a daily price"),
        ('market_control_yield = "dgs2"', 'market_control_yield = "x"', "run.market_control_yield: unknown series 'x'"),
        ('market_control_yield = "dgs2"', 'market_control_yield = "spx"', "run.market_control_yield: 'spx' is of kind"),
        ('featured = "eth-russell-2000"', 'featured = "x"', "site.featured: unknown pair 'x'; known: eth-russell-2000"),
        # A pair that is not one.
        ('b = "rut"', 'b = "eth_usd"', "pairs[0]: a and b are both 'eth_usd'; a pair needs two series"),
        ('market = "spx"', 'market = "rut"', "pairs[0]: market is 'rut', which is already in the pair; choose another"),
        ('slug = "eth-sp-500"', 'slug = "btc-nasdaq-100"', "pairs[2].slug: 'btc-nasdaq-100' is used twice"),
        # Text that hides or reorders other text.
        ('label = "Ether"', 'label = ""', "series.eth_usd.label: String should have at least 1 character"),
        ('label = "Ether"', 'label = "   "', "series.eth_usd.label: is blank; write a word"),
        (
            'label = "Ether"',
            'label = "Et\\u200Fher"',
            "series.eth_usd.label: contains the unprintable character U+200F",
        ),
        ('label = "Ether"', 'label = "Et\\nher"', "series.eth_usd.label: contains the unprintable character U+000A"),
        ('label = "The claim"', 'label = "a\\tb"', "events[0].label: contains the unprintable character U+0009"),
        ('column = "rut"', 'column = "r\\nut"', "series.rut.csv.column: contains the unprintable character U+000A"),
        (
            'title = "Tandem"',
            f'title = "{"x" * 201}"',
            "site.title: String should have at most 200 characters (value: 'x",
        ),
    ],
)
def test_each_fault_is_named_in_one_line(old: str, new: str, message: str) -> None:
    """File, key path, value where it helps, and what is allowed."""
    assert message in refusal(changed(old, new))


@pytest.mark.parametrize(
    ("after", "place"),
    [
        ("[site]", "site"),
        ("[run]", "run"),
        ("[series.eth_usd]", "series.eth_usd"),
        ("[[pairs]]", "pairs[0]"),
        ("[[events]]", "events[0]"),
        ("[[claims]]", "claims[0]"),
        ("[claims.criterion]", "claims[0].criterion"),
        ('colour = { light = "#2f6db3",', "series.eth_usd.colour"),
        ('sources = [{ source = "yahoo",', "series.eth_usd.sources[0]"),
        ('csv = { file = "prices_daily.csv",', "series.eth_usd.csv"),
        ('sources = [{ label = "Crypto Valley Journal, briefing",', "claims[0].sources[0]"),
    ],
)
def test_an_unknown_key_is_refused_at_every_depth(after: str, place: str) -> None:
    """A misspelt key is never silent, and the message lists the keys there are at that place."""
    inline = after.endswith(",")
    message = refusal(changed(after, f"{after} colur = 1," if inline else f"{after}\ncolur = 1"))
    assert message.startswith(f"report.toml: {place}.colur: unknown key; known: ")
    known = message.partition("known: ")[2].split(", ")
    assert len(known) > 1
    assert known == sorted(known)


def test_an_unknown_table_is_refused() -> None:
    """A misspelt table is an unknown key of the file."""
    assert (
        "serie: unknown key; known: changes, claims, compare, corrections, events, futures, gate, overviews, pairs, "
        "published, redirects, run, series, site, specifications, surprises, universes" in refusal(TEXT + "\n[serie]\n")
    )


@pytest.mark.parametrize("key", ["a\\nb", "\\u202Eab", "x" * 5000, "</script>"])
def test_a_hostile_key_does_not_leave_its_line(key: str) -> None:
    """The key itself is foreign text too: it is quoted, escaped and cut."""
    assert "unknown key" in refusal(changed("[site]", f'[site]\n"{key}" = 1'))


@pytest.mark.parametrize(
    "slug",
    ["", "../../x", "a?b#c", "con", "nul", "com1", "lpt9", "-a", "A", "Eth", "é", "a_b", "a/b", "a b", "a.b", "x" * 64],
)
def test_a_slug_that_is_no_safe_folder_is_refused(slug: str) -> None:
    """Slugs become folders and addresses on every system; the message names the field and shows the value."""
    message = refusal(changed('slug = "eth-sp-500"', f'slug = "{slug}"'))
    assert message.startswith("report.toml: pairs[2].slug: must be 1 to 63 of a-z, 0-9 and '-'")
    assert "(value: " in message


@pytest.mark.parametrize("name", ["RUT", "1x", "a-b", "x" * 33, "../x", "é"])
def test_a_series_id_that_is_no_name_is_refused(name: str) -> None:
    """Series ids become keys, file names and anchors."""
    assert "must be a-z, 0-9 and '_'" in refusal(changed("[series.rut]", f'[series."{name}"]'))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfe", "byte 0 is not UTF-8; save the file as UTF-8"),
        (b"a = ", "not valid TOML: Invalid value (at end of document)"),
        (b"a = 1\na = 2\n", "not valid TOML: Cannot overwrite a value (at line 2, column 6)"),
        (
            b"reps = 012\n",
            "not valid TOML: Expected newline or end of document after a statement (at line 1, column 9)",
        ),
        (b"a = ON\n", "not valid TOML: Invalid value (at line 1, column 5)"),
        (b"a = *x\n", "not valid TOML: Invalid value (at line 1, column 5)"),
        (b"d = 2026-13-45\n", "not valid TOML: "),
        (b"a = " + b"9" * 5000, "not valid TOML: Exceeds the limit"),
        (b"a = " + b"[" * 100_000, "nested too deeply to be a configuration"),
        (b"", "site: Field required; and 3 more"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_place(raw: bytes, message: str) -> None:
    """TOML has no aliases and no booleans in disguise; what its reader refuses is passed on with line and column."""
    assert message in refusal(raw)


def test_byte_order_mark_and_other_line_ends_are_read() -> None:
    """A file saved by another editor is the same file."""
    plain = parse_config(TEXT.encode(), "report.toml")
    assert plain == parse_config(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(), "report.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT + "#" * MAX_FILE_BYTES, f"bytes; at most {MAX_FILE_BYTES}"),
        (
            TEXT
            + "".join(
                f'[[pairs]]\nslug = "p{i}"\ntitle = "P"\na = "eth_usd"\nb = "rut"\nmarket = "spx"\n'
                for i in range(2000)
            ),
            "pairs: 2003 entries; needs 1 to 2000",
        ),
    ],
    ids=["bytes", "pairs"],
)
def test_limits_are_stated(tmp_path: Path, text: str, message: str) -> None:
    """Too large a file and too many pairs are refused; the limit stands in the message."""
    path = tmp_path / "report.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert message in str(refused.value)
    assert str(refused.value).isprintable()


def test_ten_thousand_series_are_refused() -> None:
    """Ten thousand tickers are over the limit, whatever they are called."""
    template = '[series.s{i}]\nlabel="S"\nshort="S"\nkind="price"\ncalendar="XNYS"\nunit="u"\nsources=[]\n'
    template += 'colour={{light="#000000",dark="#000000"}}\ncsv={{file="a.csv",column="a"}}\n'
    text = TEXT + "".join(template.format(i=i) for i in range(10_000))
    assert "series: 10020 series; at most 2000" in refusal(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file and a folder in its place give the cause and what to do."""
    with pytest.raises(ConfigError, match=r"^none\.toml: cannot be read \(No such file or directory\); give its place"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match=r"cannot be read \(Is a directory\)"):
        load_config(tmp_path)


def test_nothing_changes_after_loading() -> None:
    """Every table is frozen."""
    config = load_config(SHIPPED)
    for table, name in ((config, "pairs"), (config.run, "seed"), (config.pairs[0], "slug"), (config.site, "url")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(table, name, None)


def test_hostile_text_stays_text() -> None:
    """Markup, quotes and braces in a label are letters; refusing or changing them is nobody's business here."""
    hostile = (
        r"""</script><script>alert(1)</script> [x](javascript:alert(1)) a | b {: onclick=1 } {{7*7}} ' " \ & *_`"""
    )
    config = parse_config(changed('label = "Ether"', f"label = '''{hostile}'''").encode(), "report.toml")
    assert config.series["eth_usd"].label == hostile


def test_the_address_ends_in_a_slash() -> None:
    """Addresses are joined to it."""
    config = parse_config(changed('url = "" ', 'url = "https://example.org/tandem" ').encode(), "report.toml")
    assert config.site.url == "https://example.org/tandem/"


def test_unknown_pair_is_named_with_the_known_ones() -> None:
    """Asking for a pair by a wrong slug lists the right ones."""
    with pytest.raises(ConfigError, match="unknown pair 'x'; known: eth-russell-2000, btc-nasdaq-100, eth-sp-500"):
        load_config(SHIPPED).pair("x")


def test_the_sample_starts_when_both_assets_are_usable() -> None:
    """The start is the latest of the run's, the pair's and the assets' first usable days."""
    text = TEXT.replace("first_usable = 2016-02-24", "first_usable = 2019-05-01", 1)
    config = parse_config(text.encode(), "report.toml")
    assert config.start(config.pair("eth-russell-2000")) == date(2019, 5, 1)
    assert config.start(config.pair("btc-nasdaq-100")) == date(2018, 1, 1)
    later = parse_config(changed('market = "spx"', 'market = "spx"\nstart = 2020-01-02').encode(), "report.toml")
    assert later.start(later.featured) == date(2020, 1, 2)


# --- any bytes, any change ---------------------------------------------------------------------------------------


def judged(raw: bytes) -> Config | None:
    """Return the configuration or None; anything but a one-line refusal fails the test."""
    try:
        return parse_config(raw, "report.toml")
    except ConfigError as error:
        message = str(error)
    assert message.isprintable()
    assert len(message) < LONGEST_LINE
    return None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """No bytes lead to a traceback."""
    assert judged(raw) is None


@settings(max_examples=60)
@given(
    st.integers(0, len(TEXT.encode()) - 1),
    st.integers(0, 12),
    st.one_of(st.binary(max_size=12), st.sampled_from([b"[", b"]]", b'"', b"= 1", b"\n[x]\n", b"nan", b"-1", b"true"])),
)
def test_any_change_of_the_shipped_file_is_read_or_refused(place: int, cut: int, inserted: bytes) -> None:
    """Bytes taken out and put in anywhere give a valid configuration or one line."""
    raw = TEXT.encode()
    judged(raw[:place] + inserted + raw[place + cut :])


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
TABLE = tomllib.loads(TEXT)


def places(table: Any, before: tuple[int | str, ...] = ()) -> list[tuple[int | str, ...]]:
    """Return the path of every value in a table of tables."""
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return [p for key, value in items for p in ((*before, key), *places(value, (*before, key)))]


PLACES = places(TABLE)


@settings(max_examples=150)
@given(st.sampled_from(PLACES), LEAVES)
def test_any_value_at_any_place_is_read_or_refused(place: tuple[int | str, ...], value: object) -> None:
    """Whatever TOML could put at a place is accepted or refused in one line: no rule stumbles over another's input."""
    table = tomllib.loads(TEXT)
    inside: Any = table
    for key in place[:-1]:
        inside = inside[key]
    if value is None:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    message = "report.toml: accepted"
    try:
        Config.model_validate(table)
    except ValidationError as error:
        message = _one_line("report.toml", error)
    assert message.startswith("report.toml: ")
    assert message.isprintable()
    assert len(message) < LONGEST_LINE


def test_a_configuration_without_pairs_is_refused() -> None:
    """There must be something to build."""
    with pytest.raises(ValidationError, match="pairs: 0 entries; needs 1 to 2000"):
        Config.model_validate({**TABLE, "pairs": []})


def test_the_grid_names_the_rules_that_exist() -> None:
    """What the file may choose is what the engine knows, in one spelling."""
    from generator.stats.specifications import OUTLIER_RULES, SCALES  # noqa: PLC0415 - config itself needs no statistics

    grid = parse_config(TEXT.encode(), "report.toml").specifications
    assert grid is not None
    assert set(grid.outliers) <= set(OUTLIER_RULES)
    assert set(grid.scales) <= set(SCALES)


def test_a_changed_grid_has_another_hash() -> None:
    """The order of keys does not matter to the hash of the grid; one window more does."""
    grid = parse_config(TEXT.encode(), "report.toml").specifications
    more = parse_config(changed("monthly = [12, 24,", "monthly = [12, 18, 24,").encode(), "report.toml").specifications
    assert grid is not None
    assert more is not None
    assert grid.sha256 != more.sha256
    assert grid.sha256 == grid.model_copy(update={"starts": dict(reversed(grid.starts.items()))}).sha256


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('controls = ["btc_usd"', 'controls = ["bitcoin"', "compare.controls[0]: unknown series 'bitcoin'"),
        ('controls = ["btc_usd"', 'controls = ["dgs2"', "compare.controls[0]: 'dgs2' is no daily price"),
        ('rut = ["iwm",', 'rut = ["iwn",', "specifications.proxies.rut: unknown series 'iwn'"),
        ("monthly = [12, 24,", "monthly = [24, 12,", "specifications.windows: monthly: must increase"),
        (
            'scales = ["price", "log price"]',
            'scales = ["price", "price"]',
            "specifications.scales: names a choice twice",
        ),
        ('slug = "since-2021"', 'slug = "grokipedia"', "published[1].slug: 'grokipedia' is used twice"),
        ("lower = 0.59", "lower = 0.95", "published[0]: lower is above upper"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused(before: str, after: str, message: str) -> None:
    """Unknown series, rates among prices, and choices made twice are named with their place."""
    assert message in refusal(changed(before, after))
