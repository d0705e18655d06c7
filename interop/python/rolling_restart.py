#!/usr/bin/python3
"""Restarts three relays one after the other while their users talk, and accounts for every message.

    rolling_restart.py [--users 60] [--rate 500] [--rounds 1] [--pause 4]

Three relays, linked over TLS with each other and with their users, whose links prove their frames (link
authentication). The users know all three relays, and do what our own client does: they confirm what they have sent by
WebSocket pings, come back where and when they are told (CTRL_CLOSE with retry_ms), send again byte for byte what was
not confirmed, and show a message once however often it comes. RATE messages a second in all go from random users to
random others. Each relay in turn is sent SIGTERM, and started again when it has ended.

Then counted: messages sent, confirmed, shown, reported to their authors as undeliverable, lost, shown twice, brought
twice (which the reader's client notices and does not show), out of order between the same two users; and how long
each user was away: from the relay's goodbye to the welcome of another one. Exit code 0 only if nothing was lost or
shown twice, each relay ended with 0, and 99 of 100 absences took 5 s at most.

Needs Debian's python3-websockets and python3-cryptography; run it with /usr/bin/python3.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections import Counter, deque
from pathlib import Path

import websockets

import socp_peer as socp
from quick_key import QuickKey

ROOT = Path(__file__).resolve().parents[2]
NEWS_S = 1
BEFORE_S = 4
PATIENCE_S = 45
CONFIRM_S = 0.2
FIRST_PAUSE_S = 1.0
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


class Relay:
    """One relay process, started again and again on the same ports with the same data."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self._directory = directory / name
        self._directory.mkdir()
        self._log = directory / f"{name}.log"
        self.port, self.management = free_port(), free_port()
        self.key = ""
        self.endings: list[tuple[int, float]] = []
        self.returns: list[float] = []

    async def make_key(self) -> None:
        text = await asyncio.to_thread(
            subprocess.check_output, [str(ROOT / "socp"), "keygen", "--data-dir", str(self._directory / "data")],
            text=True)
        self.key = next(line.split(":", 1)[1].strip().strip('"') for line in text.splitlines() if "pubkey:" in line)

    def entry(self) -> str:
        return f"  - host: 127.0.0.1\n    port: {self.port}\n    tls: true\n    pubkey: {self.key}\n"

    def knows(self, others: list["Relay"]) -> None:
        text = "bootstrap_servers:\n" + "".join(other.entry() for other in others)
        (self._directory / "bootstrap.yaml").write_text(text)

    async def start(self, peers: int) -> None:
        begin = time.monotonic()
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [str(ROOT / "socp"), "relay", "--host", "127.0.0.1", "--port", str(self.port),
                 "--management-port", str(self.management), "--data-dir", str(self._directory / "data"),
                 "--bootstrap", str(self._directory / "bootstrap.yaml"), "--advertise", f"127.0.0.1:{self.port}",
                 "--tls", "optional", "--verify-content", "never"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, "SOCP_BUILD": "no"})
        for _ in range(600):
            try:
                if await fetch(self.management, "/readyz") is not None and await self.peers() >= peers:
                    self.returns.append(time.monotonic() - begin)
                    return
            except OSError:
                pass
            await asyncio.sleep(0.1)
        raise SystemExit(f"relay {self.name} did not start: {self._log.read_text()}")

    async def peers(self) -> float:
        text = await fetch(self.management, "/metrics")
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("socp_peers "))

    async def end(self) -> None:
        begin = time.monotonic()
        self.process.terminate()
        code = await asyncio.to_thread(self.process.wait, 30)
        self.endings.append((code, time.monotonic() - begin))

    def said(self) -> list[str]:
        return [line for line in self._log.read_text().splitlines() if "left behind" in line or "brought away" in line]


