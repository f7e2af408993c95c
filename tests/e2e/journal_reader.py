"""Reads a run's journal as docs/journal-format.md describes it: every frame checked against the hash chain."""

import hashlib
import json
import struct

MAGIC = b"deployctl-jrnl\n\x01"
NAMES = {2: "intent", 5: "outcome", 11: "signal", 16: "run_end", 17: "committed"}


def records(path):
    """(name or number, payload) of each record behind the header; fails when a frame does not fit."""
    data = path.read_bytes()
    assert data.startswith(MAGIC), path
    chain = hashlib.sha256(MAGIC).digest()
    at, found = len(MAGIC), []
    while at < len(data) and any(data[at:at + 5]):
        length, kind = struct.unpack_from("<IB", data, at)
        payload = data[at + 5:at + 5 + length]
        chain = hashlib.sha256(chain + data[at + 4:at + 5] + payload).digest()
        end = at + 5 + length + 4 + 32
        assert data[end - 32:end] == chain, f"{path}: the frame at byte {at} does not continue the chain"
        number = kind & 0x7F
        found.append((NAMES.get(number, number), json.loads(payload)))
        at = end
    assert not any(data[at:]), f"{path}: something stands behind the last frame"
    return found[1:]


def open_intents(path):
    """Stages that were begun and have no outcome."""
    place = lambda payload: tuple(payload["ref"][key] for key in ("step", "target", "stage", "back", "round"))
    begun = set()
    for name, payload in records(path):
        if name == "intent":
            begun.add(place(payload))
        elif name == "outcome":
            begun.discard(place(payload))
    return begun
