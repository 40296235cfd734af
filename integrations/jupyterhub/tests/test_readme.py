"""The README's table of traits is held against the class."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from jupyterhub.app import JupyterHub
from jupyterhub.spawner import Spawner

from hubhelper_spawner import HubHelperSpawner
from hubhelper_spawner.traits import HubHelperTraits

README = Path(__file__).parents[1] / "README.md"
_ROW = re.compile(r"^\| `(\w+)` +\| `(.+?)` +\| ", re.MULTILINE)


def documented() -> dict[str, object]:
    """The defaults in the table, by the names of the traits."""
    return {name: ast.literal_eval(value) for name, value in _ROW.findall(README.read_text())}


def test_the_readme_lists_every_trait_and_no_other() -> None:
    own = HubHelperTraits.class_own_traits(config=True)
    assert documented().keys() == own.keys()
    assert issubclass(HubHelperSpawner, HubHelperTraits)


def test_the_readme_shows_the_defaults_of_the_traits() -> None:
    traits = HubHelperTraits.class_own_traits(config=True)
    assert documented() == {name: trait.default() for name, trait in traits.items()}


def test_the_example_sets_what_jupyterhub_knows() -> None:
    text = README.read_text()
    set_in_example = re.findall(r"^c\.JupyterHub\.(\w+) = ", text, re.MULTILINE)
    assert len(set_in_example) == 4
    assert set(set_in_example) <= JupyterHub.class_traits(config=True).keys()


def test_the_traits_of_jupyterhub_that_the_readme_names_are_there() -> None:
    (named,) = re.findall(r"as they do elsewhere \(([^)]*)\)", README.read_text())
    assert set(re.findall(r"`(\w+)`", named)) <= Spawner.class_traits(config=True).keys()
