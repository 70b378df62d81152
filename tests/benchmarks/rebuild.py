"""Times a first build of the whole site, the build of the next session, and one with nothing new.

    python tests/benchmarks/rebuild.py --data FOLDER --as-of YYYY-MM-DD [--out FILE.json]

FOLDER holds the CSV files that `report.toml` names. The first build is as of the session before, in an empty folder,
with every edition since the claim; every build is the real command line in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from generator.pipeline import last_session
from generator.site import GENERATED, GENERATED_FILES

ROOT = Path(__file__).parents[2]


def copy_project(folder: Path) -> None:
    """Copy what a build reads, and nothing that one made."""
    made = {ROOT / "site_src" / name for name in (*GENERATED, *GENERATED_FILES)}

    def generated(place: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(place, name) in made]

    for name in ("report.toml", "mkdocs.yml"):
        shutil.copy2(ROOT / name, folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "site_src", folder / "site_src", ignore=generated)


def run(folder: Path, *words: str) -> dict[str, Any]:
    """Run the command line and return wall and processor seconds, and what it printed."""
    unset = {"PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    environment |= {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 3}:
        raise SystemExit(done.stderr[-3000:])
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "processor": processor, "printed": done.stdout}


def main() -> None:
    """Build three times, print the costs and keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the session that is new")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    before = last_session(chosen.as_of - timedelta(days=1))
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        copy_project(folder)
        data = ("build", "--data", str(chosen.data.resolve()), "--quiet", "--json", "--as-of")
        for name, day in (("first build", before), ("one session later", chosen.as_of), ("nothing new", chosen.as_of)):
            cost = run(folder, *data, str(day))
            stages = json.loads(cost.pop("printed"))["seconds"]
            rows.append({"name": name, **cost, "stages": stages})
        cost = run(folder, "--help")
        del cost["printed"]
        rows.append({"name": "tandem --help", **cost, "stages": {}})
        editions = sum(1 for _ in (folder / "store").rglob("manifest.json"))
    result = {"cores": os.cpu_count(), "python": platform.python_version(), "editions": editions, "rows": rows}
    print(json.dumps(result, indent=1))  # noqa: T201 - this is a script
    if chosen.out:
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
