"""How a scripted peer meets the outside world: JSON lines in and out, and the relay information document."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp
from socp_peer import Json

Emit = Callable[[Json], None]


@dataclass(frozen=True)
class RelayInfo:
    """What the relay information document says."""

    server: str
    key: rsa.RSAPublicKey


def fetch_relay_info(url: str) -> RelayInfo | None:
    """The relay information document of the port behind a WebSocket address, or None where there is none."""
    try:
        document = fetch_document(url)
        return RelayInfo(document["server_id"], socp.read_public_key(document["pubkey"]))
    except (OSError, KeyError, ValueError) as error:
        print(f"no relay information document behind {url}: {error}", file=sys.stderr)
        return None


def fetch_document(url: str) -> Json:
    """The document as it stands; OSError or ValueError where there is none."""
    http = "http" + url.removeprefix("ws")
    with urllib.request.urlopen(http, timeout=5) as answer:  # noqa: S310 - the address is the operator's
        return json.load(answer)


async def stdin_commands() -> AsyncIterator[Json]:
    """Commands from stdin. A thread reads it: stdin may be a file, and must not keep the process alive."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def pump() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=pump, daemon=True).start()
    while (line := await lines.get()) is not None:
        if line.strip():
            yield json.loads(line)


async def carry_out(
    commands: AsyncIterator[Json], handlers: dict[str, Callable[[Json], Awaitable[None]]], emit: Emit
) -> None:
    """Runs the commands in their order until ``quit`` or the end; what fails is told and does not stop the rest."""
    async for command in commands:
        what = command.get("do")
        if what == "quit":
            return
        try:
            if what not in handlers:
                raise ValueError("unknown command")
            await handlers[what](command)
        except KeyError as missing:
            emit({"event": "failed", "do": what, "detail": f"missing {missing}"})
        except (OSError, ValueError, TimeoutError) as error:
            emit({"event": "failed", "do": what, "detail": str(error)})


def print_event(event: Json) -> None:
    print(json.dumps(event), flush=True)
