#!/usr/bin/env python3
"""seeds.py OUT: what the fuzz targets start from, a folder a target, made of the demonstration's files and the mistakes."""
import gzip
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
OUT = sys.argv[1]


def text(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def seed(target, name, data):
    folder = os.path.join(OUT, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def files(folder, extension):
    names = sorted(os.listdir(os.path.join(ROOT, folder)))
    return [(name, text(os.path.join(folder, name))) for name in names if name.endswith(extension)]


def elements(data, begin, end, count):
    """The head of a file, its first elements and what closes it."""
    start = data.index(begin)
    at = start
    for _ in range(count):
        at = data.index(end, at) + len(end)
    return data[:start], data[start:at], data[data.rindex(end) + len(end):]


def lines(path, count):
    return b"".join(text(path).splitlines(keepends=True)[:count])


def array(path, count):
    return lines(path, count + 1).rstrip().rstrip(b",") + b"\n]\n"


XML_HEAD, XML_BODY, XML_TAIL = elements(text("demo/canam_amo.xml"), b"<assure ", b"</assure>", 2)
XML = XML_HEAD + XML_BODY + XML_TAIL
SHIPPED = ["ml-utm", "ml-canam", "ml-anam", "ci-cnam", "ng-nhia", "ml-openimis", "ci-necab", "ml-synd", "fhir-r4"]


def fhir(count):
    data = text("demo/fhir_bundle.json")
    starts = [found.start() for found in re.finditer(rb'\{\s*"fullUrl"', data)]
    head = data[:starts[0]]
    return head + data[starts[0]:starts[count]].rstrip().rstrip(b",") + b"]}"


def plain_fhir():
    sample = (b'{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient",'
              b'"id":"p","identifier":[{"system":"urn:dankun:record","value":"A/1"}],"name":[{"family":"Traor\xc3\xa9","given":["Awa"]}],'
              b'"gender":"female","birthDate":"1985-06"}},{"resource":{"resourceType":"Coverage","status":"active",'
              b'"beneficiary":{"reference":"urn:uuid:p"},"subscriberId":"A","period":{"start":"2025-02-07"}}}]}')
    return sample


def readers():
    rows = {
        "csv": [b"\x00" + lines("demo/utm_mutuelles.csv", 4), b"\x01" + lines("demo/ng_nhia.csv", 4),
                b"\x02" + lines("demo/necab_coop.csv", 6), b"\x00" + lines("demo/syndicat.csv", 4), b'\x04T\n\nA;B\n"a""b;\n";c\n'],
        "json": [b"\x00" + array("demo/anam_ramed.json", 2), b'\x02{"export":{"beneficiaires":[{"a":1},{"b":[null,"\\u00e9"]}]}}'],
        "ndjson": [lines("demo/ci_cmu.ndjson", 3)],
        "xml": [XML, b"<a><assure x='1'>t&amp;<![CDATA[u]]><!-- c --><b/></assure></a>"],
        "bundle": [fhir(2), plain_fhir()],
    }
    for target, found in rows.items():
        for nth, data in enumerate(found):
            # One more byte in front says how to read it; for CSV and JSON behind the format's own.
            cut = 1 if target in ("csv", "json") else 0
            for choice in (0, 2, 8, 0xE0, 0xF0):
                seed(target, f"{nth}-{choice}", data[:cut] + bytes([choice]) + data[cut:])
            packed = gzip.compress(data[cut:], mtime=0)
            seed(target, f"{nth}-packed", data[:cut] + b"\x00" + packed)
            wide = b"\xff\xfe" + data[cut:].decode("utf-8", "replace").encode("utf-16-le")
            seed(target, f"{nth}-wide", data[:cut] + b"\x00" + wide)


def languages():
    for name, data in files("tests/mapping/mistakes", ".yaml"):
        seed("mapping_text", name, data)
    paths, conditions = set(), set()
    for _, data in files("mappings", ".yaml") + files("tests/mapping/mistakes", ".yaml"):
        conditions.update(re.findall(rb'(?:if|when|check|[a-z_]+_when): "([^"]*)"', data))
        paths.update(re.findall(rb'(?:from|each): "?([^",}\n]+)', data))
        paths.update(re.findall(rb'^  ([a-z_.\[\]]+):', data, re.M))
    for nth, path in enumerate(sorted(paths)):
        seed("path", str(nth), path.strip())
    for nth, condition in enumerate(sorted(conditions)):
        seed("condition", str(nth), condition + b"\nAJ\n2025-01-01\n12")


def wholes():
    found = [lines("demo/utm_mutuelles.csv", 5), XML, array("demo/anam_ramed.json", 3), lines("demo/ci_cmu.ndjson", 3),
             lines("demo/ng_nhia.csv", 4), fhir(2), lines("demo/necab_coop.csv", 8), lines("demo/syndicat.csv", 4), plain_fhir()]
    for index, data in enumerate(found):
        seed("whole", SHIPPED[index], bytes([index]) + data)


readers()
languages()
wholes()
