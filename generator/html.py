"""Markdown → finished site: MkDocs into a folder aside, redirects, embeds, policy, link check, and the swap."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from generator import embeds, ledger, linkcheck, site
from generator.cache import Stamp, key_of, tree_sha256
from generator.errors import BuildError
from generator.render import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.project import Project
    from generator.report import SiteContext


def build_html(project: Project, context: SiteContext, *, whole: bool = True, anew: bool = False) -> None:
    """Run MkDocs into a folder aside, finish the pages, and swap the folder in.

    Where the site that is there was made from the very same Markdown, settings and code, it stays.

    Parameters
    ----------
    whole : bool
        Whether this is the whole site; a build of some pairs owes nothing to the addresses of the others.
    anew : bool
        Whether to make it in any case.

    Raises
    ------
    BuildError
        MkDocs failed, a link leads nowhere, or a published page is gone; the site before it is untouched.
    """
    epoch = int(datetime.combine(context.provenance["as_of"], time(), UTC).timestamp())
    origin = context.provenance
    settings = {
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", str(epoch)),
        "TANDEM_AS_OF": str(origin["as_of"]),
        "TANDEM_DATA": origin["kind"],
        "TANDEM_DEGRADED": " ".join(origin["degraded"]),
        "TANDEM_CODE_VERSION": origin["code_version"],
        "TANDEM_DATA_SHA256": origin["data_sha256"],
        "TANDEM_NEXT_UPDATE": origin["next_update"].isoformat(),
    }
    if origin["site_url"]:
        settings["SITE_URL"] = origin["site_url"]
    inputs = _inputs(project, context, settings, whole=whole)
    made = Stamp(project.cache.parent / "site.json", _with_ledger(project, inputs), project.site)
    if not anew and made.unchanged():
        return
    aside = project.root / "site.new"
    shutil.rmtree(aside, ignore_errors=True)
    # Never --quiet: warnings that are not shown are not counted, and strict mode lets them pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(aside)]
    finished = subprocess.run(  # noqa: S603 - fixed words and our own folder
        command,
        cwd=project.root,
        # Set but empty, SITE_URL would leave the site without any address, and instant navigation off without a word.
        env={**{key: value for key, value in os.environ.items() if value or key != "SITE_URL"}, **settings},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        close_fds=False,  # MkDocs holds the lock too: were this run killed, the next would wait for it to end
    )
    if finished.returncode:
        said = (finished.stderr + finished.stdout).splitlines()
        lines = [line for line in said if line.strip() and not line.startswith("INFO")]
        raise BuildError("mkdocs: " + (" · ".join(lines[-6:]) or f"failed with exit code {finished.returncode}"))
    found = finish(project, context, aside, whole=whole)
    site.swap_in(aside, project.site)
    if found:
        ledger.record(project.store, found, origin["as_of"])
    # The ledger may have grown, and the next build is to find it as it is now.
    dataclasses.replace(made, inputs=_with_ledger(project, inputs)).record()


def _inputs(project: Project, context: SiteContext, settings: Mapping[str, str], *, whole: bool) -> str:
    """Return the hash of everything that the finished site depends on, the ledger of addresses aside."""
    config = project.root / "mkdocs.yml"
    parts = [
        json.dumps([settings, whole, context.config.redirects, context.config.site.title], default=str, sort_keys=True),
        hashlib.sha256(config.read_bytes()).hexdigest() if config.is_file() else "",
        tree_sha256(project.docs),
        tree_sha256(project.templates),
    ]
    return key_of("site", *parts)


def _with_ledger(project: Project, inputs: str) -> str:
    return key_of("site and ledger", inputs, tree_sha256(project.store / ledger.FOLDER))


def finish(project: Project, context: SiteContext, aside: Path, *, whole: bool) -> frozenset[str]:
    """Add redirects and the policy to the finished pages, check every link, and return the addresses to record."""
    from generator.csp import apply_csp  # noqa: PLC0415 - only a full build needs it

    origin = context.provenance
    embeds.write_embeds(aside, environment(project.templates), context.config.site.title, origin)
    pages = linkcheck.read_pages(aside)
    moved = frozenset[str]()
    if whole and context.config.redirects:
        names = {"site": context.config.site.title, "site_url": origin["site_url"]}
        moved = ledger.write_redirects(aside, context.config.redirects, pages, environment(project.templates), names)
        pages = linkcheck.read_pages(aside)
    # Only real data at a published address makes promises.
    binding = whole and bool(origin["site_url"]) and not origin["simulated"]
    if binding:
        published = ledger.read(project.store)
        ledger.check(published, ledger.addresses(pages))
        if ledger.keep_anchors(aside, ledger.lost_anchors(published, pages, moved)):
            pages = linkcheck.read_pages(aside)
    apply_csp(aside)
    leave = () if whole else ("editions/", "changes/")
    linkcheck.check_links(aside, pages, site_url=origin["site_url"], leave=leave, moved=moved)
    return ledger.addresses(pages) if binding else frozenset()
