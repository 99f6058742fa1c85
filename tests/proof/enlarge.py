#!/usr/bin/env python3
"""enlarge.py POPULATION OUT RECORDS: files of many records, from a small population, every record with an id of its own.

Rows of CSV are other people each time: names, births and villages come from rows far apart, and nobody has a number or
a phone twice, so that they can be stored and linked. In the other two, identifiers with a check digit are left as they
are: their owner repeats, which neither validation nor translation minds.
"""
import csv as tables
import os
import re
import sys


def repeat(wanted, have):
    return max(1, -(-wanted // max(1, have)))


# Columns of one person that come from the same row, and how far that row is in each turn.
APART = [(["Nom"], 17), (["Prénoms", "Sexe"], 31), (["Date de naissance", "Né(e) vers"], 53), (["Localité", "Commune"], 71)]
# What is one person's alone.
OWN = ["Téléphone", "NINA"]


def another(rows, index, turn, places, width):
    """A row with the people of other rows in it; one that is broken stays as it is."""
    row = list(rows[index])
    if len(row) != width:
        return row
    for columns, far in APART:
        other = rows[(index + turn * far) % len(rows)]
        if len(other) == width:
            for column in columns:
                row[places[column]] = other[places[column]]
    for column in OWN:
        row[places[column]] = ""
    return row


def csv(source, out, wanted):
    # Byte for byte, broken ones too: the letters of the header are the same in the file's own encoding.
    with open(source, encoding="latin-1", newline="") as file:
        head, *rows = list(tables.reader(file, delimiter=";"))
    places = {name: place for place, name in enumerate(head)}
    with open(out, "w", encoding="latin-1", newline="") as file:
        out = tables.writer(file, delimiter=";", lineterminator="\n")
        out.writerow(head)
        for turn in range(repeat(wanted, len(rows))):
            for index in range(len(rows)):
                row = another(rows, index, turn, places, len(head)) if turn else rows[index]
                out.writerow([re.sub(r"^UTM-\d{3}-", f"UTM-{turn % 1000:03d}-", row[0]), *row[1:]])


def ndjson(source, out, wanted):
    rows = open(source, "rb").read().splitlines(keepends=True)
    with open(out, "wb") as f:
        for turn in range(repeat(wanted, len(rows))):
            mark = b'"num_secu": "384%03d' % (turn % 1000)
            for row in rows:
                f.write(re.sub(rb'"num_secu": "384\d{3}', mark, row))


def xml(source, out, wanted):
    text = open(source, "rb").read()
    start = text.index(b"<assure ")
    end = text.rindex(b"</assure>") + len(b"</assure>")
    head, body, tail = text[:start], text[start:end], text[end:]
    have = body.count(b"<assure ") + body.count(b"<ayantDroit ")
    with open(out, "wb") as f:
        f.write(head)
        for turn in range(repeat(wanted, have)):
            mark = b'numImmatriculation="%04d' % (turn % 10000)
            f.write(re.sub(rb'numImmatriculation="\d{4}', mark, body))
            f.write(b"\n")
        f.write(tail)


def main():
    population, out, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    csv(os.path.join(population, "utm_mutuelles.csv"), os.path.join(out, "large.csv"), wanted)
    xml(os.path.join(population, "canam_amo.xml"), os.path.join(out, "large.xml"), wanted)
    ndjson(os.path.join(population, "ci_cmu.ndjson"), os.path.join(out, "large.ndjson"), wanted)


if __name__ == "__main__":
    main()
