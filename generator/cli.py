"""Arguments, printing, the clock and the exit status. Everything else is imported when a command needs it."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import __version__
from generator.errors import TandemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.config import Config
    from generator.pipeline import BuildResult
    from generator.project import Project

DONE, ERROR, USAGE, DEGRADED = 0, 1, 2, 3

EPILOG = """exit status: 0 done, 1 error (one line says where, what, and what to do), 2 wrong usage,
3 published, but some data is old or missing (a banner says so)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    # Sums depend on how many threads share them, in their last digits. Set before numpy is imported, and inherited.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign is no reason to fail
    parser = make_parser()
    chosen = parser.parse_args(arguments)
    if not getattr(chosen, "run", None):
        parser.print_help()
        return USAGE
    try:
        status = int(chosen.run(chosen))
        sys.stdout.flush()  # a reader who has gone is noticed here, not when Python ends
    except TandemError as error:
        line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(error))
        print(f"tandem: {line}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        print("tandem: stopped; what was published before is untouched", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="tandem",
        description="Do Ether and small caps move in tandem, and is it the Fed? Builds the site that measures it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tandem {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    fetch = _command(commands, "fetch", run_fetch, "get new data into the store (the only step on the network)")
    fetch.add_argument("--auto", action="store_true", help="no network is not an error: say so and go on")

    build = _command(commands, "build", run_build, "build the site from files; opens no socket")
    _data_arguments(build)
    build.add_argument("--pairs", metavar="SLUG,…", help="only these pairs; default: all of the configuration")
    build.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="processes that compute; default: 2")
    build.add_argument("--cluster", default="", metavar="ADDRESS", help="compute on this Dask scheduler instead")
    build.add_argument(
        "--no-cache", action="store_true", help="use no result of an earlier build; the site is the same"
    )
    build.add_argument("--no-editions", action="store_true", help="make no new editions; show those in the store")

    compare = _command(commands, "compare", run_compare, "build a site about one pair from two CSV files of your own")
    compare.add_argument(
        "a", type=Path, metavar="A.csv", help="dates (YYYY-MM-DD) in the first column, closes in the second"
    )
    compare.add_argument("b", type=Path, metavar="B.csv", help="the same for the other")
    compare.add_argument("--out", type=Path, default=Path("comparison"), metavar="FOLDER", help="default: comparison")
    compare.add_argument("--as-of", type=_day, metavar="DATE", help="last date known, YYYY-MM-DD; default: the newest")
    compare.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="processes that compute; default: 2")

    edition = _command(commands, "edition", run_edition, "freeze what is known on a day; what is frozen stays as it is")
    edition.add_argument(
        "day", type=_day, metavar="DATE", help="YYYY-MM-DD; a day without trading counts as the last before"
    )
    edition.add_argument("--revise", default="", metavar="REASON", help="add a correction beside the edition")
    _data_argument(edition)

    _command(commands, "verify", run_verify, "check every file of every edition against its hash")

    claims = _command(commands, "claims", run_claims, "print every claim with its verdict and the figures that decided")
    _data_arguments(claims)

    serve = _command(commands, "serve", run_serve, "read the built site in a browser on this machine")
    serve.add_argument("--port", type=_port, default=8000, help="default: 8000")

    _command(commands, "offline", run_offline, "write tandem-offline.zip, a copy of the site that opens from the disk")

    accept = _command(commands, "accept", run_accept, "let the newest copy of a series be used that was set aside")
    accept.add_argument("series", metavar="SERIES", help="id in the configuration, for example rut")

    check = _command(commands, "check", run_check, "check the configuration, the data and the store; write nothing")
    _data_arguments(check)

    claim = _command(commands, "new-claim", run_new_claim, "write the skeleton of a claim, to be completed by hand")
    claim.add_argument("slug", metavar="SLUG", help="last part of its address, for example cuts-lift-both")
    claim.add_argument("--append", action="store_true", help="add it to the configuration instead of printing it")

    explain = _command(commands, "explain", run_explain, "say where a published number comes from")
    explain.add_argument("number", metavar="NUMBER-ID", help="for example correlation.pearson.daily.252")
    explain.add_argument("--pair", help="slug of the pair; default: the featured one")
    _data_arguments(explain)
    return parser


