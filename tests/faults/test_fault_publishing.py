"""Fault table, building and publishing: the served site and the archive are whole, whatever goes wrong on the way."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import copy_project, lightened
from tests.faults.conftest import ROOT, TWO_WEEKS_AGO, Place, make_place, refuse, small_report, tree
from tests.loopback.replies import make_world
from tests.loopback.server import Loopback, status

if TYPE_CHECKING:
    from collections.abc import Callable

GIT = shutil.which("git") or "git"
ADDRESS = "https://example.org/tandem/"
# Every numbered case of the list of faults.
CASES = (
    *(1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 19, 20, 21, 22, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35),
    *(37, 38, 39),
)


def test_every_case_is_in_the_table() -> None:
    """Each number has a test of its own here, and the table holds no other."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_fault_*.py"))
    assert {int(number) for number in re.findall(r"(?m)^def test_case_(\d\d)_", text)} == set(CASES)


ELSEWHERE = {
    "test_case_25": ("reports/test_fomc.py", "test_a_missing_contract_is_named"),
    "test_case_25 calendar": ("stats/test_expected_path.py", "test_nothing_undetermined_is_guessed"),
    "test_case_27": ("faults/test_kill_loop.py", "test_killed_at_every_write_of_a_build"),
    "test_case_29": ("test_reproducible.py", "test_two_builds_are_the_same_bytes"),
    "test_case_33 pages": ("test_hostile_text.py", "test_no_attack_became_an_element"),
    "test_case_33 pictures": ("test_hostile_text.py", "test_pictures_hold_text_and_no_script"),
    "test_case_34 requests": ("browser/test_pages.py", "test_every_page_is_clean_at_360"),
    "test_case_34 charts": ("browser/test_figures.py", "test_every_figure_comes_alive"),
    "test_case_34 no script": ("browser/test_pages.py", "test_without_javascript_everything_is_there"),
    "test_case_37 race": ("publishing/test_workflow.py", "test_two_runs_at_once_and_one_without_a_network"),
    "test_case_38 audit": ("test_docs.py", "test_workflows_pass_the_security_audit"),
    "test_case_38 run": ("publishing/test_workflow.py", "test_a_hostile_input_stops_the_run"),
    "test_case_39 browser": ("browser/test_pages.py", "test_overdue_data_turn_amber"),
}


