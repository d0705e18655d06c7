#!/usr/bin/python3
"""A scriptable user that speaks SOCP v1.3 to the letter: one JSON command a line in, one JSON event a line out.

Needs Debian's python3-websockets and python3-cryptography; run it with /usr/bin/python3.

Commands on stdin (end of input: what is under way is sent, then the link is closed with 1000):
  {"do":"tell","to":ID,"text":T}    waits up to 10 s for the recipient's key
  {"do":"all","text":T}
  {"do":"raw","frame":{...}}        sends the frame as it stands
  {"do":"quit"}

Events on stdout:
  {"event":"hello-sent","user":ID}
  {"event":"presence","user":ID,"server":SID,"online":BOOL,"pubkey":KEY or null}
  {"event":"message","kind":"direct|public","from":ID,"text":T,"ts":MS,"content_verified":BOOL,
   "transport_verified":BOOL or null,"content_layout":"A".."F" or null,"server":SID}
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
import threading
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import websockets
from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp
from socp_peer import ContentLayout, Json, KeyForm, Salt

KEY_WAIT_S = 10
PUBLIC_CHANNEL = "public"


@dataclass(frozen=True)
class Profile:
    """Who the client is and how it writes."""

    user: str
    key: rsa.RSAPrivateKey
    key_form: KeyForm = KeyForm.DER
    salt: Salt = Salt.MAX
    layout: ContentLayout = ContentLayout.A
    sign_frames: bool = True

    @property
    def public_key(self) -> str:
        return socp.write_public_key(self.key.public_key(), self.key_form)


@dataclass(frozen=True)
class RelayInfo:
    """What the relay information document says."""

    server: str
    key: rsa.RSAPublicKey


class StrictClient:
    """One user on one connection. Confined to its event loop."""

    def __init__(self, profile: Profile, relay: RelayInfo | None, emit: Callable[[Json], None]) -> None:
        self._me = profile
        self._relay = relay
        self._emit = emit
        self._keys: dict[str, rsa.RSAPublicKey] = {profile.user: profile.key.public_key()}
        self._key_arrived = asyncio.Condition()

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
        await self._send(link, "USER_HELLO", self._relay.server if self._relay else "server", payload, now_ms())
        self._emit({"event": "hello-sent", "user": self._me.user})

    async def _work(self, link: websockets.WebSocketClientProtocol, commands: AsyncIterator[Json]) -> None:
        async for command in commands:
            what = command.get("do")
            try:
                if what == "tell":
                    await self._tell(link, command["to"], command["text"])
                elif what == "all":
                    await self._all(link, command["text"])
                elif what == "raw":
                    await link.send(json.dumps(command["frame"]))
                elif what == "quit":
                    return
                else:
                    raise ValueError("unknown command")
            except KeyError as missing:
                self._emit({"event": "failed", "do": what, "detail": f"missing {missing}"})
            except (ValueError, TimeoutError) as error:
                self._emit({"event": "failed", "do": what, "detail": str(error)})

    async def _tell(self, link: websockets.WebSocketClientProtocol, to: str, text: str) -> None:
        ciphertext = socp.encrypt(await self._key_of(to), text)
        await self._send_content(link, "MSG_DIRECT", to, {"ciphertext": ciphertext}, signed_to=to)

    async def _all(self, link: websockets.WebSocketClientProtocol, text: str) -> None:
        payload = {"ciphertext": socp.base64url(text.encode()), "text": text}
        await self._send_content(link, "MSG_PUBLIC_CHANNEL", PUBLIC_CHANNEL, payload, signed_to=None)

    async def _send_content(
        self, link: websockets.WebSocketClientProtocol, kind: str, to: str, payload: Json, signed_to: str | None
    ) -> None:
        ts = now_ms()
        data = socp.content_bytes(self._me.layout, payload["ciphertext"], self._me.user, signed_to, ts)
        payload |= {"sender_pub": self._me.public_key, "content_sig": socp.sign(self._me.key, data, self._me.salt)}
        await self._send(link, kind, to, payload, ts)

    async def _send(
        self, link: websockets.WebSocketClientProtocol, kind: str, to: str, payload: Json, ts: int
    ) -> None:
        key = self._me.key if self._me.sign_frames else None
        await link.send(json.dumps(socp.envelope(kind, self._me.user, to, ts, payload, key, self._me.salt)))

    async def _key_of(self, user: str) -> rsa.RSAPublicKey:
        async with self._key_arrived:
            try:
                await asyncio.wait_for(self._key_arrived.wait_for(lambda: user in self._keys), KEY_WAIT_S)
            except asyncio.TimeoutError:
                raise TimeoutError(f"no key of {user} within {KEY_WAIT_S} s") from None
            return self._keys[user]

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
            await self._on_advertise(frame["payload"])
        elif kind == "USER_REMOVE":
            self._on_remove(frame["payload"])
        elif kind == "USER_DELIVER":
            self._on_direct(frame)
        elif kind == "MSG_PUBLIC_CHANNEL":
            self._on_public(frame)
        else:
            self._emit({"event": "frame", "type": kind, "frame": frame})

    async def _on_advertise(self, payload: Json) -> None:
        user, text = payload["user_id"], socp.advertised_key(payload)
        if text is not None:
            key = socp.read_public_key(text)
            async with self._key_arrived:
                self._keys[user] = key
                self._key_arrived.notify_all()
        self._emit(
            {"event": "presence", "user": user, "server": payload["server_id"], "online": True, "pubkey": text}
        )

    def _on_remove(self, payload: Json) -> None:
        user = payload["user_id"]
        self._keys.pop(user, None)
        self._emit(
            {"event": "presence", "user": user, "server": payload["server_id"], "online": False, "pubkey": None}
        )

    def _on_direct(self, frame: Json) -> None:
        payload, sender = frame["payload"], frame["payload"]["sender"]
        if frame["to"] != self._me.user:
            raise ValueError("not for us")
        transport = self._relay and socp.verifies(
            self._relay.key, socp.canonical(payload), frame["sig"], Salt.MAX
        ) and frame["from"] == self._relay.server
        self._emit_message("direct", sender, socp.decrypt(self._me.key, payload["ciphertext"]), frame, transport)

    def _on_public(self, frame: Json) -> None:
        payload, sender = frame["payload"], frame["from"]
        text = socp.unbase64url(payload["ciphertext"]).decode()
        if payload.get("text", text) != text:
            raise ValueError("text and ciphertext differ")
        transport = None
        if frame.get("sig"):
            transport = socp.verifies(self._sender_key(sender, payload), socp.canonical(payload), frame["sig"])
        self._emit_message("public", sender, text, frame, transport)

    def _emit_message(self, kind: str, sender: str, text: str, frame: Json, transport: bool | None) -> None:
        payload, ts = frame["payload"], frame["ts"]
        to = self._me.user if kind == "direct" else None
        key = self._sender_key(sender, payload)
        layout = socp.content_layout_of(key, payload["content_sig"], payload["ciphertext"], sender, to, ts)
        self._emit(
            {
                "event": "message",
                "kind": kind,
                "from": sender,
                "text": text,
                "ts": ts,
                "content_verified": layout is not None,
                "transport_verified": transport,
                "content_layout": layout and layout.value,
                "server": frame["from"] if kind == "direct" else self._relay and self._relay.server,
            }
        )

    def _sender_key(self, sender: str, payload: Json) -> rsa.RSAPublicKey:
        return self._keys.get(sender) or socp.read_public_key(payload["sender_pub"])


# --- around the client ------------------------------------------------------------------------------------------------


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def fetch_relay_info(url: str) -> RelayInfo | None:
    """The relay information document of the port behind a WebSocket address, or None where there is none."""
    http = "http" + url.removeprefix("ws")
    try:
        with urllib.request.urlopen(http, timeout=5) as answer:  # noqa: S310 - the address is the operator's
            document = json.load(answer)
        return RelayInfo(document["server_id"], socp.read_public_key(document["pubkey"]))
    except (OSError, KeyError, ValueError) as error:
        print(f"no relay information document at {http}: {error}", file=sys.stderr)
        return None


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


def print_event(event: Json) -> None:
    print(json.dumps(event), flush=True)


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
