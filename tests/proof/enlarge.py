#!/usr/bin/env python3
"""enlarge.py POPULATION OUT RECORDS: files of many records, from a small population, every record with an id of its own.

Identifiers with a check digit are left as they are: their owner repeats, which neither validation nor translation minds.
"""
import os
import re
import sys


def repeat(wanted, have):
    return max(1, -(-wanted // max(1, have)))


def csv(source, out, wanted):
    lines = open(source, "rb").read().splitlines(keepends=True)
    head, rows = lines[0], lines[1:]
    with open(out, "wb") as f:
        f.write(head)
        for turn in range(repeat(wanted, len(rows))):
            mark = b"UTM-%03d-" % (turn % 1000)
            for row in rows:
                f.write(re.sub(rb"^UTM-\d{3}-", mark, row))


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