@pytest.mark.parametrize(("file", "name"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_needs_a_browser_or_a_runner_is_tested_elsewhere(file: str, name: str) -> None:
    """The test that this table refers to exists under its name."""
    assert re.search(rf"(?m)^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"))


def test_case_27_kill_loop() -> None:
    """The kill loop covers fetch, build, edition, record and delivery; each is a test of its own."""
    text = (ROOT / "tests" / "faults" / "test_kill_loop.py").read_text(encoding="utf-8")
    for step in ("fetch", "a_build", "an_edition", "record", "delivery"):
        assert f"def test_killed_at_every_write_of_{step}" in text


# ------------------------------------------------------------------------------------- a site that is not complete


@pytest.fixture(scope="module")
def degraded_site(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a project whose data are two weeks old for Yahoo and come from the Treasury for yields, built."""
    folder = tmp_path_factory.mktemp("degraded")
    project = copy_project(folder / "project")
    path = project / "report.toml"
    path.write_text(lightened(path.read_text(encoding="utf-8")), encoding="utf-8")
    with Loopback(make_world(), folder) as server:
        place = Place(project, {**server.environment, "SITE_URL": ADDRESS})
        server.fail("stlouisfed", status(403))
        server.fail("chart/GLD", status(404))
        assert place.run("fetch", now=TWO_WEEKS_AGO).code == 3
        server.fail("chart/", status(429, b"Too Many Requests"))
        assert place.run("fetch").code == 3
    body = max((place.store / "snapshots" / "tlt").glob("*.csv"))
    body.write_bytes(body.read_bytes() + b"2026-11-09,1,1,1,1,1,1\n")
    done = place.run("build", "--data", "store", "--no-editions")
    assert done.code == 3, done
    (project / "said").write_text(done.out, encoding="utf-8")
    return place


@pytest.mark.network
def test_case_01_banner_names_series_and_age(degraded_site: Place) -> None:
    """Every page of the site says which series are old, since when, and what is not available, and so does the run."""
    said = (degraded_site.folder / "said").read_text(encoding="utf-8")
    sentence = "Russell 2000: stale since 2026-11-06: 10 sessions up to 2026-11-20 missing."
    assert f"Degraded: {sentence}" in said
    pages = list((degraded_site.folder / "site").rglob("*.html"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if "tandem-status" in text:
            assert sentence in text, page
            assert "Gold (GLD): not available" in text, page
    assert len(pages) > 20
    home = (degraded_site.folder / "site" / "index.html").read_text(encoding="utf-8")
    assert "tandem-status__notice--degraded" in home


@pytest.mark.network
def test_case_07_no_number_from_nothing(degraded_site: Place) -> None:
    """No file of the site holds NaN: not as a word on a page, not in any JSON or CSV."""
    site = degraded_site.folder / "site"
    for path in site.rglob("*.json"):
        json.loads(path.read_bytes(), parse_constant=refuse)
    for path in (*site.rglob("*.csv"), *site.rglob("*.html")):
        text = re.sub(r"(?s)<(script|style|code|pre).*?</\1>", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"(?<![\w-])(nan|NaN|inf|Infinity)(?![\w-])", text), path


@pytest.mark.network
def test_case_20_source_stands_at_the_series(degraded_site: Place) -> None:
    """The page of data names the source that gave each yield, and the site's numbers come with it."""
    page = (degraded_site.folder / "site" / "data" / "index.html").read_text(encoding="utf-8")
    row = page[page.index('id="series-dgs2"') :].split("</tr>")[0]
    assert "<td>treasury</td><td>2 Yr</td>" in row
    assert "10-year real yield: not available" in page


@pytest.mark.network
def test_altered_copy_stands_on_the_page_of_data(degraded_site: Place) -> None:
    """A stored copy that somebody changed is named in the gate's table and in the banner, and gives no number."""
    page = (degraded_site.folder / "site" / "data" / "index.html").read_text(encoding="utf-8")
    assert "1 stored copy passed over: 20261107T010000Z-" in page
    assert "the bytes are not those that were stored &#40;checksum differs&#41;." in page
    assert "Long Treasuries (TLT): not available" in page


@pytest.mark.network
def test_case_31_published_address_that_is_gone(degraded_site: Place) -> None:
    """A build that would lose a page which was once published is refused by the page's name; the old site stays."""
    ledger = sorted((degraded_site.store / "addresses").glob("*.txt"))
    assert len(ledger) == 1
    assert "/reports/eth-russell-2000/\n" in ledger[0].read_text(encoding="utf-8")
    text = "/reports/eth-dogecoin/\n"
    gone = degraded_site.store / "addresses" / "2026-01-02-69272ec4.txt"
    gone.write_text(text, encoding="utf-8")
    site = degraded_site.folder / "site"
    before = tree(site)
    done = degraded_site.run("build", "--data", "store", "--no-editions")
    gone.unlink()
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith("tandem: /reports/eth-dogecoin/: was published and is gone; bring the page back, or ")
    assert tree(site) == before


@pytest.mark.network
def test_case_34_no_other_host(degraded_site: Place) -> None:
    """No page asks for anything elsewhere, each has its policy, and each figure a picture that needs no script."""
    for page in (degraded_site.folder / "site").rglob("index.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="(?:https?:)?//', text), page
        assert "Content-Security-Policy" in text, page
        assert text.count("<figure") <= text.count("<img") + text.count("<svg"), page


@pytest.mark.network
def test_case_39_site_tells_its_age_itself(degraded_site: Place) -> None:
    """The date of the data and the time of the next update stand on the page, for readers with and without scripts."""
    home = (degraded_site.folder / "site" / "index.html").read_text(encoding="utf-8")
    assert 'Data through <time datetime="2026-11-06">2026-11-06</time>' in home
    assert 'data-next-update="2026-11-10T06:00:00+00:00"' in home
    assert '<time datetime="2026-11-10T06:00:00+00:00">2026-11-10</time>' in home


# --------------------------------------------------------------------------------------------- editions and records


def test_case_30_second_edition_of_a_day(tmp_path: Path) -> None:
    """The same data: nothing new. Other data: refused in one line, and the frozen files are as they were."""
    place = make_place(tmp_path / "project", small_report())
    shutil.copytree(ROOT / "templates", place.folder / "templates")
    world = make_world()
    world.write_csv(place.folder / "mine")
    command = ("edition", "2026-11-20", "--data", "mine")
    first = place.run(*command)
    assert (first.code, first.err) == (0, ""), first
    before = place.files()
    again = place.run(*command)
    assert again.code == 0
    assert "is in the store already, with this content" in again.out
    assert place.files() == before
    world.prices.loc["2026-08-28", "rut"] *= 1.01
    world.write_csv(place.folder / "mine")
    other = place.run(*command)
    assert other.code == 1
    assert other.line.startswith("tandem: edition 2026-11-20, revision 1: is frozen and is not rewritten, and the data")
    assert place.files() == before
    assert place.run("verify").out.startswith("1 editions, ")


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    return subprocess.run([GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


FINDINGS = {
    "as_of": "2026-11-20",
    "data": "store",
    "degraded": [],
    "data_sha256": "ab" * 32,
    "code_version": "0.0.0+test",
    "numbers": {"correlation.pearson.daily.252": {"value": 0.4, "lower": 0.3, "upper": 0.5, "nobs": 252}},
    "verdicts": {},
}


def publishable(place: Place, bare: Path) -> Place:
    """Make the project ready for the steps around a build: a repository with a remote, and a small whole site."""
    git(place.folder, "init", "--quiet")
    git(place.folder, "remote", "add", "origin", str(bare))
    put_findings(place)
    for name in ("index.html", "404.html", "sitemap.xml"):
        (place.folder / "site" / name).write_text("whole", encoding="utf-8")
    return place


def put_findings(place: Place, **changes: object) -> None:
    """Write the findings of the built site, with these changes."""
    path = place.folder / "site" / "data" / "eth-russell-2000" / "findings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**FINDINGS, **changes}), encoding="utf-8")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return an empty remote."""
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare")
    return folder


@pytest.mark.network
def test_case_37_push_refused(bare: Path, stores: Callable[..., Path], tmp_path: Path) -> None:
    """A remote that refuses twice gets the record the third time; one that always refuses is one line."""
    place = publishable(make_place(tmp_path / "project", small_report()), bare)
    shutil.copytree(stores(("eth_usd", "rut", "spx", "iwm", "dgs2", "target_upper"), TWO_WEEKS_AGO), place.store)
    hook = bare / "hooks" / "pre-receive"
    hook.write_text('#!/bin/sh\necho x >> count\n[ "$(wc -l < count)" -gt 2 ]\n', encoding="utf-8")
    hook.chmod(0o755)
    done = place.run("record", module="generator.publishing")
    assert (done.code, done.err) == (0, ""), done
    assert git(bare, "rev-list", "--count", "data") == "1"
    again = place.run("record", module="generator.publishing")
    assert again.out == "data branch: nothing new\n"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (place.store / "new.txt").write_text("1", encoding="utf-8")
    refused = place.run("record", module="generator.publishing")
    assert refused.code == 1
    assert refused.line.startswith("record: data branch: origin refused 5 attempts (")
    assert git(bare, "rev-list", "--count", "data") == "1"


def test_case_37_delivery_fails(bare: Path, tmp_path: Path) -> None:
    """A place that holds something else is refused in one line; what is served there is as it was."""
    place = publishable(make_place(tmp_path / "project", small_report()), bare)
    served = tmp_path / "www"
    served.mkdir()
    (served / "letter.txt").write_text("mine", encoding="utf-8")
    done = place.run("deliver", module="generator.publishing", variables={"DEST": str(served)})
    assert done.code == 1
    assert done.line.endswith("holds files but no index.html, so it is not a site; name another folder")
    assert (served / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_case_37_jump_that_nobody_can_explain(bare: Path, tmp_path: Path) -> None:
    """A headline number outside its old interval a day later stops the run; who has looked may accept it."""
    place = publishable(make_place(tmp_path / "project", small_report()), bare)
    first = place.run("summary", module="generator.publishing")
    assert (first.code, first.err) == (0, "")
    number = {"correlation.pearson.daily.252": {"value": 0.9, "lower": 0.8, "upper": 0.95, "nobs": 252}}
    put_findings(place, as_of="2026-11-23", numbers=number)
    stopped = place.run("summary", module="generator.publishing")
    assert stopped.code == 1
    assert (
        "0.4 (0.3 to 0.5, n = 252) → 0.9 (0.8 to 0.95, n = 252), outside the interval of 3 days before" in stopped.line
    )
    accepted = place.run("summary", module="generator.publishing", variables={"ACCEPT_JUMP": "true"})
    assert (accepted.code, accepted.err) == (0, "")
