"""The command line: one line per error, four exit statuses, no traceback for what a user can cause."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import __version__, cli
from generator.errors import TandemError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
AS_OF = "2026-09-18"
NOW = "2026-09-21T06:00:00+00:00"
HEAVY = ("numpy", "pandas", "scipy", "altair", "pydantic", "jinja2", "mkdocs", "yfinance", "statsmodels")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder with a configuration of few replications, enough for every command but `build`."""
    text = (ROOT / "report.toml").read_text(encoding="utf-8").replace("reps = 9999", "reps = 99")
    (tmp_path / "report.toml").write_text(text, encoding="utf-8")
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    return tmp_path


@pytest.fixture
def run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what runs a command in this process: exit status, output, errors."""
    monkeypatch.setenv("TANDEM_NOW", NOW)
    monkeypatch.setenv("TANDEM_CODE_VERSION", "0.0.0+test")
    monkeypatch.chdir(project)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


# --- usage -------------------------------------------------------------------------------------------------------


def test_help_needs_no_library() -> None:
    """`tandem --help` is instant because nothing heavy is imported for it."""
    program = (
        "import sys\nfrom generator import cli\ncli.make_parser().format_help()\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command_and_status(run: Callable[..., tuple[int, str, str]]) -> None:
    """The four exit statuses are documented where a user looks; a call without a command is wrong usage."""
    status, out, _ = run("--help")
    assert status == 0
    for word in ("fetch", "build", "serve", "check", "explain", "0 done", "1 error", "2 wrong usage", "3 published"):
        assert word in " ".join(out.split())
    status, out, _ = run()
    assert status == cli.USAGE
    assert "usage: tandem" in out


def test_version(run: Callable[..., tuple[int, str, str]]) -> None:
    """The version is that of the package."""
    assert run("--version") == (0, f"tandem {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("build", "--nothing"),
        ("explain",),
        ("build", "--as-of"),
        ("build", "--as-of", "2026-13-45"),
        ("build", "--as-of", "20260918"),
        ("build", "--as-of", "2026-W38-5"),
        ("build", "--as-of", "2026-9-18"),
        ("build", "--as-of", "$(id)"),
        ("build", "--as-of", "x" * 100_000),
        ("build", "--as-of", "２０２６-09-18"),
        ("serve", "--port", "0"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "²"),
        ("serve", "--port", "-1"),
        ("serve", "--port", "9" * 5000),
    ],
)
def test_wrong_usage_is_status_two(run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...]) -> None:
    """The last line says what is wrong, in bearable length; no traceback."""
    status, out, err = run(*arguments)
    assert status == cli.USAGE
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("tandem")
    assert "error: " in err.splitlines()[-1]
    assert len(err) < 2000


def test_a_wrong_date_is_shown_with_the_right_form(run: Callable[..., tuple[int, str, str]]) -> None:
    """The message repeats the value and gives the form."""
    assert "argument --as-of: '2026-13-45' is not a date; write YYYY-MM-DD" in run("build", "--as-of", "2026-13-45")[2]


# --- errors a user can cause -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("build",), ("check",), ("explain", "a.b")])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--config", "none.toml"), "tandem: none.toml: cannot be read (No such file or directory); give its place"),
        (("--config", "."), "tandem: "),
        (("--data", "nowhere"), "tandem: nowhere: no such file or folder; --data takes a folder of CSV files or one"),
        (("--data", "a\nb"), "tandem: a\ufffdb: no such file or folder"),
        (("--data", "store"), "tandem: store: no usable snapshot of Ether, Russell 2000; run `tandem fetch`, or build"),
        (
            ("--data", "sample", "--as-of", "2026-09-22"),
            "tandem: --as-of 2026-09-22: lies in the future (today is 2026",
        ),
        (
            ("--data", "sample", "--as-of", "2015-01-02"),
            "tandem: as_of 2015-01-02: the simulated sample starts on 2016",
        ),
    ],
)
def test_an_error_is_one_line_and_status_one(
    run: Callable[..., tuple[int, str, str]], command: tuple[str, ...], arguments: tuple[str, ...], message: str
) -> None:
    """Where, what, what to do; nothing on standard output, no traceback, nothing written."""
    status, out, err = run(*command, *arguments)
    assert status == cli.ERROR
    assert out == ""
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert not Path("site").exists()
    assert not Path("site_src").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("reps = 99", 'reps = "x"', "tandem: report.toml: run.reps: Input should be a valid integer (value: 'x')\n"),
        ("reps = 99", "reps = ON", "tandem: report.toml: not valid TOML: Invalid value"),
        ('a = "eth_usd"', 'a = "eth"', "tandem: report.toml: pairs[0].a: unknown series 'eth'; known: eth_usd, "),
    ],
)
def test_a_bad_configuration_is_one_line(
    run: Callable[..., tuple[int, str, str]], project: Path, old: str, new: str, message: str
) -> None:
    """File, key path, value, what is allowed."""
    path = project / "report.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    status, out, err = run("check")
    assert (status, out) == (cli.ERROR, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("date,eth_usd\n", "holds a header and no rows"),
        ("day,eth_usd\n2020-01-02,1\n", "the first column is 'day'; it must be one of date"),
        ("date,eth_usd\n2020-01-02,1\n2020-01-02,2\n", "dates must increase"),
        ("date,eth_usd\n2020-01-02,n/a\n", "row 2, column eth_usd: 'n/a' is not a number"),
        ("date,eth_usd\n2020-13-45,1\n", "does not exist"),
        ("date,eth_usd\n2020-01-02,1\n", "no column 'rut', needed by the pair eth-russell-2000 as rut"),
    ],
)
def test_a_bad_file_is_one_line(
    run: Callable[..., tuple[int, str, str]], project: Path, content: str, message: str
) -> None:
    """The file, the row and the column stand in the message."""
    folder = project / "data"
    folder.mkdir()
    (folder / "prices_daily.csv").write_text(content, encoding="utf-8")
    status, out, err = run("build", "--data", str(folder))
    assert (status, out) == (cli.ERROR, "")
    assert "prices_daily.csv: " in err
    assert message in err
    assert err.count("\n") == 1


def test_a_wrong_clock_is_named(run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's clock is checked like any other input."""
    monkeypatch.setenv("TANDEM_NOW", "yesterday")
    assert run("check")[2].startswith("tandem: TANDEM_NOW: 'yesterday' is not a time; write 2026-09-18T23:00+00:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-18T23:00", "2026-09-18T23:00:00+00:00"),
        ("2026-09-18T23:00+09:00", "2026-09-18T14:00:00+00:00"),
        ("2026-09-18", "2026-09-18T00:00:00+00:00"),
    ],
)
def test_the_clock_is_utc(monkeypatch: pytest.MonkeyPatch, text: str, moment: str) -> None:
    """Below the command line there is one zone."""
    monkeypatch.setenv("TANDEM_NOW", text)
    assert cli.now().isoformat() == moment
    monkeypatch.delenv("TANDEM_NOW")
    assert cli.now().utcoffset() is not None


