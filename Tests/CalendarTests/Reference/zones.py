# SPDX-License-Identifier: Apache-2.0
"""Offsets, and the moments of local times, as Python's zoneinfo sees them.

Prints `offset ZONE SECONDS OFFSET NAME` for moments from 1900 to 2100, and
`local ZONE SECONDS one|gap|fold FIRST SECOND` for local times around changes of the clocks, which
are seconds as if the local time were UTC.
"""
import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
    "Europe/Dublin", "Asia/Kolkata", "Asia/Tehran", "America/Sao_Paulo", "Pacific/Apia",
    "America/St_Johns", "Antarctica/Troll", "Asia/Gaza", "Pacific/Chatham", "America/Nuuk",
    "Etc/GMT+12", "UTC",
]
LOW = int(datetime(1900, 1, 1, tzinfo=timezone.utc).timestamp())
HIGH = int(datetime(2100, 1, 1, tzinfo=timezone.utc).timestamp())
EPOCH = datetime(1970, 1, 1)


def offsets(zone, info, rng):
    for _ in range(250):
        second = rng.randrange(LOW, HIGH)
        moment = datetime.fromtimestamp(second, info)
        print("offset", zone, second, int(moment.utcoffset().total_seconds()), moment.tzname())


def offset(info, second):
    return int(datetime.fromtimestamp(second, info).utcoffset().total_seconds())


def changes(info, first, last):
    """The moments at which the offset changes, with the offsets before and after."""
    second = int(datetime(first, 1, 1, tzinfo=timezone.utc).timestamp())
    while second < int(datetime(last, 1, 1, tzinfo=timezone.utc).timestamp()):
        before, low, high = offset(info, second), second, second + 86400
        if offset(info, high) != before:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(info, middle) == before else (low, middle)
            yield high, before, offset(info, high)
        second += 86400


def locals_(zone, info, rng):
    spans = [(2009, 2013), (2024, 2028), (2085, 2090)]
    for change, before, after in (c for span in spans for c in changes(info, *span)):
        low, high = sorted([change + before, change + after])
        edges = [low - 1, low, high - 1, high]
        for seconds in edges + [rng.randrange(low - 3600, high + 3600) for _ in range(3)]:
            local = EPOCH + timedelta(seconds=seconds)
            first = local.replace(tzinfo=info).astimezone(timezone.utc)
            second = local.replace(tzinfo=info, fold=1).astimezone(timezone.utc)
            kind = "one"
            if first.astimezone(info).replace(tzinfo=None) != local:
                kind = "gap"
            elif first != second:
                kind = "fold"
            print("local", zone, seconds, kind, int(first.timestamp()), int(second.timestamp()))


def main():
    rng = random.Random(20261122)
    for zone in ZONES:
        info = ZoneInfo(zone)
        offsets(zone, info, rng)
        locals_(zone, info, rng)


main()
