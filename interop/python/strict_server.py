#!/usr/bin/python3
"""A scriptable server that speaks SOCP v1.3 to the letter, with one user of its own: JSON lines in, JSON lines out.

Needs Debian's python3-websockets and python3-cryptography; run it with /usr/bin/python3. It listens on 127.0.0.1, where
other servers may join it; with --join it joins the mesh of a running server. Every signature must carry the largest
salt; with --own-form-only servers' keys are read in its own container (--key-form) alone, as some implementations do.

Joining: SERVER_HELLO_JOIN to the introducer, whose SERVER_WELCOME must hold under its pinned key; then SERVER_ANNOUNCE
to it and to every server the welcome names. Being joined: the standard's bare SERVER_WELCOME, which has nothing but
``assigned_id`` and an empty ``clients``: whoever joins must have this server's key from elsewhere. On every link it
advertises its user, sends HEARTBEAT, and takes what is signed by the key it pinned to the sender.

Commands on stdin (end of input closes all links):
  {"do":"tell","to":ID,"text":T}    SERVER_DELIVER to the server that hosts ID
  {"do":"all","text":T}             MSG_PUBLIC_CHANNEL to every server
  {"do":"file","to":ID,"path":P}    FILE_* under the user's name
  {"do":"list"}
  {"do":"leave"}                    USER_REMOVE of its user
  {"do":"arrive"}                   USER_ADVERTISE of its user
  {"do":"quit"}

Events on stdout, beside those of its user (see socp_user.py):
  {"event":"listening","server":ID,"user":ID,"port":P,"pubkey":KEY}
  {"event":"welcome","server":ID,"verified":BOOL,"frame":{...}}         the answer to our JOIN
  {"event":"linked","server":ID,"by":TYPE,"verified":BOOL or null,"frame":{...}}
                                    by SERVER_WELCOME or SERVER_ANNOUNCE (we dialled), or what the other greeted us with
  {"event":"announced","server":ID,"verified":BOOL}                     a SERVER_ANNOUNCE after the link was made
  {"event":"heartbeat","server":ID,"verified":BOOL}
  {"event":"channel","type":T,"server":ID,"verified":BOOL}              PUBLIC_CHANNEL_*
  {"event":"list","users":[ID,...]} · {"event":"sent","do":"file","path":P}
  {"event":"frame","type":T,"frame":{...},"unreadable":WHY}             ERROR, what we cannot read, what is not signed
  {"event":"failed","do":WHAT,"detail":D} · {"event":"unlinked","server":ID,"code":C,"reason":R}

Exit codes: 0 after the end of input, 1 the introducer was not there or not who it must be, 2 usage.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import websockets
from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp
from socp_peer import Json, KeyForm, Salt
from socp_script import Emit, RelayInfo, carry_out, fetch_relay_info, print_event, stdin_commands
from socp_user import Profile, User

HOST = "127.0.0.1"
FRAME_BYTES_MAX = 1 << 20
FIRST_FRAME_WAIT_S = 10
SEEN_MAX = 10_000

GREETINGS = ("SERVER_HELLO_JOIN", "SERVER_HELLO_LINK", "SERVER_ANNOUNCE")


@dataclass(frozen=True)
class Habits:
    """What servers do differently within the standard."""

    key_form: KeyForm = KeyForm.DER
    own_form_only: bool = False  # keys in another container are refused
    bare_presence: bool = False  # USER_ADVERTISE without the user's key, for which the standard has no field
    heartbeat_s: float = 15


class Refused(Exception):
    """The other end is not who it must be, or said something that does not belong on its link."""


@dataclass
class Peer:
    """Another server, and the link we last heard of it on."""

    server: str
    key: rsa.RSAPublicKey
    link: websockets.WebSocketCommonProtocol


class StrictServer:
    """One server and its user. Confined to its event loop."""

    def __init__(self, server: str, key: rsa.RSAPrivateKey, profile: Profile, habits: Habits, emit: Emit) -> None:
        self.server = server
        self._key = key
        self._habits = habits
        self._user = User(profile, emit)
        self._emit = emit
        self._port = 0
        self._peers: dict[str, Peer] = {}
        self._seen: dict[str, None] = {}
        self._links: set[asyncio.Task[None]] = set()

    async def run(self, port: int, join: tuple[str, RelayInfo] | None, commands: AsyncIterator[Json]) -> int:
        """Listens, joins, carries out the commands, closes everything. Returns the exit code."""
        async with websockets.serve(self._accept, HOST, port, compression=None, max_size=FRAME_BYTES_MAX) as listener:
            self._port = listener.sockets[0].getsockname()[1]
            me = {"server": self.server, "user": self._user.profile.user, "port": self._port, "pubkey": self._public}
            self._emit({"event": "listening"} | me)
            heart = asyncio.create_task(self._beat())
            try:
                if join is not None:
                    await self._join(*join)
                await carry_out(commands, self._handlers(), self._emit)
            except (OSError, Refused, websockets.WebSocketException) as error:
                print(f"cannot join: {error}", file=sys.stderr)
                return 1
            finally:
                heart.cancel()
                for peer in list(self._peers.values()):
                    await peer.link.close(code=1000)
                await asyncio.gather(heart, *self._links, return_exceptions=True)
        return 0

    # --- links --------------------------------------------------------------------------------------------------------

    async def _join(self, url: str, introducer: RelayInfo) -> None:
        """SOCP section 8.1: JOIN, the welcome under the pinned key, then ANNOUNCE there and to all it names."""
        link = await self._dial(url)
        await self._send(link, "SERVER_HELLO_JOIN", url.removeprefix("ws://"), self._address)
        welcome = json.loads(await asyncio.wait_for(link.recv(), FIRST_FRAME_WAIT_S))
        verified = welcome["type"] == "SERVER_WELCOME" and self._holds(welcome, introducer.key)
        self._emit({"event": "welcome", "server": welcome.get("from"), "verified": verified, "frame": welcome})
        if not verified or welcome["from"] != introducer.server:
            raise Refused("the welcome is not the introducer's")
        self.server = welcome["payload"]["assigned_id"]
        self._linked(Peer(introducer.server, introducer.key, link), "SERVER_WELCOME", True, welcome)
        await self._send(link, "SERVER_ANNOUNCE", "*", self._address)
        await self._advertise([link])
        self._follow(link, introducer.server)
        for row in named_servers(welcome["payload"]):
            if row["server_id"] not in (self.server, introducer.server):
                try:
                    await self._announce_to(row)
                except (OSError, ValueError, websockets.WebSocketException) as error:
                    self._emit({"event": "failed", "do": "announce", "detail": f"{row['server_id']}: {error}"})

    async def _announce_to(self, row: Json) -> None:
        """To a server the introducer named; its key is pinned from the introducer's word."""
        link = await self._dial(f"ws://{row['host']}:{row['port']}")
        self._linked(Peer(row["server_id"], self._read_key(row["pubkey"]), link), "SERVER_ANNOUNCE", None, row)
        await self._send(link, "SERVER_ANNOUNCE", "*", self._address)
        await self._advertise([link])
        self._follow(link, row["server_id"])

    async def _accept(self, link: websockets.WebSocketServerProtocol) -> None:
        """Another server has dialled us."""
        try:
            first = json.loads(await asyncio.wait_for(link.recv(), FIRST_FRAME_WAIT_S))
            await self._greeted(link, first)
        except (KeyError, TypeError, ValueError, Refused, asyncio.TimeoutError) as error:
            self._emit({"event": "frame", "type": None, "frame": {}, "unreadable": repr(error)})
            await link.close(code=1008)
            return
        except websockets.ConnectionClosed:
            return
        await self._read(link, first["from"])

    async def _greeted(self, link: websockets.WebSocketServerProtocol, greeting: Json) -> None:
        kind, server = greeting["type"], greeting["from"]
        if kind not in GREETINGS:
            raise Refused(f"{kind} is no server's first frame")
        key = self._read_key(greeting["payload"]["pubkey"])
        known = self._peers.get(server)
        if known is not None and known.key.public_numbers() != key.public_numbers():
            raise Refused(f"another key is pinned to {server}")
        verified = self._holds(greeting, key) if greeting.get("sig") else None
        if verified is False:
            raise Refused(f"{kind} of {server} is not signed with the key it shows")
        if kind == "SERVER_HELLO_JOIN":
            await self._send(link, "SERVER_WELCOME", server, {"assigned_id": server, "clients": []})
        self._linked(Peer(server, key, link), kind, verified, greeting)
        await self._advertise([link])

    async def _read(self, link: websockets.WebSocketCommonProtocol, server: str) -> None:
        """Takes what comes on this link until it ends."""
        try:
            async for text in link:
                frame = json.loads(text)
                try:
                    await self._on_frame(frame)
                except (KeyError, TypeError, ValueError, Refused) as error:
                    what = {"event": "frame", "type": frame.get("type"), "frame": frame}
                    self._emit(what | {"unreadable": repr(error)})
        except websockets.ConnectionClosed:
            pass
        if (peer := self._peers.get(server)) is not None and peer.link is link:
            del self._peers[server]
        end = {"event": "unlinked", "server": server, "code": link.close_code, "reason": link.close_reason}
        self._emit(end)

    def _follow(self, link: websockets.WebSocketCommonProtocol, server: str) -> None:
        self._links.add(asyncio.create_task(self._read(link, server)))

    def _linked(self, peer: Peer, by: str, verified: bool | None, frame: Json) -> None:
        self._peers[peer.server] = peer
        self._emit({"event": "linked", "server": peer.server, "by": by, "verified": verified, "frame": frame})

    @staticmethod
    async def _dial(url: str) -> websockets.WebSocketClientProtocol:
        return await websockets.connect(url, compression=None, max_size=FRAME_BYTES_MAX)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._habits.heartbeat_s)
            await self._send_all("HEARTBEAT", "*", {})

    # --- in -----------------------------------------------------------------------------------------------------------

    async def _on_frame(self, frame: Json) -> None:
        kind = frame["type"]
        if kind in ("ERROR", "ACK", "CTRL_CLOSE"):
            self._emit({"event": "frame", "type": kind, "frame": frame})
        elif kind == "MSG_PUBLIC_CHANNEL":
            if self._is_new(frame):
                await self._user.on_public(frame, None)
        elif kind in ("FILE_START", "FILE_CHUNK", "FILE_END"):
            if frame["to"] == self._user.profile.user and self._is_new(frame):
                self._user.on_file(frame)
        else:
            await self._on_server_frame(frame)

    async def _on_server_frame(self, frame: Json) -> None:
        """Signed by the server in ``from``; of other servers than those we are linked to we know no key."""
        kind, server, payload = frame["type"], frame["from"], frame["payload"]
        if server not in self._peers:
            raise Refused(f"no key of {server}")
        verified = self._holds(frame, self._peers[server].key)
        if kind == "HEARTBEAT":
            self._emit({"event": "heartbeat", "server": server, "verified": verified})
        elif kind == "SERVER_ANNOUNCE":
            self._emit({"event": "announced", "server": server, "verified": verified})
        elif kind in ("PUBLIC_CHANNEL_ADD", "PUBLIC_CHANNEL_UPDATED"):
            self._emit({"event": "channel", "type": kind, "server": server, "verified": verified})
        elif not verified:
            raise Refused(f"sig of {kind} does not hold")
        elif kind == "USER_ADVERTISE":
            await self._user.on_advertise(payload, verified)
        elif kind == "USER_REMOVE":
            self._user.on_remove(payload, verified)
        elif kind == "SERVER_DELIVER":
            if frame["to"] != self.server or payload["user_id"] != self._user.profile.user:
                raise Refused("not for our user")
            if self._is_new(frame):
                await self._user.on_direct(payload, frame["ts"], server, verified)
        else:
            raise Refused(f"{kind} is not expected from a server")

    def _is_new(self, frame: Json) -> bool:
        """SOCP section 10: the standard's key of what was seen; the oldest are forgotten."""
        key = json.dumps([frame["ts"], frame["from"], frame["to"], socp.canonical(frame["payload"]).decode()])
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > SEEN_MAX:
            del self._seen[next(iter(self._seen))]
        return True

    @staticmethod
    def _holds(frame: Json, key: rsa.RSAPublicKey) -> bool:
        return socp.verifies(key, socp.canonical(frame["payload"]), frame.get("sig", ""), Salt.MAX)

    def _read_key(self, text: str) -> rsa.RSAPublicKey:
        """A server's key; ValueError in another container than ours, where that is our habit."""
        key, form = socp.read_public_key(text), self._habits.key_form
        if self._habits.own_form_only and socp.write_public_key(key, form).strip() != text.strip():
            raise ValueError(f"a key that is not {form.value}")
        return key

    # --- out ----------------------------------------------------------------------------------------------------------

    @property
    def _public(self) -> str:
        return socp.write_public_key(self._key.public_key(), self._habits.key_form)

    @property
    def _address(self) -> Json:
        return {"host": HOST, "port": self._port, "pubkey": self._public}

    def _handlers(self) -> dict:
        async def tell(command: Json) -> None:
            message = await self._user.direct(command["to"], command["text"])
            peer, user = self._peer_of(command["to"]), self._user.profile.user
            payload = {"user_id": command["to"], "sender": user} | message["payload"]
            await self._send(peer.link, "SERVER_DELIVER", peer.server, payload, ts=message["ts"])

        async def say_to_all(command: Json) -> None:
            message = json.dumps(self._user.public(command["text"]))
            for link in self._all_links():
                await link.send(message)

        async def file(command: Json) -> None:
            link = self._peer_of(command["to"]).link
            for frame in await self._user.file(command["to"], Path(command["path"])):
                await link.send(json.dumps(frame))
            self._emit({"event": "sent", "do": "file", "path": command["path"]})

        async def show_list(_: Json) -> None:
            self._user.emit_list()

        async def leave(_: Json) -> None:
            payload = {"user_id": self._user.profile.user, "server_id": self.server}
            await self._send_all("USER_REMOVE", "*", payload)

        async def arrive(_: Json) -> None:
            await self._advertise(self._all_links())

        return {"tell": tell, "all": say_to_all, "file": file, "list": show_list, "leave": leave, "arrive": arrive}

    async def _advertise(self, links: list[websockets.WebSocketCommonProtocol]) -> None:
        user = self._user.profile
        meta = {} if self._habits.bare_presence else {"pubkey": user.public_key}
        payload = {"user_id": user.user, "server_id": self.server, "meta": meta}
        for link in links:
            await self._send(link, "USER_ADVERTISE", "*", payload)

    def _peer_of(self, user: str) -> Peer:
        server = self._user.home_of(user)
        if server not in self._peers:
            raise ValueError(f"no link to {server}")
        return self._peers[server]

    def _all_links(self) -> list[websockets.WebSocketCommonProtocol]:
        return [peer.link for peer in self._peers.values()]

    async def _send_all(self, kind: str, to: str, payload: Json) -> None:
        for link in self._all_links():
            await self._send(link, kind, to, payload)

    async def _send(
        self, link: websockets.WebSocketCommonProtocol, kind: str, to: str, payload: Json, ts: int | None = None
    ) -> None:
        frame = socp.envelope(kind, self.server, to, socp.now_ms() if ts is None else ts, payload, self._key)
        await link.send(json.dumps(frame))