def test_unexpected_errors_keep_their_traceback(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of the program is not dressed up as the user's."""

    def broken(_chosen: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "run_check", broken)
    with pytest.raises(ZeroDivisionError):
        run("check")


def test_an_interrupt_is_one_line(run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C says that nothing published was touched."""

    def stopped(_chosen: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_check", stopped)
    assert run("check") == (130, "", "tandem: stopped; what was published before is untouched\n")


def test_an_error_stays_on_its_line(run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreign text in a message can neither break the line nor colour the terminal."""

    def hostile(_chosen: object) -> int:
        raise TandemError("a\nb\x1b[31mc\u202ed")

    monkeypatch.setattr(cli, "run_check", hostile)
    assert run("check") == (cli.ERROR, "", "tandem: a\ufffdb\ufffd[31mc\ufffdd\n")


# --- check and explain -------------------------------------------------------------------------------------------


def test_check_passes_on_the_sample(run: Callable[..., tuple[int, str, str]], project: Path) -> None:
    """The sample has nothing to hide; `check` writes nothing."""
    before = sorted(p.name for p in project.iterdir())
    status, out, err = run("check", "--data", "sample", "--as-of", AS_OF)
    assert (status, err) == (cli.DONE, "")
    assert f"series through {AS_OF}: " in out
    assert "none that blocks" in out
    assert sorted(p.name for p in project.iterdir()) == before


def test_check_as_json(run: Callable[..., tuple[int, str, str]]) -> None:
    """The same for machines."""
    status, out, _ = run("check", "--data", "sample", "--as-of", AS_OF, "--json")
    body = json.loads(out)
    assert status == cli.DONE
    assert (body["as_of"], body["data"]) == (AS_OF, "sample")
    assert all(set(finding) >= {"series", "check", "severity", "sentence"} for finding in body["findings"])


def test_explain_says_where_a_number_comes_from(run: Callable[..., tuple[int, str, str]]) -> None:
    """Value, interval, sample, method and address, as text and as JSON, and both say the same."""
    number = ("explain", "correlation.pearson.daily.252", "--data", "sample", "--as-of", AS_OF)
    status, out, err = run(*number)
    assert (status, err) == (0, "")
    said, _, script = out.partition("\n\n")
    lines = {line.split()[0]: line for line in said.splitlines()}
    status, text, _ = run(*number, "--json")
    body = json.loads(text)
    assert status == 0
    assert (body["id"], body["pair"], body["as_of"]) == (number[1], "eth-russell-2000", AS_OF)
    assert f"{body['value']:.2f}" in lines["value"]
    assert f"{body['lower']:.2f} to {body['upper']:.2f}" in lines["interval"]
    assert f"{body['first']} to {body['last']}, n = 252" in lines["sample"]
    assert body["link"] in lines["shown"]
    assert body["method"] in lines["method"]
    assert "/data/eth-russell-2000/returns.csv" in lines["download"]
    assert script == body["script"]
    assert script.startswith("import pandas")


def test_explain_another_pair(run: Callable[..., tuple[int, str, str]]) -> None:
    """Any pair can be asked about; an unknown one is one line."""
    where = ("--data", "sample", "--as-of", AS_OF)
    status, out, _ = run("explain", "levels.pearson.126", "--pair", "btc-nasdaq-100", *where)
    assert status == 0
    assert out.startswith("levels.pearson.126 of Bitcoin and the Nasdaq-100, as of 2026-09-18 (sample)")
    status, _, err = run("explain", "levels.pearson.126", "--pair", "x", *where)
    assert (status, err) == (1, "tandem: unknown pair 'x'; known: eth-russell-2000, btc-nasdaq-100, eth-sp-500\n")


def test_explain_an_unknown_number(run: Callable[..., tuple[int, str, str]]) -> None:
    """A misspelt id lists its relatives on one line."""
    status, out, err = run("explain", "levels.pearsn.126", "--data", "sample", "--as-of", AS_OF)
    assert (status, out) == (1, "")
    assert err.startswith("tandem: no number with id 'levels.pearsn.126'; near it: levels.")
    assert err.count("\n") == 1


def test_explain_an_unavailable_number(run: Callable[..., tuple[int, str, str]]) -> None:
    """What cannot be computed is answered with its reason, and that is no error."""
    status, out, _ = run("explain", "spells.longest_since_claim", "--data", "sample", "--as-of", "2025-10-06")
    assert status == 0
    assert "not available: 2025-10-06 is not after the claim date, 2025-10-07" in out


# --- build -------------------------------------------------------------------------------------------------------


def test_serve_without_a_site_says_what_to_do(run: Callable[..., tuple[int, str, str]]) -> None:
    """There is nothing to serve before the first build."""
    assert run("serve") == (1, "", "tandem: site/: there is no site yet; run `make site` first\n")


def test_serve_brings_back_the_site_of_a_killed_run(
    run: Callable[..., tuple[int, str, str]], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who serves after a kill between two moves gets the old site, not an error."""
    (project / "site.old").mkdir()
    (project / "site.old" / "index.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", lambda _self: None)
    status, out, _ = run("serve", "--port", "47113")
    assert status == 0
    assert out == "http://127.0.0.1:47113/ (stop with Ctrl-C)\n"
    assert (project / "site" / "index.html").is_file()


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_output_on_any_terminal(project: Path, encoding: str) -> None:
    """A terminal that cannot show a minus sign shows something else; it is no reason to fail."""
    command = [sys.executable, "-m", "generator", "explain", "since.a.return", "--data", "sample", "--as-of", AS_OF]
    variables = {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT), "TANDEM_NOW": NOW, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=project, env=variables, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"since.a.return of Ether and the Russell 2000" in done.stdout
    assert b"value " in done.stdout


def test_a_closed_pipe_is_no_error(project: Path) -> None:
    """`tandem explain … | head -0` ends quietly."""
    shell = shutil.which("sh")
    assert shell is not None
    command = f"'{sys.executable}' -m generator check --data sample --as-of {AS_OF} | true"
    variables = {"PYTHONPATH": str(ROOT), "TANDEM_NOW": NOW, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [shell, "-c", command], cwd=project, env=variables, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


# --- new-claim ---------------------------------------------------------------------------------------------------


def test_new_claim_prints_a_skeleton_and_changes_nothing(run: Callable[..., tuple[int, str, str]]) -> None:
    """The text can be redirected into a file: the hint goes to the other stream."""
    before = Path("report.toml").read_bytes()
    status, out, err = run("new-claim", "both-fall")
    assert status == cli.DONE
    assert out.startswith("[[claims]]\n")
    assert 'slug = "both-fall"' in out
    assert "--append" in err
    assert Path("report.toml").read_bytes() == before


def test_an_appended_claim_is_refused_until_it_is_complete(run: Callable[..., tuple[int, str, str]]) -> None:
    """`check` names the claim's place in one line; nothing is published from a draft."""
    before = Path("report.toml").read_text(encoding="utf-8")
    status, out, _err = run("new-claim", "both-fall", "--append")
    assert (status, "both-fall" in out) == (cli.DONE, True)
    text = Path("report.toml").read_text(encoding="utf-8")
    assert text.startswith(before.rstrip("\n"))
    status, out, err = run("check", "--data", "sample")
    assert (status, out) == (cli.ERROR, "")
    assert err.count("\n") == 1
    assert "claims[" in err


@pytest.mark.parametrize("slug", ["Both-Fall", "../x", "con", "near-perfect-correlation"])
def test_a_claim_without_an_address_of_its_own_is_refused(slug: str, run: Callable[..., tuple[int, str, str]]) -> None:
    """Nothing is added, and the line names what is wrong."""
    before = Path("report.toml").read_bytes()
    status, _out, err = run("new-claim", slug, "--append")
    assert status == cli.ERROR
    assert err.startswith("tandem: new-claim: ")
    assert Path("report.toml").read_bytes() == before
