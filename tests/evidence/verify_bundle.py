#!/usr/bin/env python3
"""Verifies a proof bundle of a log with the log's public key and nothing else.

    verify_bundle.py BUNDLE VKEY [--json]

BUNDLE is a JSON file: a signed checkpoint, and records with the proofs that they are in its tree. VKEY is the verifier
key of the log: name+id+base64. Exit code 0 and one line "N records verified in a tree of M" only if the key signed the
checkpoint and every record is proved; else 1 and what failed. Needs Python 3.11 or newer, its standard library only.

Formats: C2SP signed-note, tlog-checkpoint and tlog-cosignature; RFC 9162, section 2.1; RFC 8032.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys

MAX_BUNDLE_BYTES = 1 << 30
MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 100
KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")  # \s: Unicode's spaces.
DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}")
TYPE_NOTE = 0x01
TYPE_COSIGNATURE = 0x04


class Failure(Exception):
    """What does not verify, in words."""


def require(holds, problem):
    if not holds:
        raise Failure(problem)


# Ed25519, RFC 8032 section 5.1: points in extended homogeneous coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_decode(data):
    """The point of 32 bytes, or None if there is none."""
    encoded = int.from_bytes(data, "little")
    sign, y = encoded >> 255, encoded & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def point_encode(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_verifies(public_key, message, signature):
    point = point_decode(public_key)
    if point is None or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], point[2], P - point[3])
    return point_encode(point_add(point_multiply(s, BASE), point_multiply(k, minus))) == r


# The Merkle tree, RFC 9162 section 2.1.


def leaf_hash(record):
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_verifies(leaf, index, size, proof, root):
    """Section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


# Texts.


def from_base64(text, what):
    """Strict: one value has one text."""
    require(isinstance(text, str), f"{what}: no text")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Failure(f"{what}: no base64") from None
    require(base64.b64encode(data).decode() == text, f"{what}: no canonical base64")
    return data


class VerifierKey:
    def __init__(self, text):
        parts = text.split("+", 2)
        require(len(parts) == 3 and KEY_NAME.fullmatch(parts[0]), "VKEY is not name+id+base64")
        typed = from_base64(parts[2], "VKEY")
        require(len(typed) == 33 and typed[0] in (TYPE_NOTE, TYPE_COSIGNATURE), "VKEY is not an Ed25519 key")
        self.name, self.type, self.key = parts[0], typed[0], typed[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]
        require(self.id.hex() == parts[1], "the id in VKEY is not that of its key")

    def verifies(self, text, signature):
        if self.type == TYPE_NOTE:
            return ed25519_verifies(self.key, text.encode(), signature)
        time = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{text}"
        return time < 2**63 and ed25519_verifies(self.key, message.encode(), signature[8:])


def open_note(note, key):
    """The text of a signed note, if the key signed it."""
    require(isinstance(note, str), "checkpoint: no text")
    try:
        size = len(note.encode())
    except UnicodeEncodeError:
        raise Failure("checkpoint: no UTF-8") from None
    require(size <= MAX_NOTE_BYTES, "checkpoint: too large")
    require(not re.search(r"[\x00-\x09\x0b-\x1f]", note), "checkpoint: a control character")
    body, blank, lines = note.rpartition("\n\n")
    require(blank and lines.endswith("\n"), "checkpoint: no signed note")
    lines = lines[:-1].split("\n")
    require(len(lines) <= MAX_SIGNATURES, "checkpoint: too many signatures")
    text = body + "\n"
    verified = False
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, blob = rest.partition(" ")
        require(dash == "\u2014" and KEY_NAME.fullmatch(name), "checkpoint: malformed signature line")
        data = from_base64(blob, "signature")
        require(len(data) > 4, "signature: too short")
        if name == key.name and data[:4] == key.id:
            require(key.verifies(text, data[4:]), f"the signature of {name} is bad")
            verified = True
    require(verified, f"the checkpoint is not signed by {key.name} with this key")
    return text


def parse_checkpoint(text):
    """Origin, size and root."""
    lines = text.split("\n")
    require(len(lines) >= 4 and all(lines[:-1]) and lines[-1] == "", "checkpoint: fewer than three lines, or an empty one")
    require(DECIMAL.fullmatch(lines[1]), "checkpoint: no size")
    size = int(lines[1])
    root = from_base64(lines[2], "root")
    require(size < 2**64 and len(root) == 32, "checkpoint: no size or no root")
    return lines[0], size, root


def members(value, names, what):
    require(isinstance(value, dict) and set(value) == set(names), f"{what}: not exactly {', '.join(names)}")
    return [value[name] for name in names]


def no_name_twice(pairs):
    result = dict(pairs)
    require(len(result) == len(pairs), "the bundle has a name twice in one object")
    return result


def read_bundle(path):
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from None
    require(len(data) <= MAX_BUNDLE_BYTES, "the bundle is too large")
    try:
        return json.loads(data.decode(), object_pairs_hook=no_name_twice)
    except (ValueError, RecursionError):
        raise Failure("the bundle is no JSON in UTF-8") from None


def verify(bundle, vkey):
    """What was verified; raises Failure."""
    key = VerifierKey(vkey)
    note, records = members(bundle, ("checkpoint", "records"), "bundle")
    origin, size, root = parse_checkpoint(open_note(note, key))
    require(isinstance(records, list) and records, "the bundle has no records")
    last = 0
    for record in records:
        position, stored, proof = members(record, ("position", "record", "proof"), "record")
        require(type(position) is int and last < position <= size, f"no position from {last + 1} to {size}: {position}")
        require(isinstance(proof, list), f"position {position}: no proof")
        what = f"position {position}"
        hashes = [from_base64(text, what) for text in proof]
        require(all(len(value) == 32 for value in hashes), f"{what}: a hash is not 32 bytes")
        leaf = leaf_hash(from_base64(stored, what))
        require(inclusion_verifies(leaf, position - 1, size, hashes, root), f"{what}: the record is not proved")
        last = position
    return {"records": len(records), "size": size, "origin": origin, "root": root.hex(), "key": key.name}


def main():
    parser = argparse.ArgumentParser(description="Verifies a proof bundle with the public key of its log.")
    parser.add_argument("bundle", metavar="BUNDLE", help="the bundle's JSON file")
    parser.add_argument("vkey", metavar="VKEY", help="the verifier key of the log: name+id+base64")
    parser.add_argument("--json", action="store_true", help="print the outcome as a JSON object")
    arguments = parser.parse_args()
    try:
        outcome = {"verified": True, **verify(read_bundle(arguments.bundle), arguments.vkey)}
        line = f"{outcome['records']} records verified in a tree of {outcome['size']}"
    except Failure as failure:
        outcome = {"verified": False, "failure": str(failure)}
        line = f"not verified: {failure}"
    print(json.dumps(outcome) if arguments.json else line)
    return 0 if outcome["verified"] else 1


if __name__ == "__main__":
    sys.exit(main())