def _command(commands: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:  # noqa: ANN401 - argparse's own types are private
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    parser.add_argument("--config", type=Path, default=Path("report.toml"), metavar="FILE", help="default: report.toml")
    parser.add_argument("--quiet", action="store_true", help="no progress, only results and errors")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _data_arguments(parser: argparse.ArgumentParser) -> None:
    _data_argument(parser)
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="last date known, YYYY-MM-DD; default: the newest")


def _data_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        default="auto",
        metavar="auto|store|sample|PATH",
        help="auto (default): the newest good store, else the simulated sample; PATH: a folder or file of your own CSV",
    )


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:  # Python also reads 20260918 and 2026-W38-5
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a date; write YYYY-MM-DD")
    return found


def _port(text: str) -> int:
    if not text.isdecimal() or len(text) > 5 or not 0 < int(text) <= 65535:  # noqa: PLR2004 - the highest port
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a port; give 1 to 65535")
    return int(text)


def _jobs(text: str) -> int:
    if not text.isdecimal() or len(text) > 3 or int(text) < 1:  # noqa: PLR2004 - nobody has a thousand cores
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of processes; give 1 or more")
    return int(text)


def _load(chosen: argparse.Namespace) -> tuple[Config, Project]:
    from generator.config import load_config  # noqa: PLC0415 - keeps --help instant
    from generator.project import Project  # noqa: PLC0415 - the same

    return load_config(chosen.config), Project(root=chosen.config.resolve().parent)


def now() -> datetime:
    """Return the time; the one place where the clock is read. ``TANDEM_NOW`` (ISO 8601) stands in for it."""
    fixed = os.environ.get("TANDEM_NOW")
    if fixed:
        try:
            moment = datetime.fromisoformat(fixed)
        except ValueError:
            raise TandemError(f"TANDEM_NOW: {fixed[:40]!r} is not a time; write 2026-09-18T23:00+00:00") from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)


class _Bar:
    """A progress bar per stage on a terminal, silence elsewhere."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self._quiet = chosen.quiet or chosen.json
        self._silent = self._quiet or not sys.stderr.isatty()
        self._bars: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` parts of a stage are finished."""
        if stage == "editions" and done == 0 and total > 1 and not self._quiet:
            once = f"{total} editions are missing and are made now, once"
            print(f"{once}; this takes some minutes, --no-editions puts it off", file=sys.stderr)
        if self._silent:
            return
        if stage not in self._bars:
            from tqdm import tqdm  # noqa: PLC0415 - only for a person who watches

            self._bars[stage] = tqdm(total=total, desc=stage, unit="", leave=False, file=sys.stderr)
        bar = self._bars[stage]
        bar.update(done - bar.n)
        if done >= total:
            bar.close()


# --------------------------------------------------------------------------------------------------------- commands


def run_build(chosen: argparse.Namespace) -> int:
    """Build the site and print the answer, where it is, and how to read it."""
    from generator import pipeline  # noqa: PLC0415 - keeps --help instant
    from generator.sources.atomic import locked  # noqa: PLC0415 - the same

    config, project = _load(chosen)
    if chosen.pairs:
        config = config.only([slug.strip() for slug in chosen.pairs.split(",") if slug.strip()])
    # Two builds in one folder would write one set of pages.
    with locked(project.docs, what="site") if project.docs.is_dir() else nullcontext():
        result = pipeline.build(
            config,
            project,
            data=chosen.data,
            as_of=chosen.as_of,
            now=now(),
            progress=_Bar(chosen),
            jobs=chosen.jobs,
            cluster=chosen.cluster,
            cached=not chosen.no_cache,
            freeze=not (chosen.no_editions or chosen.pairs),  # an edition holds all pairs or is none
            whole=not chosen.pairs,
        )
    _print_build(chosen, project, result)
    return DEGRADED if result.degraded else DONE