def named_servers(welcome: Json) -> Iterator[Json]:
    """The servers in a SERVER_WELCOME: ``servers`` in the diagram, ``clients`` in the text of SOCP section 8.1."""
    if "servers" in welcome:
        yield from welcome["servers"]
    else:
        for row in welcome["clients"]:
            yield {"server_id": row["user_id"]} | row


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A scriptable, strict SOCP v1.3 server with one user.")
    parser.add_argument("--port", type=int, default=0, help="where to listen on 127.0.0.1 (default: any free port)")
    parser.add_argument("--join", metavar="ws://HOST:PORT", help="the introducer; its key is read from its GET /")
    parser.add_argument("--id", default=str(uuid.uuid4()), help="server id (default: a new UUID)")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE.pem", help="private key, made when missing")
    parser.add_argument("--user", default=str(uuid.uuid4()), help="its user's id (default: a new UUID)")
    parser.add_argument("--user-key", type=Path, required=True, metavar="FILE.pem", help="likewise, its user's")
    parser.add_argument("--key-form", choices=["der", "pem-base64"], default="der")
    parser.add_argument("--own-form-only", action="store_true", help="refuse servers' keys in another container")
    parser.add_argument("--bare-presence", action="store_true", help="advertise the user without its key")
    parser.add_argument("--heartbeat", type=float, default=15, metavar="SECONDS")
    return parser.parse_args()


async def listen_and_run(args: argparse.Namespace) -> int:
    key, user_key = socp.load_or_make_key(args.key), socp.load_or_make_key(args.user_key)
    form = KeyForm(args.key_form)
    habits = Habits(form, args.own_form_only, args.bare_presence, args.heartbeat)
    join = None
    if args.join is not None:
        introducer = await asyncio.to_thread(fetch_relay_info, args.join)
        if introducer is None:
            return 1
        join = (args.join, introducer)
    server = StrictServer(args.id, key, Profile(args.user, user_key, form), habits, print_event)
    return await server.run(args.port, join, stdin_commands())


if __name__ == "__main__":
    sys.exit(asyncio.run(listen_and_run(arguments())))
