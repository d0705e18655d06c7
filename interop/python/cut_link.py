#!/usr/bin/python3
"""Two relays, a breakable network between them, and two users who keep talking while it is broken.

    interop/python/cut_link.py --how reset --cut 20 --rate 100

Starts both relays through ./socp (jars must be built: ./socp --version builds them). Each advertises a port of this
script, which passes bytes on until it breaks:

  reset    every connection is reset, and every new one at once
  stall    nothing is passed on, nobody is told; afterwards what was under way arrives
  swallow  what is sent is acknowledged and vanishes; at the end the connections are reset

Each user writes RATE direct messages a second to the other one. Then counted, for each direction: what was sent, what
arrived, how often something arrived twice or out of order, and what was reported to its sender as undeliverable. Exit
code 0 only if nothing arrived twice or out of order and all that was sent arrived or was reported.

Needs Debian's python3-websockets and python3-cryptography; run it with /usr/bin/python3.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

import websockets
from cryptography.hazmat.primitives.asymmetric import rsa

import socp_peer as socp

ROOT = Path(__file__).resolve().parents[2]
BEFORE_S = 4
AFTER_S = 4
PATIENCE_S = 100


class Cable:
    """One port in front of one relay."""

    def __init__(self) -> None:
        self.port = 0
        self.target = 0
        self.state = "whole"
        self._whole = asyncio.Event()
        self._whole.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def break_down(self, how: str) -> None:
        self.state = how
        if how == "reset":
            self._reset_all()
        elif how == "stall":
            self._whole.clear()

    def heal(self) -> None:
        if self.state == "swallow":
            self._reset_all()
        self.state = "whole"
        self._whole.set()

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            self._reset(writer)
        self._writers.clear()

    @staticmethod
    def _reset(writer: asyncio.StreamWriter) -> None:
        link = writer.get_extra_info("socket")
        try:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "reset":
            self._reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self._reset(writer)
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                await self._whole.wait()
                if self.state != "swallow":
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
            self._writers.discard(writer)


class Relay:
    """One relay process with a cable in front of it."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory / name
        self._log = directory / f"{name}.log"
        self.cable = Cable()
        self.port = 0
        self.management = 0

    async def start(self, introducer: "Relay | None") -> None:
        await self.cable.open()
        self._directory.mkdir()
        bootstrap = self._directory / "bootstrap.yaml"
        if introducer:
            document = await fetch(introducer.port, "/")
            key = json.loads(document)["pubkey"]
            bootstrap.write_text(
                "bootstrap_servers:\n"
                f"  - host: 127.0.0.1\n    port: {introducer.cable.port}\n    pubkey: {key}\n"
            )
        self.port, self.management = free_port(), free_port()
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [str(ROOT / "socp"), "relay", "--host", "127.0.0.1", "--port", str(self.port),
                 "--management-port", str(self.management), "--data-dir", str(self._directory / "data"),
                 "--bootstrap", str(bootstrap), "--advertise", f"127.0.0.1:{self.cable.port}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.cable.target = self.port
        for _ in range(300):
            try:
                await fetch(self.port, "/")
                return
            except OSError:
                await asyncio.sleep(0.1)
        raise SystemExit(f"relay did not start: {self._log.read_text()}")

    async def metric(self, name: str) -> float:
        text = await fetch(self.management, "/metrics")
        return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(name + r"[ {]", line))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class User:
    """One user on one relay, who signs before the run what is sent during it."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.id = str(uuid.uuid4())
        self._key = key
        self._pub = socp.write_public_key(key.public_key(), socp.KeyForm.DER)
        self.sent = 0
        self.arrived: list[int] = []
        self.last_arrival = 0.0
        self.errors: dict[str, int] = {}
        self.known: set[str] = set()

    def prepare(self, count: int) -> None:
        self._prepared = []
        for number in range(count):
            payload = {"ciphertext": socp.base64url(b"message %d" % number), "sender_pub": self._pub,
                       "content_sig": socp.base64url(bytes(512))}
            self._prepared.append((payload, socp.sign(self._key, socp.canonical(payload))))

    async def connect(self, port: int) -> None:
        self._link = await websockets.connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=1 << 20)
        payload = {"client": "cut-link", "pubkey": self._pub, "enc_pubkey": self._pub}
        await self._send("USER_HELLO", "*", payload, socp.sign(self._key, socp.canonical(payload)))
        self._reader = asyncio.create_task(self._read())

    async def tell(self, to: "User") -> None:
        payload, sig = self._prepared[self.sent]
        self.sent += 1
        await self._send("MSG_DIRECT", to.id, payload, sig)

    async def _send(self, kind: str, to: str, payload: socp.Json, sig: str) -> None:
        frame = {"type": kind, "from": self.id, "to": to, "ts": time.time_ns() // 1_000_000, "payload": payload,
                 "sig": sig}
        await self._link.send(json.dumps(frame))

    async def _read(self) -> None:
        async for text in self._link:
            frame = json.loads(text)
            payload = frame["payload"]
            if frame["type"] == "USER_DELIVER":
                self.arrived.append(int(socp.unbase64url(payload["ciphertext"]).split()[-1]))
                self.last_arrival = time.monotonic()
            elif frame["type"] == "ERROR":
                what = f'{payload.get("code")} {payload.get("detail")}'
                self.errors[what] = self.errors.get(what, 0) + 1
            elif frame["type"] == "USER_ADVERTISE":
                self.known.add(payload["user_id"])
            elif frame["type"] == "USER_REMOVE":
                self.known.discard(payload["user_id"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def fetch(port: int, path: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()

    return await asyncio.to_thread(get)


def verdict(name: str, author: User, reader: User) -> bool:
    """Prints one direction's counts; whether they are as promised."""
    arrived = reader.arrived
    reported = author.errors.get(f"USER_NOT_FOUND {reader.id}", 0)
    twice = len(arrived) - len(set(arrived))
    disordered = sum(1 for a, b in zip(arrived, arrived[1:]) if b < a)
    missing = author.sent - len(set(arrived)) - reported
    others = {what: n for what, n in author.errors.items() if not what.startswith("USER_NOT_FOUND")}
    print(f"{name}: sent {author.sent}, arrived {len(set(arrived))}, reported {reported}, unaccounted {missing}, "
          f"twice {twice}, out of order {disordered}, other errors {others}")
    return twice == 0 and disordered == 0 and missing == 0