def run_compare(chosen: argparse.Namespace) -> int:
    """Build a site about one pair from two files, beside the project's own."""
    from generator import own_pair, pipeline  # noqa: PLC0415 - keeps --help instant

    config, project = _load(chosen)
    own, place, data = own_pair.prepare(config, project, (chosen.a, chosen.b), chosen.out.resolve())
    result = pipeline.build(
        own,
        place,
        data=str(data),
        as_of=chosen.as_of,
        now=now(),
        progress=_Bar(chosen),
        jobs=chosen.jobs,
        freeze=False,
        whole=False,
    )
    _print_build(chosen, place, result)
    return DEGRADED if result.degraded else DONE


def _print_build(chosen: argparse.Namespace, project: Project, result: BuildResult) -> None:
    from generator.pages.home import answer  # noqa: PLC0415 - as above

    origin = result.context.provenance
    if chosen.json:
        body = {
            "as_of": str(origin["as_of"]),
            "data": origin["kind"],
            "degraded": list(result.degraded),
            "answer": answer(result.context),
            "site": str(project.site),
            "seconds": {name: round(value, 3) for name, value in result.seconds.items()},
        }
        print(json.dumps(body, indent=1))
        return
    if origin["simulated"]:
        print("Simulated sample data, not market data: the numbers below say nothing about real markets.")
    print(answer(result.context))
    for sentence in result.degraded:
        print(f"Degraded: {sentence}")
    spent = ", ".join(f"{name} {value:.1f} s" for name, value in result.seconds.items())
    print(f"Site: {project.site} (data through {origin['as_of']}; {spent})")
    print("Read it: make serve, then open http://127.0.0.1:8000/")


def run_edition(chosen: argparse.Namespace) -> int:
    """Make the edition of a day, or a correction of it, and print where it is."""
    from generator import pipeline  # noqa: PLC0415 - keeps --help instant

    config, project = _load(chosen)
    reason = " ".join(chosen.revise.split())
    if not reason.isprintable():
        raise TandemError("--revise: contains an unprintable character; write plain text")
    manifest, new = pipeline.make_edition(config, project, data=chosen.data, day=chosen.day, now=now(), reason=reason)
    if chosen.json:
        body = {
            "as_of": str(manifest.as_of),
            "revision": manifest.revision,
            "made": manifest.made,
            "new": new,
            "address": f"/editions/{manifest.folder}/",
            "sha256": manifest.sha256,
        }
        print(json.dumps(body, indent=1))
        return DONE
    said = "made" if new else "is in the store already, with this content"
    print(f"{manifest.label}, {manifest.made}: {said}. The next build shows it at /editions/{manifest.folder}/")
    return DONE


def run_verify(chosen: argparse.Namespace) -> int:
    """Check every edition and print each fault in one line."""
    from generator.editions.verify import verify  # noqa: PLC0415 - only this command needs it

    found = verify(chosen.config.resolve().parent / "store", _Bar(chosen))
    if chosen.json:
        body = {"editions": found.editions, "objects": found.objects, "problems": list(found.problems)}
        print(json.dumps(body, indent=1))
        return ERROR if found.problems else DONE
    for problem in found.problems:
        print(f"tandem: {problem}", file=sys.stderr)
    if found.problems:
        print("tandem: restore what was altered from the data branch or a copy of the store", file=sys.stderr)
        return ERROR
    print(f"{found.editions} editions, {found.objects} files: every one as it was made.")
    return DONE


def run_fetch(chosen: argparse.Namespace) -> int:
    """Fetch every series into the store and print what each source gave."""
    from generator.sources import fetch as fetching  # noqa: PLC0415 - only this command uses the network

    config, project = _load(chosen)
    report = fetching.fetch(
        config,
        project.store,
        now=now(),
        deadline_seconds=config.run.fetch_deadline_seconds,
        offline_verdict_seconds=config.run.offline_verdict_seconds,
        progress=_Bar(chosen),
    )
    if chosen.json:
        print(json.dumps(report.as_json(), indent=1))
    else:
        for line in report.lines():
            print(line)
    if report.offline:
        return DONE if chosen.auto else ERROR
    return DEGRADED if report.failed and not chosen.auto else DONE