class User:
    """One user, who knows all relays and is on one at a time."""

    def __init__(self, number: int, key: QuickKey, relays: list[Relay]) -> None:
        self.id = str(uuid.uuid4())
        self._key = key
        self._pub = socp.write_public_key(key.public_key(), socp.KeyForm.DER)
        self._relays = relays
        self._at = number % len(relays)
        self.begin = time.monotonic()
        self._unconfirmed: deque[tuple[int, str]] = deque()
        self._waiting: deque[tuple[int, str]] = deque()
        self._link = None
        self._last_ts = 0
        self.sent: dict[str, Counter] = {}
        self.written: dict[str, str] = {}
        self.count = 0
        self.again = 0
        self.shown: Counter = Counter()
        self._order: dict[str, int] = {}
        self.disordered = 0
        self.twice = 0
        self.errors: Counter = Counter()
        self.absences: list[float] = []
        self.ready = asyncio.Event()
        self.isover = False

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._live()), asyncio.create_task(self._confirm())]

    async def stop(self) -> None:
        self.isover = True
        for task in self._tasks:
            task.cancel()
        if self._link:
            await self._link.close()

    def place(self) -> str:
        return f"{'at' if self._link else 'going to'} {self._relays[self._at].name}"

    def pending(self) -> int:
        return len(self._unconfirmed) + len(self._waiting)

    async def tell(self, to: "User") -> None:
        self.count += 1
        self._last_ts = max(time.time_ns() // 1_000_000, self._last_ts + 1)
        text = socp.base64url(f"{self.id} {self.count}".encode())
        self.sent.setdefault(to.id, Counter())[text] += 1
        self.written[text] = f"{time.monotonic() - self.begin:.2f} s, author {self.place()}, reader {to.place()}"
        content = socp.content_bytes(socp.ContentLayout.A, text, self.id, to.id, self._last_ts)
        payload = {"ciphertext": text, "sender_pub": self._pub, "content_sig": self._key.sign(content)}
        frame = json.dumps({"type": "MSG_DIRECT", "from": self.id, "to": to.id, "ts": self._last_ts,
                            "payload": payload, "sig": ""})
        self._waiting.append((self.count, frame))
        await self._flush()

    async def _flush(self) -> None:
        while self._waiting and self._link is not None:
            number, frame = self._waiting.popleft()
            self._unconfirmed.append((number, frame))
            try:
                await self._link.send(frame)
            except websockets.ConnectionClosed:
                return

    async def _confirm(self) -> None:
        while True:
            await asyncio.sleep(CONFIRM_S)
            if self._link is not None and self._unconfirmed:
                await self._ask(self._link)

    async def _ask(self, link) -> None:
        last = self._unconfirmed[-1][0] if self._unconfirmed else 0
        try:
            await (await link.ping())
        except websockets.ConnectionClosed:
            return
        while self._unconfirmed and self._unconfirmed[0][0] <= last:
            self._unconfirmed.popleft()

    async def _live(self) -> None:
        gone = 0.0
        pause = 0.0
        while not self.isover:
            await asyncio.sleep(pause)
            try:
                gone, pause = await self._visit(self._relays[self._at], gone)
            except (OSError, websockets.WebSocketException, asyncio.TimeoutError):
                pause = random.random() * FIRST_PAUSE_S
            self.ready.clear()
            self._link = None
            self._at = (self._at + 1) % len(self._relays)

    async def _visit(self, relay: Relay, gone: float) -> tuple[float, float]:
        """Until the connection ends: when that was, and how long to stay away."""
        async with websockets.connect(f"wss://127.0.0.1:{relay.port}/", ssl=TLS, compression=None, max_size=1 << 20,
                                      ping_interval=None, open_timeout=10, close_timeout=2) as link:
            nonce = link.response_headers["Socp-Link-Nonce"]
            shown = socp.base64url(hashlib.sha256(socp.unbase64url(relay.key)).digest())
            payload = {"client": "rolling-restart", "pubkey": self._pub, "enc_pubkey": self._pub,
                       "ext": {"v": 1, "presence": "ask", "reconnect": True,
                               "link_auth": {"nonce": nonce, "server": shown}}}
            await self._say_hello(link, payload)
            if gone:
                self.absences.append(time.monotonic() - gone)
            for _, frame in list(self._unconfirmed):
                self.again += 1
                await link.send(frame)
            self._link = link
            self.ready.set()
            await self._flush()
            return await self._read(link)

    async def _say_hello(self, link, payload: socp.Json) -> None:
        sig = self._key.sign(socp.canonical(payload))
        frame = {"type": "USER_HELLO", "from": self.id, "to": "*", "ts": time.time_ns() // 1_000_000,
                 "payload": payload, "sig": sig}
        await link.send(json.dumps(frame))
        while True:
            answer = json.loads(await asyncio.wait_for(link.recv(), 10))
            if answer["type"] == "USER_WELCOME":
                return
            if answer["type"] == "ERROR":
                raise websockets.WebSocketException(answer["payload"].get("code"))
            self._take(answer)

    async def _read(self, link) -> tuple[float, float]:
        gone = 0.0
        pause = None
        try:
            async for text in link:
                frame = json.loads(text)
                if frame["type"] == "CTRL_CLOSE" and "retry_ms" in frame["payload"]:
                    gone = time.monotonic()
                    pause = frame["payload"]["retry_ms"] / 1000
                    self._link = None
                    asyncio.create_task(self._ask(link))
                else:
                    self._take(frame)
        except websockets.ConnectionClosed:
            pass
        return gone or time.monotonic(), random.random() * FIRST_PAUSE_S if pause is None else pause

    def _take(self, frame: socp.Json) -> None:
        payload = frame["payload"]
        if frame["type"] == "USER_DELIVER":
            text = payload["ciphertext"]
            if self.shown[text]:
                self.twice += 1
                return
            self.shown[text] += 1
            author, number = socp.unbase64url(text).decode().split()
            self.disordered += int(number) < self._order.get(author, 0)
            self._order[author] = max(int(number), self._order.get(author, 0))
        elif frame["type"] == "ERROR":
            self.errors[(payload.get("code"), payload.get("detail"))] += 1


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def fetch(port: int, path: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()

    return await asyncio.to_thread(get)


async def talk(users: list[User], rate: float, is_over: asyncio.Event) -> float:
    begin = time.monotonic()
    number = 0
    while not is_over.is_set():
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        author, reader = random.sample(users, 2)
        await author.tell(reader)
        number += 1
    return number / (time.monotonic() - begin)


def outstanding(users: list[User]) -> int:
    by_id = {user.id: user for user in users}
    missing = 0
    for author in users:
        for reader, texts in author.sent.items():
            unseen = sum(1 for text in texts if not by_id[reader].shown[text])
            missing += max(0, unseen - author.errors[("USER_NOT_FOUND", reader)])
    return missing


def unseen(users: list[User]) -> list[str]:
    """What is known of messages that were not shown, whether or not they were reported."""
    by_id = {user.id: user for user in users}
    return [
        f"{author.id[:8]} to {reader[:8]}, written at {author.written[text]}, "
        f"reported {author.errors[('USER_NOT_FOUND', reader)]}"
        for author in users
        for reader, texts in author.sent.items()
        for text in texts
        if not by_id[reader].shown[text]
    ]


async def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as directory:
        relays = [Relay(Path(directory), name) for name in "abc"]
        for relay in relays:
            await relay.make_key()
        for relay in relays:
            relay.knows([other for other in relays if other is not relay])
        started: list[Relay] = []
        try:
            for relay in relays:
                started.append(relay)
                await relay.start(len(started) - 1)
            for relay in relays:
                while await relay.peers() < 2:
                    await asyncio.sleep(0.1)
            return await measure(options, relays)
        finally:
            for relay in started:
                relay.process.terminate()
                relay.process.wait(20)


async def measure(options: argparse.Namespace, relays: list[Relay]) -> int:
    key = QuickKey()
    users = [User(number, key, relays) for number in range(options.users)]
    for user in users:
        user.start()
    await asyncio.gather(*(user.ready.wait() for user in users))
    # The relays tell each other of them.
    await asyncio.sleep(NEWS_S)
    is_over = asyncio.Event()
    talking = asyncio.create_task(talk(users, options.rate, is_over))
    await asyncio.sleep(BEFORE_S)
    for _ in range(options.rounds):
        for relay in relays:
            print(f"relay {relay.name}: SIGTERM at {time.monotonic() - users[0].begin:.1f} s", flush=True)
            await relay.end()
            await relay.start(2)
            print(f"relay {relay.name}: ended with {relay.endings[-1][0]} after {relay.endings[-1][1]:.1f} s, back and "
                  f"linked {relay.returns[-1]:.1f} s later", flush=True)
            await asyncio.sleep(options.pause)
    is_over.set()
    rate = await talking
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and (outstanding(users) or any(user.pending() for user in users)):
        await asyncio.sleep(0.5)
    await asyncio.sleep(1)
    lost = outstanding(users)
    sent = sum(user.count for user in users)
    absences = sorted(absence for user in users for absence in user.absences)
    p99 = absences[min(len(absences) - 1, int(len(absences) * 0.99))]
    shown_twice = sum(1 for user in users for times in user.shown.values() if times > 1)
    errors: Counter = Counter()
    for user in users:
        for (code, _), times in user.errors.items():
            errors[code] += times
    print(f"sent {sent} at {rate:.0f}/s, confirmed {sent - sum(user.pending() for user in users)}, "
          f"sent again {sum(user.again for user in users)}")
    print(f"shown {sum(len(user.shown) for user in users)}, reported {errors.pop('USER_NOT_FOUND', 0)}, lost {lost}, "
          f"shown twice {shown_twice}, brought twice {sum(user.twice for user in users)}, "
          f"out of order {sum(user.disordered for user in users)}, other errors {dict(errors)}")
    print(f"absences {len(absences)}: p50 {absences[len(absences) // 2]:.2f} s, p99 {p99:.2f} s, "
          f"longest {absences[-1]:.2f} s")
    for relay in relays:
        for line in relay.said():
            print(f"relay {relay.name}: {line}")
    for line in unseen(users)[:40]:
        print(f"not shown: {line}")
    for user in users:
        await user.stop()
    is_clean = all(code == 0 for relay in relays for code, _ in relay.endings)
    return 0 if lost == 0 and shown_twice == 0 and is_clean and p99 <= 5 else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--rate", type=float, default=500, help="messages a second in all")
    parser.add_argument("--rounds", type=int, default=1, help="how often each relay is restarted")
    parser.add_argument("--pause", type=float, default=4, help="seconds between two restarts")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
