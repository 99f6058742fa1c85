#!/usr/bin/env python3
"""Invented persons in households, with the slips of clerks: RECORDS lines of a CSV and who each of them is.

persons.py RECORDS OUT.csv TRUTH.csv [--seed N]

Columns: record_id, given, family, sex, dob, phone, street, town, postcode, idnum. Names and towns follow Zipf's
law; a household shares family name, phone, street, town and postcode; three persons in ten have a second record and
one in twenty a third, in which each value is missing (one in twenty) or has a slip (one in twenty); one in ten of
them moved meanwhile.
"""
import argparse
import csv
import random

SYLLABLES = "ba di fa ka la ma na ou ra sa ta wa be do fo ki lo mi no ri se to yu ze".split()
COLUMNS = ["given", "family", "sex", "dob", "phone", "street", "town", "postcode", "idnum"]


def word(number):
    made = ""
    while True:
        made += SYLLABLES[number % 24]
        number //= 24
        if number == 0:
            return made


def slip(dice, value):
    """One letter less, another one, or two exchanged."""
    at, kind = dice.randrange(len(value)), dice.random()
    if kind < 0.4:
        return value[:at] + value[at + 1:]
    if kind < 0.7:
        return value[:at] + dice.choice("aeiousrtn" if value[at].isalpha() else "0123456789") + value[at + 1:]
    return value[:at] + value[at + 1:at + 2] + value[at] + value[at + 2:]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("records", type=int)
    arguments.add_argument("out")
    arguments.add_argument("truth")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    dice = random.Random(given.seed)
    common = lambda below: int((below + 1) ** dice.random() - 1)

    def home():
        town = common(2000 + given.records // 500)
        street = "%s %d" % (word(14000 + common(20000)), dice.randint(1, 200))
        return {"street": street, "town": word(14000 + town), "postcode": "%05d" % (10000 + town * 7 % 80000),
                "phone": "07%08d" % dice.randrange(10 ** 8)}

    with open(given.out, "w", newline="") as out, open(given.truth, "w", newline="") as truth:
        rows, truths = csv.writer(out), csv.writer(truth)
        rows.writerow(["record_id"] + COLUMNS)
        truths.writerow(["record_id", "entity_id"])
        record = person = 0
        while record < given.records:
            place, family = home(), word(14000 + common(5000 + given.records // 200))
            for _ in range(dice.choice([1, 1, 2, 3, 5])):
                person += 1
                day = (1, 1) if dice.random() < 0.1 else (dice.randint(1, 12), dice.randint(1, 28))
                one = dict(place, given=word(600 + common(3000)), family=family, sex=dice.choice("FM"),
                           dob="%d-%02d-%02d" % ((dice.randint(1930, 2019),) + day), idnum="%010d" % dice.randrange(10 ** 10))
                for copy in range(1 + (dice.random() < 0.3) + (dice.random() < 0.05)):
                    if record == given.records:
                        break
                    record += 1
                    if copy and dice.random() < 0.1:
                        one.update(home())
                    written = []
                    for column in COLUMNS:
                        chance = dice.random()
                        value = one[column]
                        written.append("" if chance < 0.05 else slip(dice, value) if copy and chance < 0.1 and len(value) > 1 else value)
                    rows.writerow(["r%d" % record] + written)
                    truths.writerow(["r%d" % record, "e%d" % person])


if __name__ == "__main__":
    main()
