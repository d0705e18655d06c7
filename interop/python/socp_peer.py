"""What an independent SOCP v1.3 peer needs: keys, canonical JSON, signatures, encryption, envelopes.

Shares no code with the relay. Uses Debian's python3-cryptography only, so that a frame made by one side and verified
by the other was judged by two crypto stacks.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import time
from enum import Enum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

Json = dict[str, Any]

KEY_BITS = 4096
PUBLIC_EXPONENT = 65537
OAEP_TEXT_BYTES_MAX = KEY_BITS // 8 - 2 * 32 - 2


class KeyForm(str, Enum):
    """The three containers of a public key seen in JSON."""

    DER = "der"  # base64url(DER SubjectPublicKeyInfo), what the relay writes to strangers
    PEM_BASE64 = "pem-base64"  # base64url(PEM text)
    PEM = "pem"  # PEM text as it is


class Salt(str, Enum):
    """PSS salt length: the largest that fits (478 bytes), the hash length, or on verifying whatever was used."""

    MAX = "max"
    HASH = "32"
    ANY = "any"


class ContentLayout(str, Enum):
    """The six byte layouts under ``content_sig``; in a public message the recipient is left out."""

    A = "A"  # ciphertext text, from, to, ts
    B = "B"  # decoded ciphertext, from, to, ts
    C = "C"  # SHA-256 of B
    D = "D"  # canonical JSON {ciphertext, from, to, ts}
    E = "E"  # SHA-256 of D
    F = "F"  # ciphertext|from|to|ts


# --- encoding ---------------------------------------------------------------------------------------------------------


def base64url(data: bytes) -> str:
    """base64url without padding, as SOCP writes every binary value."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unbase64url(text: str) -> bytes:
    """Strict: raises ValueError at padding and at characters outside the URL alphabet."""
    if not re.fullmatch("[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url without padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def canonical(payload: Any) -> bytes:
    """The bytes a transport signature covers: sorted keys, no spaces, non-ASCII escaped."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


# --- keys -------------------------------------------------------------------------------------------------------------


def load_or_make_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in a PEM file; the file is made, readable by its owner only, when it is missing."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{path} does not hold an RSA key")
        return key
    key = rsa.generate_private_key(PUBLIC_EXPONENT, KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return key


def write_public_key(key: rsa.RSAPublicKey, form: KeyForm) -> str:
    """A public key as it stands in a frame."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    if form is KeyForm.DER:
        return base64url(key.public_bytes(serialization.Encoding.DER, spki))
    pem = key.public_bytes(serialization.Encoding.PEM, spki)
    return base64url(pem) if form is KeyForm.PEM_BASE64 else pem.decode("ascii")


def read_public_key(text: str) -> rsa.RSAPublicKey:
    """A public key in any of the three containers; ValueError unless it is RSA-4096 with exponent 65537."""
    data = text.encode() if text.startswith("-----BEGIN") else unbase64url(text)
    if data.startswith(b"-----BEGIN"):
        key = serialization.load_pem_public_key(data)
    else:
        key = serialization.load_der_public_key(data)
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != KEY_BITS:
        raise ValueError("not an RSA-4096 key")
    if key.public_numbers().e != PUBLIC_EXPONENT:
        raise ValueError("exponent is not 65537")
    return key


# --- signatures and encryption ----------------------------------------------------------------------------------------


def _pss(salt: Salt) -> padding.PSS:
    length = {Salt.MAX: padding.PSS.MAX_LENGTH, Salt.HASH: 32, Salt.ANY: padding.PSS.AUTO}[salt]
    return padding.PSS(padding.MGF1(hashes.SHA256()), length)


def sign(key: rsa.RSAPrivateKey, data: bytes, salt: Salt = Salt.MAX) -> str:
    """RSASSA-PSS with SHA-256 and MGF1-SHA-256, as base64url."""
    return base64url(key.sign(data, _pss(salt), hashes.SHA256()))


def verifies(key: rsa.RSAPublicKey, data: bytes, signature: str, salt: Salt = Salt.ANY) -> bool:
    """Whether ``signature`` is the key owner's over ``data``, made with a salt of this length."""
    try:
        key.verify(unbase64url(signature), data, _pss(salt), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def encrypt(key: rsa.RSAPublicKey, text: str) -> str:
    """One OAEP block as base64url; ValueError when the text has more than OAEP_TEXT_BYTES_MAX bytes."""
    return encrypt_bytes(key, text.encode())


def decrypt(key: rsa.RSAPrivateKey, ciphertext: str) -> str:
    """The text of one OAEP block; ValueError when it was not made for this key."""
    return decrypt_bytes(key, ciphertext).decode()


def encrypt_bytes(key: rsa.RSAPublicKey, data: bytes) -> str:
    """One OAEP block as base64url, a text's or a piece of a file's; ValueError when it does not fit."""
    if len(data) > OAEP_TEXT_BYTES_MAX:
        raise ValueError(f"{len(data)} bytes, one OAEP block holds {OAEP_TEXT_BYTES_MAX}")
    return base64url(key.encrypt(data, _oaep()))


def decrypt_bytes(key: rsa.RSAPrivateKey, ciphertext: str) -> bytes:
    """The bytes of one OAEP block; ValueError when it was not made for this key."""
    return key.decrypt(unbase64url(ciphertext), _oaep())


def content_bytes(layout: ContentLayout, ciphertext: str, sender: str, to: str | None, ts: int) -> bytes:
    """What ``content_sig`` covers in this layout; ``to`` is None for a public message."""
    parts = [ciphertext, sender, *([] if to is None else [to]), str(ts)]
    fields: Json = {"ciphertext": ciphertext, "from": sender, "ts": ts} | ({} if to is None else {"to": to})
    if layout in (ContentLayout.B, ContentLayout.C):
        data = unbase64url(ciphertext) + "".join(parts[1:]).encode()
    elif layout in (ContentLayout.D, ContentLayout.E):
        data = canonical(fields)
    else:
        data = ("|" if layout is ContentLayout.F else "").join(parts).encode()
    return hashlib.sha256(data).digest() if layout in (ContentLayout.C, ContentLayout.E) else data


def content_layout_of(
    key: rsa.RSAPublicKey, signature: str, ciphertext: str, sender: str, to: str | None, ts: int
) -> ContentLayout | None:
    """The layout under which this content signature holds, or None."""
    for layout in ContentLayout:
        try:
            data = content_bytes(layout, ciphertext, sender, to, ts)
        except ValueError:  # B and C need a ciphertext that is base64url
            continue
        if verifies(key, data, signature):
            return layout
    return None


# --- envelopes --------------------------------------------------------------------------------------------------------


def now_ms() -> int:
    """The ``ts`` of a frame made now."""
    return time.time_ns() // 1_000_000


def envelope(
    kind: str,
    sender: str,
    to: str,
    ts: int,
    payload: Json,
    key: rsa.RSAPrivateKey | None = None,
    salt: Salt = Salt.MAX,
) -> Json:
    """An envelope; its transport signature is empty without a key."""
    sig = "" if key is None else sign(key, canonical(payload), salt)
    return {"type": kind, "from": sender, "to": to, "ts": ts, "payload": payload, "sig": sig}


def advertised_key(payload: Json) -> str | None:
    """The public key in a USER_ADVERTISE: ``payload.pubkey`` or ``payload.meta.pubkey``."""
    meta = payload.get("meta")
    key = payload.get("pubkey") or (meta.get("pubkey") if isinstance(meta, dict) else None)
    return key if isinstance(key, str) else None
