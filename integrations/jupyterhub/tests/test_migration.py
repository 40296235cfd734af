"""The table for those who come from systemdspawner is held against that spawner."""

from __future__ import annotations

import re
from pathlib import Path

from systemdspawner import SystemdSpawner

PAGE = Path(__file__).parents[3] / "docs" / "jupyterhub-migration.md"
#: JupyterHub's own, which systemdspawner gives a meaning.
LIMITS = {"mem_limit", "cpu_limit"}


def test_every_setting_of_systemdspawner_has_a_place_now() -> None:
    section = PAGE.read_text().split("## From systemdspawner")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` +\| ", section, re.MULTILINE)
    own = SystemdSpawner.class_own_traits(config=True).keys()
    assert sorted(documented) == sorted({*own, *LIMITS})
