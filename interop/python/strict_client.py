#!/usr/bin/python3
"""A scriptable user that speaks SOCP v1.3 to the letter: one JSON command a line in, one JSON event a line out.

Needs Debian's python3-websockets and python3-cryptography; run it with /usr/bin/python3.

Commands on stdin (end of input: what is under way is sent, then the link is closed with 1000):
  {"do":"tell","to":ID,"text":T}    waits up to 10 s for the recipient's key
  {"do":"all","text":T}
  {"do":"file","to":ID,"path":P}    waits likewise; pieces of one RSA block each
  {"do":"list"}
  {"do":"raw","frame":{...}}        sends the frame as it stands
  {"do":"quit"}

Events on stdout, beside those of a user (see socp_user.py):
  {"event":"hello-sent","user":ID}
  {"event":"list","users":[ID,...]}                 as presence frames have told, sorted
  {"event":"sent","do":"file","path":P}             the last frame of a file has left
  {"event":"frame","type":T,"frame":{...}}          anything else: ERROR, PUBLIC_CHANNEL_*, ...
  {"event":"failed","do":WHAT,"detail":D}           a command that could not be carried out
  {"event":"closed","code":C,"reason":R}            by the server; our own close says nothing

A direct message counts as verified only under the key its sender was advertised with, when that is known. The transport
signature of USER_DELIVER is checked against the key in the relay information document (GET / on the same port) and must
carry the largest salt; without that document it is null. Exit codes: 0 we closed, 1 the server did or was not there,
2 usage.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import websockets

import socp_peer as socp
from socp_peer import ContentLayout, Json, KeyForm, Salt
from socp_script import Emit, RelayInfo, carry_out, fetch_relay_info, print_event, stdin_commands
from socp_user import Profile, User


class StrictClient:
    """One user on one connection. Confined to its event loop."""

    def __init__(self, profile: Profile, relay: RelayInfo | None, emit: Emit) -> None:
        self._me = profile
        self._user = User(profile, emit)
        self._relay = relay
        self._emit = emit

    async def run(self, url: str, commands: AsyncIterator[Json]) -> int:
        """Says hello, carries out the commands in their order, closes. Returns the exit code."""
        async with websockets.connect(url, compression=None, max_size=1 << 20) as link:
            await self._hello(link)
            reader = asyncio.create_task(self._read(link))
            worker = asyncio.create_task(self._work(link, commands))
            await asyncio.wait({reader, worker}, return_when=asyncio.FIRST_COMPLETED)
            ended_by_us = worker.done() and worker.exception() is None
            if ended_by_us:
                await link.close(code=1000)
            worker.cancel()
            await asyncio.gather(reader, worker, return_exceptions=True)
        for task in (reader, worker):
            if not task.cancelled() and (error := task.exception()) is not None:
                if not isinstance(error, websockets.ConnectionClosed):
                    raise error
        if ended_by_us:
            return 0
        self._emit({"event": "closed", "code": link.close_code, "reason": link.close_reason})
        return 1

    # --- out ----------------------------------------------------------------------------------------------------------

    async def _hello(self, link: websockets.WebSocketClientProtocol) -> None:
        key = self._me.public_key
        payload = {"client": "strict-python", "pubkey": key, "enc_pubkey": key}
        to = self._relay.server if self._relay else "server"
        signer = self._me.key if self._me.sign_frames else None
        hello = socp.envelope("USER_HELLO", self._me.user, to, socp.now_ms(), payload, signer, self._me.salt)
        await link.send(json.dumps(hello))
        self._emit({"event": "hello-sent", "user": self._me.user})

    async def _work(self, link: websockets.WebSocketClientProtocol, commands: AsyncIterator[Json]) -> None:
        async def tell(command: Json) -> None:
            await link.send(json.dumps(await self._user.direct(command["to"], command["text"])))

        async def say_to_all(command: Json) -> None:
            await link.send(json.dumps(self._user.public(command["text"])))

        async def file(command: Json) -> None:
            for frame in await self._user.file(command["to"], Path(command["path"])):
                await link.send(json.dumps(frame))
            self._emit({"event": "sent", "do": "file", "path": command["path"]})

        async def show_list(_: Json) -> None:
            self._user.emit_list()

        async def raw(command: Json) -> None:
            await link.send(json.dumps(command["frame"]))

        handlers = {"tell": tell, "all": say_to_all, "file": file, "list": show_list, "raw": raw}
        await carry_out(commands, handlers, self._emit)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def _read(self, link: websockets.WebSocketClientProtocol) -> None:
        async for text in link:
            frame = json.loads(text)
            try:
                await self._on_frame(frame)
            except (KeyError, TypeError, ValueError) as error:
                # A frame we cannot read is shown whole, with the reason: the test judges it.
                self._emit({"event": "frame", "type": frame.get("type"), "frame": frame, "unreadable": repr(error)})

    async def _on_frame(self, frame: Json) -> None:
        kind = frame["type"]
        if kind == "USER_ADVERTISE":
            await self._user.on_advertise(frame["payload"], self._signed_by_relay(frame))
        elif kind == "USER_REMOVE":
            self._user.on_remove(frame["payload"], self._signed_by_relay(frame))
        elif kind == "USER_DELIVER":
            if frame["to"] != self._me.user:
                raise ValueError("not for us")
            transport = self._relay and self._signed_by_relay(frame) is True
            await self._user.on_direct(frame["payload"], frame["ts"], frame["from"], transport)
        elif kind == "MSG_PUBLIC_CHANNEL":
            await self._user.on_public(frame, self._relay and self._relay.server)
        elif kind in ("FILE_START", "FILE_CHUNK", "FILE_END"):
            self._user.on_file(frame)
        else:
            self._emit({"event": "frame", "type": kind, "frame": frame})

    def _signed_by_relay(self, frame: Json) -> bool | None:
        """Null for what another server signed: a client knows its own server's key only."""
        if self._relay is None or frame["from"] != self._relay.server:
            return None
        return socp.verifies(self._relay.key, socp.canonical(frame["payload"]), frame["sig"], Salt.MAX)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A scriptable, strict SOCP v1.3 user.")
    parser.add_argument("--url", help="ws://HOST:PORT of the relay")
    parser.add_argument("--id", default=str(uuid.uuid4()), help="user id (default: a new UUID)")
    parser.add_argument("--key", type=Path, metavar="FILE.pem", help="private key, made when missing")
    parser.add_argument("--key-form", choices=[form.value for form in KeyForm], default="der")
    parser.add_argument("--salt", choices=["max", "32"], default="max", help="PSS salt length we sign with")
    parser.add_argument("--content-layout", choices=[layout.value for layout in ContentLayout], default="A")
    parser.add_argument("--sign-frames", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--self-test", action="store_true", help="check this client against itself, then exit")
    args = parser.parse_args()
    if not args.self_test and (args.url is None or args.key is None):
        parser.error("--url and --key are needed")
    return args


async def connect_and_run(args: argparse.Namespace) -> int:
    key = socp.load_or_make_key(args.key)
    layout = ContentLayout(args.content_layout)
    profile = Profile(args.id, key, KeyForm(args.key_form), Salt(args.salt), layout, args.sign_frames)
    relay = await asyncio.to_thread(fetch_relay_info, args.url)
    try:
        return await StrictClient(profile, relay, print_event).run(args.url, stdin_commands())
    except (OSError, websockets.WebSocketException) as error:
        print(f"cannot talk to {args.url}: {error}", file=sys.stderr)
        return 1


def main() -> int:
    args = arguments()
    if args.self_test:
        import self_test

        return self_test.run()
    return asyncio.run(connect_and_run(args))


if __name__ == "__main__":
    sys.exit(main())
