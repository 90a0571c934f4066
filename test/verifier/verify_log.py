#!/usr/bin/env python3
"""Checks a published audit log, or an export bundle of one, by docs/audit-log.md alone.

    verify_log.py --vkey NAME+ID+KEY [--origin ORIGIN] [--kept CHECKPOINT_FILE]... PATH

PATH is a folder of published files, or a bundle (a file). Needs Python 3.8 and nothing else.
Exit code: 0 sound, 1 tampered, 2 incomplete, 3 unreadable; 64 when it was called wrongly.
"""
import argparse
import os
import sys

from export_bundle import check_bundle
from findings import Findings, Refused
from log_format import read_vkey
from published_files import check_site


class Options(argparse.ArgumentParser):
    def error(self, message):
        # Its own code, 2, would say that the log is incomplete.
        self.exit(64, f'{self.format_usage()}{message}\n')


def main():
    options = Options(description='Checks a published audit log or an export bundle.')
    options.add_argument('--vkey', required=True, help='the key of the log, from a source you trust')
    options.add_argument('--origin', help='the origin, if it is not the name of the key')
    options.add_argument('--kept', action='append', default=[], metavar='CHECKPOINT_FILE',
                         help='a checkpoint kept from earlier')
    options.add_argument('path')
    given = options.parse_args()
    findings = Findings()
    try:
        vkey = read_vkey(given.vkey)
        origin = given.origin or vkey[0]
        if os.path.isdir(given.path):
            check_site(given.path, vkey, origin, given.kept, findings)
        else:
            check_bundle(given.path, vkey, origin, findings)
    except Refused as refused:
        findings.add(refused)
    if not findings.codes:
        print('sound')
    return findings.worst()


if __name__ == '__main__':
    sys.stdout.reconfigure(encoding='utf-8', errors='backslashreplace')
    sys.exit(main())