def run_serve(chosen: argparse.Namespace) -> int:
    """Serve the built site on the loopback address until interrupted."""
    import functools  # noqa: PLC0415 - only this command serves
    import http.server  # noqa: PLC0415 - the same

    from generator import site  # noqa: PLC0415 - keeps --help instant
    from generator.project import Project  # noqa: PLC0415 - the same

    project = Project(root=chosen.config.resolve().parent)
    site.recover(project.site)
    if not (project.site / "index.html").is_file():
        raise TandemError(f"{project.site.name}/: there is no site yet; run `make site` first")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(project.site))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", chosen.port), handler)
    except OSError as error:
        raise TandemError(f"--port {chosen.port}: {error.strerror}; choose another with --port") from error
    with server:
        print(f"http://127.0.0.1:{chosen.port}/ (stop with Ctrl-C)")
        server.serve_forever()
    return DONE


def run_offline(chosen: argparse.Namespace) -> int:
    """Write the copy that opens from the disk."""
    from generator import offline  # noqa: PLC0415 - keeps --help instant
    from generator.project import Project  # noqa: PLC0415 - the same

    project = Project(root=chosen.config.resolve().parent)
    archive = project.root / offline.ARCHIVE
    count = offline.write_offline(project.site, archive)
    if chosen.json:
        print(json.dumps({"archive": archive.name, "files": count, "bytes": archive.stat().st_size}))
    else:
        print(f"{archive.name}: {count} files, {archive.stat().st_size / 1e6:.1f} MB; unzip it and open index.html")
    return DONE


def run_check(chosen: argparse.Namespace) -> int:
    """Run the gate on the data and print each finding."""
    from generator import pipeline  # noqa: PLC0415 - keeps --help instant

    config, project = _load(chosen)
    loaded = pipeline.load(config, project, chosen.data, chosen.as_of, now())
    failed = [check for check in loaded.report.checks if not check.passed]
    if chosen.json:
        body = [
            {"series": c.series_id, "check": c.name, "severity": str(c.severity), "sentence": c.sentence}
            for c in failed
        ]
        print(json.dumps({"as_of": str(loaded.as_of), "data": loaded.kind, "findings": body}, indent=1))
    else:
        for check in failed:
            print(f"{check.severity}: {check.sentence}")
        print(
            f"{len(loaded.report.checks)} checks of {len(loaded.observed)} series through {loaded.as_of}: "
            f"{len(failed)} to know about, {len(loaded.report.degraded)} that degrade, none that blocks."
        )
    return DEGRADED if loaded.report.degraded else DONE


def run_accept(chosen: argparse.Namespace) -> int:
    """Accept a copy that the gate set aside when it came, where its own values can be believed."""
    from generator.sources import accepting  # noqa: PLC0415 - only this command changes what is accepted

    config, project = _load(chosen)
    snapshot, reason = accepting.accept(config, project.store, chosen.series, now())
    if chosen.json:
        body = {"series": chosen.series, "copy": snapshot.body.name, "was set aside because": reason}
        print(json.dumps(body, indent=1))
        return DONE
    print(f"{chosen.series}: {snapshot.body.name} is used from now on. It was set aside because: {reason}")
    return DONE


def run_claims(chosen: argparse.Namespace) -> int:
    """Print the board of verdicts."""
    from generator import analysis, pipeline  # noqa: PLC0415 - keeps --help instant

    config, project = _load(chosen)
    loaded = pipeline.load(config, project, chosen.data, chosen.as_of, now())
    panel = loaded.panel(config)
    judged = {
        slug: verdict
        for pair in config.pairs
        if any(claim.pair == pair.slug for claim in config.claims)
        for slug, verdict in analysis.analyse_pair(config, pair, panel, loaded.kind, draw=False).verdicts.items()
    }
    if chosen.json:
        body = {slug: verdict.as_json() for slug, verdict in judged.items()}
        print(json.dumps({"as_of": str(loaded.as_of), "data": loaded.kind, "verdicts": body}, indent=1))
        return DONE
    print(f"Verdicts as of {loaded.as_of} ({loaded.kind})")
    for claim in config.claims:
        verdict = judged[claim.slug]
        print(f"\n{verdict.shown}: {claim.title}\n  {verdict.sentence}")
    return DONE


