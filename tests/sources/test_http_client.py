"""The client of the rate sources against the loopback server: bounded, faithful to its host, with a cause each time."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, DOWN, NETWORK, NOT_FOUND, RATE_LIMITED, REFUSED
from generator.sources import http as module
from generator.sources.http import Client
from tests.loopback.server import Loopback, Reply, body, manner, status

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.network

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv?id=DGS2&cosd=2026-11-02&coed=2026-11-20"
CSV = frozenset({"application/csv"})


def redirect(where: str) -> Callable[[Reply], None]:
    """Answer with a redirect."""

    def change(reply: Reply) -> None:
        reply.status, reply.body, reply.headers = 302, b"", {"Location": where}

    return change


def test_reply_comes_whole_and_once(loopback: Loopback) -> None:
    """The body is the server's; the same address is asked once per run; the client says who it is."""
    heard: list[str] = []
    client = Client(heard=heard.append)
    first = client.get(URL, CSV)
    assert first.startswith(b"observation_date,DGS2\n2026-11-02,")
    assert client.get(URL, CSV) == first
    assert len(loopback.requests) == 1
    assert heard == ["fred.stlouisfed.org"]
    assert module.USER_AGENT.startswith("tandem/")


@pytest.mark.parametrize(
    ("change", "cause", "message"),
    [
        (status(429), RATE_LIMITED, "fred.stlouisfed.org answered 429"),
        (status(401), REFUSED, "answered 401"),
        (status(403), REFUSED, "answered 403"),
        (status(404), NOT_FOUND, "answered 404"),
        (status(410), NOT_FOUND, "answered 410"),
        (status(500), DOWN, "answered 500"),
        (status(504), DOWN, "answered 504"),
        (body(b"<html>", "text/html"), CHANGED_FORMAT, "answered text/html, not application/csv"),
        (manner("reset"), NETWORK, "the connection broke"),
        (manner("cut"), NETWORK, "the reply broke off after"),
        (redirect("https://example.org/"), REFUSED, "redirected to another host (example.org)"),
        (redirect("http://fred.stlouisfed.org/"), REFUSED, "redirected to another host"),
        (redirect(URL), REFUSED, "fred.stlouisfed.org answered 302"),
    ],
)
def test_each_failure_has_its_cause(
    loopback: Loopback, change: Callable[[Reply], None], cause: str, message: str
) -> None:
    """Status, content type, broken connections and foreign redirects are told apart, in one line."""
    loopback.fail("fredgraph", change)
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        Client().get(URL, CSV)
    assert caught.value.cause == cause
    assert loopback.hosts == {"fred.stlouisfed.org"}


def test_redirect_within_the_host_is_followed(loopback: Loopback) -> None:
    """A host may move its own pages."""
    loopback.fail("coed=2026-11-20", redirect(URL.replace("coed=2026-11-20", "coed=2026-11-19")))
    assert Client().get(URL, CSV).splitlines()[-1].startswith(b"2026-11-19,")


@pytest.mark.parametrize("how", ["hang", "trickle"])
def test_time_is_bounded_from_first_to_last_byte(loopback: Loopback, how: str) -> None:
    """Silence and a byte now and then both end soon after the limit."""
    loopback.fail("fredgraph", manner(how))
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"no answer in time|took too long") as caught:
        Client(timeout_seconds=1.0).get(URL, CSV)
    assert caught.value.cause == NETWORK
    assert time.monotonic() - started < 4


def test_bytes_are_bounded(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply of unreasonable size is not read to its end."""
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    loopback.fail("fredgraph", body(b"x" * 200_000))
    with pytest.raises(SourceError, match="answered more than 1,000 bytes") as caught:
        Client().get(URL, CSV)
    assert caught.value.cause == CHANGED_FORMAT


def test_reply_of_unknown_length_is_not_believed(loopback: Loopback) -> None:
    """Without a length nobody can tell whether the end is missing."""

    def unsized(reply: Reply) -> None:
        reply.manner = "unsized"

    loopback.fail("fredgraph", unsized)
    with pytest.raises(SourceError, match="does not say how long it is"):
        Client().get(URL, CSV)


def test_host_that_is_not_served_cannot_be_reached(loopback: Loopback) -> None:
    """The proxy refuses it and keeps its name: nothing gets out unseen."""
    with pytest.raises(SourceError) as caught:
        Client().get("https://example.org/x.csv", CSV)
    assert caught.value.cause == NETWORK
    assert loopback.connected == ["example.org"]