async def run(options: argparse.Namespace) -> int:
    key = rsa.generate_private_key(65537, 4096)
    alice, bob = User(key), User(key)
    count = int((BEFORE_S + options.cut + AFTER_S) * options.rate)
    print(f"signing 2 x {count} messages", flush=True)
    await asyncio.to_thread(alice.prepare, count)
    bob._prepared = alice._prepared
    with tempfile.TemporaryDirectory() as directory:
        a, b = Relay(Path(directory), "a"), Relay(Path(directory), "b")
        await a.start(None)
        try:
            await b.start(a)
            try:
                return await talk(options, (a, b), (alice, bob), count)
            finally:
                b.stop()
        finally:
            a.stop()


async def talk(options: argparse.Namespace, relays: tuple[Relay, Relay], users: tuple[User, User], count: int) -> int:
    a, b = relays
    alice, bob = users
    await alice.connect(a.port)
    await bob.connect(b.port)
    while bob.id not in alice.known or alice.id not in bob.known:
        await asyncio.sleep(0.05)
    begin = time.monotonic()
    healed = 0.0
    state = "whole"
    spooled = 0.0
    for number in range(count):
        due = begin + number / options.rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        elapsed = time.monotonic() - begin
        if state == "whole" and elapsed >= BEFORE_S:
            state = "broken"
            for relay in relays:
                relay.cable.break_down(options.how)
            print(f"broken ({options.how}) after {number} messages each way", flush=True)
        elif state == "broken" and elapsed >= BEFORE_S + options.cut:
            state = "healed"
            spooled = await a.metric("socp_peer_spool_frames")
            for relay in relays:
                relay.cable.heal()
            healed = time.monotonic()
            print(f"healed after {number} messages each way, {spooled:.0f} waiting at A", flush=True)
        await alice.tell(bob)
        await bob.tell(alice)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        pending = sum(author.sent - len(set(reader.arrived)) - author.errors.get(f"USER_NOT_FOUND {reader.id}", 0)
                      for author, reader in ((alice, bob), (bob, alice)))
        if pending <= 0:
            break
        await asyncio.sleep(1)
        print(f"{time.monotonic() - healed:.0f} s after healing: {pending} under way", flush=True)
    await asyncio.sleep(1)
    fine = [verdict("alice to bob", alice, bob), verdict("bob to alice", bob, alice)]
    last = max(alice.last_arrival, bob.last_arrival) - healed
    print(f"last arrival {last:.1f} s after healing")
    for name in ("socp_peer_frames_sent_again_total", "socp_peer_frames_given_up_total", "socp_peer_spool_frames"):
        print(f"{name}: A {await a.metric(name):.0f}, B {await b.metric(name):.0f}")
    return 0 if all(fine) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--how", choices=("reset", "stall", "swallow"), default="reset")
    parser.add_argument("--cut", type=float, default=20, help="seconds without network")
    parser.add_argument("--rate", type=float, default=100, help="messages a second, each way")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
