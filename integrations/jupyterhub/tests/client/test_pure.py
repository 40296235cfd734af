"""Frames, targets and errors: what needs no connection."""

from __future__ import annotations

import random

import pytest

from hubhelper_spawner.client import HelperError, Target
from hubhelper_spawner.client.frames import FrameReader, TooLong, encode_frame
from hubhelper_spawner.client.retry import Pace, backoff, did_nothing


def test_frames_are_the_same_however_the_stream_is_cut() -> None:
    source = random.Random(7)
    lines = [source.randbytes(source.randrange(40)).replace(b"\n", b" ") for _line in range(200)]
    stream = b"".join(line + b"\n" for line in lines)
    for _round in range(50):
        reader = FrameReader(40)
        frames = []
        start = 0
        while start < len(stream):
            end = start + source.randrange(1, 90)
            frames += reader.push(stream[start:end])
            start = end
        assert frames == lines


@pytest.mark.parametrize("size", [1, 3, 7, 8, 100])
def test_the_first_byte_too_many_ends_the_stream(size: int) -> None:
    reader = FrameReader(7)
    frames = []
    with pytest.raises(TooLong):
        for start in range(0, 16, size):
            frames += reader.push(b"1234567\n12345678"[start : start + size])
    assert frames in ([b"1234567"], [])


def test_what_json_does_not_have_is_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_frame({"a": float("nan")})


def test_a_target_has_only_the_members_that_say_something() -> None:
    assert Target("zoe").params() == {"user": "zoe"}
    assert Target("zoe", "", "").params() == {"user": "zoe"}
    assert Target("zoe", "gpu", "big").params() == {
        "template": "big",
        "user": "zoe",
        "server": "gpu",
    }
    # Not left out: the helper says what is wrong with it.
    assert Target("").params() == {"user": ""}
    assert len({Target("zoe"), Target(user="zoe", server="", template=None)}) == 1


def test_an_error_gives_the_sentence_that_a_user_can_do_most_with() -> None:
    assert HelperError("job-failed", "long", {"hint": "short"}).hint == "short"
    assert HelperError("job-failed", "long", {"hint": 7}).hint == "long"
    assert HelperError("denied", "long").hint == "long"
    assert str(HelperError("denied", "long")) == "long"


@pytest.mark.parametrize(
    ("code", "details", "outcome"),
    [
        ("denied", {}, "none"),
        ("invalid-params", {}, "none"),
        ("credentials-refused", {}, "none"),
        ("busy", {}, "none"),
        ("unavailable", {"outcome": "none"}, "none"),
        ("unavailable", {"outcome": "unknown"}, "unknown"),
        ("unavailable", {"outcome": "maybe"}, "unknown"),
        ("job-timeout", {}, "unknown"),
        ("job-failed", {}, "unknown"),
        ("connection-lost", {"outcome": "unknown"}, "unknown"),
        ("cannot-connect", {"outcome": "none"}, "none"),
        ("too-warm", {}, "unknown"),
    ],
)
def test_an_error_says_whether_anything_may_have_been_done(
    code: str, details: dict[str, str], outcome: str
) -> None:
    assert HelperError(code, "x", details).outcome == outcome


def test_only_an_answer_that_says_so_is_certain_to_have_changed_nothing() -> None:
    assert did_nothing(HelperError("busy", ""))
    assert did_nothing(HelperError("unavailable", "", {"outcome": "none"}))
    assert not did_nothing(HelperError("unavailable", "", {"outcome": "unknown"}))
    assert not did_nothing(HelperError("connection-lost", "", {"outcome": "unknown"}))


def test_pauses_grow_to_the_longest_and_lose_at_most_half_to_the_jitter() -> None:
    source = random.Random(7)
    # Far beyond what a float holds: a busy socket is tried for as long as the call may take.
    for tries in [*range(1, 100), 10_000]:
        full = backoff(tries, Pace(), 0)
        assert full == (0.02 * 2 ** (tries - 1) if tries <= 6 else 1.0)
        assert full / 2 <= backoff(tries, Pace(), source.random()) <= full
