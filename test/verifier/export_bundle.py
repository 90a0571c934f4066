"""Checks an export bundle of an audit log; see docs/audit-log.md."""
import collections
import json
import re

from findings import Refused, incomplete, tampered, unreadable
from log_format import (from_base64, hash_leaf, is_included, parse_instant, read_checkpoint,
                        read_file, read_leaf, sha256)

FORMAT = 'rostrum/audit-export/v1'
UUID = re.compile('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
COLUMNS = frozenset('action version outcome occurred_at actor target_type target room case '
                    'correlation parent reverses'.split())


def parse_json(text, what):
    def refuse_twice(pairs):
        if len(dict(pairs)) < len(pairs):
            raise unreadable(f'{what}: a key twice')
        return dict(pairs)
    try:
        text = text.decode() if isinstance(text, bytes) else text
        return json.loads(text, object_pairs_hook=refuse_twice)
    except (ValueError, RecursionError):
        raise unreadable(f'{what}: not JSON')


def parse_object(text, what):
    value = parse_json(text, what)
    if not isinstance(value, dict):
        raise unreadable(f'{what}: not a JSON object')
    return value


def to_utf8(text, what):
    try:
        return text.encode()
    except (UnicodeEncodeError, AttributeError):
        raise unreadable(f'{what}: not a text')


def digest_field(field, what):
    name, salt, value = (field.get(key) for key in ('name', 'salt', 'value'))
    if not isinstance(name, str) or not re.fullmatch('[a-z][a-z0-9_.]{0,63}', name):
        raise unreadable(f'{what}: a field without a name')
    what = f'{what}: field {name}'
    if salt is None and value is None:
        digest = from_base64(field.get('digest'), what)
        if len(digest) != 32:
            raise unreadable(f'{what}: a digest of {len(digest)} bytes')
        return digest
    if field.get('erased_by') is not None:
        raise unreadable(f'{what}: names an erasure, but has a value')
    salt, raw = from_base64(salt, what), to_utf8(value, what)
    if len(salt) < 16:
        raise unreadable(f'{what}: a salt of {len(salt)} bytes')
    parse_json(value, what)
    length = len(name).to_bytes(4, 'big')
    return sha256(b'rostrum/v1/field\0', salt, length, name.encode(), raw)


def check_columns(stated, shown, what):
    """Holds the field `event` against the columns of an export."""
    stated, shown = ({'version': 1, **{key: value for key, value in columns.items() if value is not None}}
                     for columns in (stated, shown))
    for key in sorted(set(stated) | set(shown)):
        one, other = stated.get(key), shown.get(key)
        if key == 'occurred_at':
            same = abs(parse_instant(one, what) - parse_instant(other, what)) < 1
        elif key in ('correlation', 'parent', 'reverses'):
            same = str(one).lower() == str(other).lower()
        else:
            same = one == other and type(one) is type(other)
        if not same or key not in COLUMNS:
            raise tampered(f'{what}: {key} is shown as {other!r}, but was recorded as {one!r}')


def read_event(line, what):
    """The parts of an event line: index, leaf, proof, columns and fields."""
    parts = tuple(line.get(key) for key in ('index', 'leaf', 'proof', 'event', 'fields'))
    index, leaf, proof, event, fields = parts
    lists = isinstance(proof, list) and isinstance(fields, list)
    if type(index) is not int or index < 0 or not isinstance(event, dict) or not lists:
        raise unreadable(f'{what}: not an event line')
    if not all(isinstance(field, dict) for field in fields):
        raise unreadable(f'{what}: not a list of fields')
    return parts


class Bundle:
    """What is known of a bundle while its lines are read."""

    def __init__(self, size, root, whole):
        self.size, self.root, self.whole = size, root, whole
        self.next = 0
        self.indexes = set()
        self.erasures = {}
        self.erased = collections.Counter()
        self.fields = collections.Counter()

    def check_place(self, index, what):
        expected, again = self.next, index in self.indexes
        self.next = index + 1
        self.indexes.add(index)
        if again or (self.whole and index < expected):
            raise unreadable(f'{what}: entry {index} again, or out of order')
        if self.whole and index > expected:
            raise incomplete(f'{what}: entry {index} where {expected} belongs')

    def check_event(self, line, what):
        index, leaf_text, proof, event, fields = read_event(line, what)
        self.check_place(index, what)
        raw = to_utf8(leaf_text, what)
        leaf = read_leaf(raw, what)
        hashes = [from_base64(text, f'{what}: proof') for text in proof]
        if index >= self.size or not is_included(index, self.size, hash_leaf(raw), hashes, self.root):
            raise tampered(f'{what}: not entry {index} of the log')
        digests = sorted(digest_field(field, what) for field in fields)
        by_name = {field['name']: field for field in fields}
        if len(by_name) < len(fields):
            raise unreadable(f'{what}: a field twice')
        if sha256(b'rostrum/v1/body\0', *digests).hex() != leaf['c']:
            raise tampered(f'{what}: its fields are not those that its leaf commits to')
        stated = by_name.get('event', {}).get('value')
        if stated is None:
            raise incomplete(f'{what}: its field event is not disclosed')
        recorded_at = event.pop('recorded_at', None)
        check_columns(parse_object(stated, f'{what}: field event'), event, what)
        if recorded_at != leaf['t']:
            raise tampered(f'{what}: recorded at {leaf["t"]}, not {recorded_at!r}')
        self.note_fields(leaf, event, by_name, what)

    def note_fields(self, leaf, event, by_name, what):
        for field in by_name.values():
            by = field.get('erased_by')
            if by is not None and not (isinstance(by, str) and UUID.fullmatch(by)):
                raise unreadable(f'{what}: field {field["name"]}: erased by no UUID')
            if by is not None:
                self.erased[by] += 1
            disclosed = field.get('value') is not None
            self.fields['disclosed' if disclosed else 'erased' if by else 'withheld'] += 1
        if (leaf['k'] == 'erasure') != (event.get('action') == 'member.erased'):
            raise tampered(f'{what}: {event.get("action")!r} in a leaf of the kind {leaf["k"]}')
        if leaf['k'] == 'erasure':
            count = by_name.get('count', {}).get('value')
            self.erasures[leaf['id']] = None if count is None else parse_json(count, what)

    def check_erasures(self, findings):
        for event, number in self.erased.items():
            if event not in self.erasures:
                findings.add(tampered(f'{number} fields are gone by {event}, which is no erasure here'))
        for event, count in self.erasures.items():
            named = self.erased[event]
            if self.whole and (type(count) is not int or count != named):
                findings.add(tampered(f'{event} erased {count!r} fields, but {named} name it'))

    def check_end(self, end, findings):
        if end.get('end') is not True or end.get('events') != len(self.indexes):
            findings.add(incomplete(f'{len(self.indexes)} events, but the end says {end.get("events")!r}'))
        if self.whole and len(self.indexes) < self.size:
            findings.add(incomplete(f'{len(self.indexes)} events of {self.size}'))


def open_bundle(raw, vkey, origin):
    header = parse_object(raw, 'line 1')
    if header.get('format') != FORMAT or not isinstance(header.get('filter'), dict):
        raise unreadable('line 1: not the header of a bundle')
    note = to_utf8(header.get('checkpoint'), 'line 1')
    size, root = read_checkpoint(note, vkey, origin, 'checkpoint of the bundle')
    return Bundle(size, root, header['filter'] == {})


def check_bundle(path, vkey, origin, findings):
    raw = read_file(path)
    if not raw:
        raise incomplete(f'{path}: missing or empty')
    *lines, rest = raw.split(b'\n')
    if rest or not lines:
        findings.add(incomplete('the last line is cut off'))
    if not lines:
        return
    bundle = open_bundle(lines[0], vkey, origin)
    ended = False
    for number, raw_line in enumerate(lines[1:], 2):
        what = f'line {number}'
        try:
            if ended:
                raise unreadable(f'{what}: comes after the end')
            line = parse_object(raw_line, what)
            if 'end' in line:
                ended = True
                bundle.check_end(line, findings)
            else:
                bundle.check_event(line, what)
        except Refused as refused:
            findings.add(refused)
    if ended:
        bundle.check_erasures(findings)
    else:
        findings.add(incomplete('the bundle ends before its last line'))
    counts = ', '.join(f'{bundle.fields[kind]} {kind}' for kind in ('disclosed', 'withheld', 'erased'))
    print(f'events: {len(bundle.indexes)}, with the fields: {counts}; erasures: {len(bundle.erasures)}')