def run_new_claim(chosen: argparse.Namespace) -> int:
    """Print the skeleton of a claim, or add it to the configuration; `check` refuses it until it is complete."""
    from generator.claims.board import skeleton  # noqa: PLC0415 - keeps --help instant
    from generator.config import load_config  # noqa: PLC0415 - the same
    from generator.site import write_bytes  # noqa: PLC0415 - the same

    text = skeleton(chosen.slug, load_config(chosen.config))
    name = chosen.config.name
    if chosen.append:
        # A link stays a link: what it leads to is replaced.
        place = chosen.config.resolve()
        write_bytes(place, place.read_bytes().rstrip(b"\n") + b"\n" + text.encode("utf-8"))
    if chosen.json:
        print(json.dumps({"slug": chosen.slug, "appended": chosen.append, "toml": text}, indent=1))
        return DONE
    if chosen.append:
        print(f"{name}: claim {chosen.slug!r} added at the end. Fill it in; `tandem check` says what is missing.")
        return DONE
    print(text.strip("\n"))
    if not chosen.quiet:
        hint = (
            f"tandem: paste this at the end of {name}, or run again with --append; `tandem check` says what is missing"
        )
        print(hint, file=sys.stderr)
    return DONE


def run_explain(chosen: argparse.Namespace) -> int:
    """Print a number with its sample, method and address."""
    from generator import analysis, explain, pipeline, recipes  # noqa: PLC0415 - keeps --help instant
    from generator.findings import Unavailable  # noqa: PLC0415 - the same
    from generator.formatting import interval, plain, shown  # noqa: PLC0415 - the same

    config, project = _load(chosen)
    pair = config.pair(chosen.pair) if chosen.pair else config.featured
    loaded = pipeline.load(config, project, chosen.data, chosen.as_of, now())
    panel = loaded.panel(config)
    result = analysis.analyse_pair(config, pair, panel, loaded.kind, draw=False)
    try:
        number = result.numbers[chosen.number]
    except KeyError as error:
        raise TandemError(str(error.args[0])) from None
    files = explain.downloads(result.context, result.tables)
    script = explain.script(chosen.number, number, files, pair.slug, loaded.as_of)
    formula = "" if isinstance(number, Unavailable) else explain.formula(project.method(number.method))
    if chosen.json:
        body = {"id": chosen.number, "pair": pair.slug, "as_of": str(loaded.as_of), **number.as_json()}
        body |= {"formula": formula, "script": script, "call": f"generator.{recipes.call(chosen.number)}"}
        print(json.dumps(body, indent=1))
        return DONE
    print(f"{chosen.number} of {pair.title}, as of {loaded.as_of} ({loaded.kind})")
    if isinstance(number, Unavailable):
        print(f"not available: {number.reason}")
        return DONE
    print(f"value     {plain(shown(number))}   ({number.unit})")
    if number.lower is not None:
        print(f"interval  {plain(interval(number))}   ({number.level:.0%})")
    print(f"sample    {number.first} to {number.last}, n = {number.nobs}")
    print(f"computed  by generator.{recipes.call(chosen.number)}")
    print(f"method    /methods/{number.method}/")
    print(f"shown at  {number.link}")
    print(f"again     {explain.again(chosen.number, pair.slug, loaded.as_of)}")
    print(f"          with /data/{explain.PANEL} beside it; not for what rests on futures or published surprises")
    if script:
        used = [f"/data/{pair.slug}/{name}" for name in files if f'"{name}"' in script] or [f"/data/{explain.PANEL}"]
        print(f"download  {', '.join(used)}")
        print(f"script    prints the value from the download beside it\n\n{script}", end="")
    if formula:
        print(f"\nformula   as the page of the method has it\n\n{formula}")
    return DONE
