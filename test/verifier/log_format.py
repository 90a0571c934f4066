"""Hashes, the tree, leaves, keys and checkpoints of an audit log; see docs/audit-log.md."""
import base64
import binascii
import datetime
import hashlib
import re

from ed25519 import signature_holds
from findings import incomplete, tampered, unreadable

LEAF = re.compile(
    r'\{"c":"(?P<c>[0-9a-f]{64})",'
    r'"id":"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})",'
    r'"k":"(?P<k>event|erasure)",'
    r'"t":"(?P<t>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","v":1\}', re.ASCII)

INSTANT = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}(\d{3})?)?(Z|[+-]\d\d:\d\d)', re.ASCII)


def sha256(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


def read_file(path):
    try:
        with open(path, 'rb') as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unreadable(f'{path}: {error.strerror}')


def from_base64(text, what):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise unreadable(f'{what}: not base64')
    if base64.b64encode(raw).decode() != text:
        raise unreadable(f'{what}: not the one form of base64')
    return raw


def hash_leaf(leaf):
    return sha256(b'\0', leaf)


def hash_node(left, right):
    return sha256(b'\1', left, right)


def compute_root(hashes):
    stack = []
    for leaf_hash in hashes:
        stack.append((1, leaf_hash))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            size, right = stack.pop()
            stack.append((2 * size, hash_node(stack.pop()[1], right)))
    if not stack:
        return sha256()
    root = stack.pop()[1]
    while stack:
        root = hash_node(stack.pop()[1], root)
    return root


def is_included(index, size, leaf_hash, proof, root):
    at, last, computed = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = hash_node(sibling, computed)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            computed = hash_node(computed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and computed == root


def parse_instant(value, what):
    """Milliseconds since 1970, with a fraction."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise unreadable(f'{what}: not a time')
    try:
        instant = datetime.datetime.fromisoformat(value.replace('Z', '+00:00'))
        since = instant - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    except ValueError:
        raise unreadable(f'{what}: not a time')
    return since / datetime.timedelta(milliseconds=1)


def read_leaf(raw, what):
    match = LEAF.fullmatch(raw.decode('ascii', 'replace'))
    if not match:
        raise unreadable(f'{what}: not a leaf')
    parse_instant(match['t'], what)
    return match


def read_vkey(line):
    name, key_id, key = (line.strip().split('+', 2) + ['', ''])[:3]
    raw = from_base64(key, 'vkey')
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode(), b'\n', raw)[:4].hex() != key_id:
        raise unreadable('vkey: not the vkey of an Ed25519 key, or its id is not that of the key')
    return name, bytes.fromhex(key_id), raw[1:]


def read_note(note, vkey, what):
    """The text of a note that the key signed."""
    name, key_id, key = vkey
    text, gap, signatures = note.rpartition(b'\n\n')
    if not gap or not signatures.endswith(b'\n'):
        raise incomplete(f'{what}: cut off')
    text += b'\n'
    signed = False
    for line in signatures.decode('utf-8', 'replace').split('\n')[:-1]:
        match = re.fullmatch('\u2014 (\\S+) (\\S+)', line)
        if not match:
            raise unreadable(f'{what}: not a signature line')
        raw = from_base64(match[2], f'{what}: signature')
        if match[1] == name and raw[:4] == key_id:
            if len(raw) != 68 or not signature_holds(key, text, raw[4:]):
                raise tampered(f'{what}: the signature of {name} does not hold')
            signed = True
    if not signed:
        raise tampered(f'{what}: not signed by the key {name}+{key_id.hex()}')
    return text.decode('utf-8', 'replace')


def read_checkpoint(note, vkey, origin, what):
    """Size and root of a checkpoint that the key signed."""
    lines = read_note(note, vkey, what).split('\n')[:-1]
    if len(lines) < 3 or not all(lines) or not re.fullmatch('0|[1-9][0-9]{0,15}', lines[1]):
        raise unreadable(f'{what}: not a checkpoint')
    if lines[0] != origin:
        raise tampered(f'{what}: of the origin {lines[0]}, not {origin}')
    root = from_base64(lines[2], f'{what}: root')
    if len(root) != 32:
        raise unreadable(f'{what}: root of {len(root)} bytes')
    print(f'{what}: {lines[1]} entries, root {lines[2]}, signed by {vkey[0]}')
    return int(lines[1]), root
