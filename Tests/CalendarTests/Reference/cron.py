# SPDX-License-Identifier: Apache-2.0
"""2,000 cron lines with the two moments at which croniter finds each due next.

Prints `LINE<TAB>ZONE<TAB>START<TAB>FIRST<TAB>SECOND`, seconds since 1970; `never` where croniter
gives up.
"""
import random
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

CHANGING = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
ZONES = ["UTC"] * 4 + ["Asia/Kolkata"] + CHANGING
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()
LOW = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
HIGH = int(datetime(2036, 1, 1, tzinfo=timezone.utc).timestamp())


def field(rng, low, high, names=(), star=0.4):
    """A field: `*`, a step, a value, a range or a list."""
    def value(number):
        return rng.choice([str(number), names[number - low]]) if names else str(number)

    if rng.random() < star:
        return "*"
    kind = rng.choice(["step", "value", "value", "range", "range step", "list"])
    if kind == "step":
        return f"*/{rng.randint(2, max(2, (high - low) // 2))}"
    if kind == "value":
        return value(rng.randint(low, high))
    if kind == "list":
        numbers = rng.sample(range(low, high + 1), rng.randint(2, 3))
        return ",".join(value(number) for number in sorted(numbers))
    first = rng.randint(low, high - 1)
    last = rng.randint(first + 1, high)
    if kind == "range":
        return f"{value(first)}-{value(last)}"
    return f"{first}-{last}/{rng.randint(1, last - first)}"


def line(rng):
    return " ".join([
        field(rng, 0, 59, star=0.2), field(rng, 0, 23, star=0.3), field(rng, 1, 31, star=0.6),
        field(rng, 1, 12, MONTHS, star=0.7), field(rng, 0, 6, WEEKDAYS, star=0.6),
    ])


def night(rng):
    """A line of the hours in which clocks are changed."""
    hour = rng.choice(["1", "2", "3", "1-3", "0-4/2", "2,3", "2-4", "*", "*/2", "*/3"])
    return f"{field(rng, 0, 59, star=0.2)} {hour} * * *"


def before_change(rng, zone):
    """A moment in the hours before the clocks of a zone are changed."""
    info, second = ZoneInfo(zone), rng.randrange(LOW, HIGH) // 3600 * 3600

    def offset(second):
        return datetime.fromtimestamp(second, info).utcoffset()

    while offset(second) == offset(second + 86400):
        second += 86400
    while offset(second) == offset(second + 3600):
        second += 3600
    return second - rng.randrange(0, 10800)


def main():
    rng = random.Random(20261122)
    for index in range(2000):
        if index % 10 == 0:
            zone, text = rng.choice(CHANGING), night(rng)
            begin = before_change(rng, zone)
        else:
            zone, text, begin = rng.choice(ZONES), line(rng), rng.randrange(LOW, HIGH)
        found = []
        try:
            due = croniter(
                text, datetime.fromtimestamp(begin, ZoneInfo(zone)), implement_cron_bug=True)
            for _ in range(2):
                found.append(str(int(due.get_next(datetime).timestamp())))
        except CroniterError:
            found = ["never", "never"]
        print(text, zone, begin, *found, sep="\t")


main()
