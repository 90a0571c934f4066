"""Checks the published files of an audit log; see docs/audit-log.md."""
import os

from findings import Refused, incomplete, tampered, unreadable
from log_format import compute_root, hash_leaf, read_checkpoint, read_file, read_leaf

WIDTH = 256
HASH = 32


def name_tile(number):
    name = f'{number % 1000:03}'
    while number >= 1000:
        number //= 1000
        name = f'x{number % 1000:03}/{name}'
    return name


def read_tile(folder, level, number, width):
    """Name and bytes of a tile or bundle, and whether it must hold exactly `width` items."""
    name = f'tile/{level}/{name_tile(number)}'
    if width < WIDTH:
        raw = read_file(os.path.join(folder, f'{name}.p/{width}'))
        if raw is not None:
            return f'{name}.p/{width}', raw, True
    raw = read_file(os.path.join(folder, name))
    if raw is None:
        raise incomplete(f'{name}: missing')
    return name, raw, width == WIDTH


def list_tiles(count):
    """Number and width of each tile over so many items."""
    return ((at // WIDTH, min(WIDTH, count - at)) for at in range(0, count, WIDTH))


def split_bundle(name, raw, first, width, exact):
    """So many leaves of a bundle; `first` is the entry that it begins with."""
    leaves, at = [], 0
    for index in range(first, first + width):
        end = at + 2 + int.from_bytes(raw[at:at + 2], 'big')
        if at + 2 > len(raw) or end > len(raw):
            raise incomplete(f'{name}: ends within or before entry {index}')
        leaves.append(raw[at + 2:end])
        at = end
    if exact and at != len(raw):
        raise unreadable(f'{name}: {len(raw) - at} bytes after its last entry')
    return leaves


def read_entries(folder, size, findings):
    """The leaf hashes of all entries, or of those before the first file that falls short."""
    hashes = []
    for number, width in list_tiles(size):
        try:
            name, raw, exact = read_tile(folder, 'entries', number, width)
            leaves = split_bundle(name, raw, len(hashes), width, exact)
        except Refused as refused:
            findings.add(refused)
            break
        for leaf in leaves:
            try:
                read_leaf(leaf, f'{name}: entry {len(hashes)}')
            except Refused as refused:
                findings.add(refused)
            hashes.append(hash_leaf(leaf))
    print(f'entries: read {len(hashes)} of {size}')
    return hashes


def check_tile(folder, level, number, width, hashes):
    name, raw, exact = read_tile(folder, level, number, width)
    if len(raw) % HASH or len(raw) > HASH * (width if exact else WIDTH):
        raise unreadable(f'{name}: {len(raw)} bytes instead of {HASH * width}')
    if len(raw) < HASH * width:
        raise incomplete(f'{name}: {len(raw)} bytes instead of {HASH * width}')
    for i, computed in enumerate(hashes):
        if raw[HASH * i:HASH * i + HASH] != computed:
            first = (WIDTH * number + i) * WIDTH**level
            raise tampered(f'{name}: differs from the entries at entry {first}')


def check_tiles(folder, size, hashes, findings):
    """Holds every tile against the entries that could be read."""
    level, compared = 0, 0
    while hashes:
        for number, width in list_tiles(size // WIDTH**level):
            known = hashes[WIDTH * number:WIDTH * number + width]
            if not known:
                break
            try:
                check_tile(folder, level, number, width, known)
            except Refused as refused:
                findings.add(refused)
            compared += 1
        hashes = [compute_root(hashes[at:at + WIDTH])
                  for at in range(0, len(hashes) - WIDTH + 1, WIDTH)]
        level += 1
    print(f'tiles: compared {compared} in {level} levels')


def check_root(hashes, size, root, what, findings):
    if compute_root(hashes[:size]) != root:
        findings.add(tampered(f'{what}: its root is not that of the {size} entries'))
    else:
        print(f'{what}: its root is that of the {size} entries')


def check_site(folder, vkey, origin, kept, findings):
    note = read_file(os.path.join(folder, 'checkpoint'))
    if note is None:
        raise incomplete('checkpoint: missing')
    size, root = read_checkpoint(note, vkey, origin, 'checkpoint')
    hashes = read_entries(folder, size, findings)
    check_tiles(folder, size, hashes, findings)
    if len(hashes) == size:
        check_root(hashes, size, root, 'checkpoint', findings)
    for path in kept:
        kept_size, kept_root = read_checkpoint(read_file(path) or b'', vkey, origin, path)
        if kept_size > size:
            findings.add(tampered(f'{path}: the log shrank from {kept_size} to {size} entries'))
        elif kept_size <= len(hashes):
            check_root(hashes, kept_size, kept_root, path, findings)
