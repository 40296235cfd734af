"""Who could have put the socket where it is. Root gives files away; others trust another uid."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubhelper_spawner.client import HelperClient, HelperError
from hubhelper_spawner.client.trust_path import UntrustedPath, resolve_trusted

OWNER = os.getuid()


@pytest.fixture
def top(tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "top"
    for directory in (top, top / "run", top / "run/hub-helper"):
        directory.mkdir()
        directory.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(top / "run/hub-helper/helper.sock"))
        listening.listen()
        yield top


@pytest.fixture
def path(top: Path) -> Path:
    return top / "run/hub-helper/helper.sock"


def refusal(path: Path, top: Path, owner: int = OWNER) -> UntrustedPath:
    with pytest.raises(UntrustedPath) as raised:
        resolve_trusted(str(path), owner, str(top))
    return raised.value


def test_a_socket_whose_every_directory_is_its_owners_alone_is_trusted(
    top: Path, path: Path
) -> None:
    around = f"{top}/run/../run/./hub-helper//helper.sock"
    for mode in (0o600, 0o660, 0o666):
        path.chmod(mode)
        assert resolve_trusted(str(path), OWNER, str(top)) == str(path)
        assert resolve_trusted(around, OWNER, str(top)) == str(path)


@pytest.mark.parametrize(
    ("directory", "mode"),
    [
        ("run", 0o775),
        ("run", 0o757),
        ("run", 0o1777),
        ("run/hub-helper", 0o770),
        ("run/hub-helper", 0o1777),
        (".", 0o1777),
    ],
)
def test_a_directory_that_others_can_write_is_refused_by_name(
    top: Path, path: Path, directory: str, mode: int
) -> None:
    (top / directory).chmod(mode)
    error = refusal(path, top)
    assert error.component == str(top / directory)
    assert error.problem == f"is writable by others than its owner (mode {mode:04o})"


def test_links_that_lead_through_trusted_directories_are_followed(top: Path, path: Path) -> None:
    (top / "run/again").symlink_to("../run")
    (top / "run/relative").symlink_to("again/hub-helper")
    (top / "run/hub-helper/link.sock").symlink_to("helper.sock")
    link = top / "run/relative/link.sock"
    assert resolve_trusted(str(link), OWNER, str(top)) == str(path)


def test_a_link_is_judged_by_where_it_leads(top: Path, path: Path) -> None:
    (top / "run/open").mkdir()
    (top / "run/open").chmod(0o1777)
    path.rename(top / "run/open/helper.sock")
    path.symlink_to("../open/helper.sock")
    assert refusal(path, top).component == str(top / "run/open")


def test_an_absolute_link_is_judged_from_the_root_directory_on(top: Path, path: Path) -> None:
    elsewhere = top / "run/elsewhere.sock"
    elsewhere.symlink_to(path)
    # Somewhere above, a directory for temporary files is writable by everybody.
    component = Path(refusal(elsewhere, top).component)
    assert component in top.parents
    assert component.stat().st_mode & 0o022


def test_links_in_a_loop_are_refused(top: Path) -> None:
    (top / "run/loop").symlink_to("loop")
    error = refusal(top / "run/loop/helper.sock", top)
    assert (error.component, error.problem) == (str(top / "run/loop"), "is a link in a loop")


def test_what_is_no_socket_and_what_is_no_directory_is_refused(top: Path) -> None:
    (top / "run/file").write_text("")
    assert refusal(top / "run/file", top).problem == "is not a socket"
    assert refusal(top / "run/hub-helper", top).problem == "is not a socket"
    assert refusal(top / "run/file/helper.sock", top).problem == "is not a directory"


def test_where_nothing_is_the_systems_own_error_is_passed_on(top: Path) -> None:
    with pytest.raises(FileNotFoundError):
        resolve_trusted(str(top / "none/helper.sock"), OWNER, str(top))


@pytest.mark.parametrize(
    "component", [".", "run", "run/hub-helper", "run/hub-helper/helper.sock", "run/link.sock"]
)
def test_what_is_in_the_hands_of_another_account_is_refused(top: Path, component: str) -> None:
    link = top / "run/link.sock"
    link.symlink_to("hub-helper/helper.sock")
    if OWNER == 0:
        os.lchown(top / component, 4242, 4242)
        error = refusal(link, top)
        assert error.component == str(top / component)
        assert error.problem == "belongs to uid 4242, not to root"
    else:
        error = refusal(link, top, owner=OWNER + 1)
        assert error.component == str(top)
        assert error.problem == f"belongs to uid {OWNER}"


async def test_a_client_does_not_connect_below_a_directory_that_others_can_write(
    top: Path, path: Path
) -> None:
    (top / "run").chmod(0o1777)
    client = HelperClient(str(path), trusted_owner=OWNER)
    with pytest.raises(HelperError) as raised:
        await client.describe(id="look")
    error = raised.value
    assert (error.code, error.outcome, error.request_id) == ("untrusted-socket", "none", "look")
    assert error.details["socketPath"] == str(path)
    assert "is writable by others than its owner (mode 1777)" in error.message
    assert isinstance(error.__cause__, UntrustedPath)
