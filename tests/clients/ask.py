"""A partner's programs in Python against a hub that listens: fhirpy, fhirclient, and fhir.resources as a parser.

Called as: ask.py BASE KEY NINA FAMILY GIVEN BIRTHDATE. Ends with 0 when all of it held.
"""

import asyncio
import sys

import fhirclient.client
import fhirclient.models.coverageeligibilityrequest as cer
import fhirclient.models.patient as patient_model
import requests
from fhir.resources.R4B import get_fhir_model_class
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

BASE, KEY, NINA, FAMILY, GIVEN, BIRTH = sys.argv[1:]
SYSTEM = "urn:dankun:id:ml-nina"
DESCRIBED = {
    "resourceType": "Patient",
    "name": [{"family": FAMILY, "given": [GIVEN]}],
    "gender": "male",
    "birthDate": BIRTH,
}
REQUEST = {
    "resourceType": "CoverageEligibilityRequest",
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"identifier": {"system": SYSTEM, "value": NINA}},
    "servicedDate": "2025-11-02",
    "created": "2026-01-01",
    "insurer": {"identifier": {"system": "urn:dankun:scheme", "value": "dankun"}},
}


def parameters(**named):
    return {"resourceType": "Parameters", "parameter": [{"name": name, **value} for name, value in named.items()]}


def fhirpy_asks():
    client = SyncFHIRClient(BASE, authorization=f"Bearer {KEY}")
    found = client.resources("Patient").search(identifier=f"{SYSTEM}|{NINA}").fetch()
    assert len(found) == 1, found
    by_name = client.resources("Patient").search(family=FAMILY, given=GIVEN, birthdate=BIRTH).fetch_all()
    assert [one.id for one in by_name] == [found[0].id]
    assert client.resources("Patient").search(identifier=f"{SYSTEM}|{NINA}").count() == 1
    read = client.reference("Patient", found[0].id).to_resource()
    assert read["identifier"] == found[0]["identifier"]
    matched = client.execute("Patient/$match", method="post", data=parameters(resource={"resource": DESCRIBED}))
    assert matched["entry"][0]["resource"]["id"] == read.id
    assert matched["entry"][0]["search"]["score"] > 0.5
    pix = client.execute("Patient/$ihe-pix", method="get", params={"sourceIdentifier": f"{SYSTEM}|{NINA}"})
    systems = {one["valueIdentifier"]["system"] for one in pix["parameter"] if one["name"] == "targetIdentifier"}
    assert "urn:dankun:id:ml-utm-number" in systems, pix
    answer = client.execute("CoverageEligibilityRequest/$submit", method="post", data=REQUEST)
    assert answer["insurance"][0]["inforce"] is True, answer
    covered = client.resources("Coverage").search(beneficiary=f"Patient/{read.id}").fetch()
    assert len(covered) == 2, covered
    try:
        client.reference("Patient", "per-0").to_resource()
        raise AssertionError("nobody was read")
    except ResourceNotFound:
        pass
    try:
        client.execute("CoverageEligibilityRequest/$submit", method="post", data={"resourceType": "Claim"})
        raise AssertionError("a claim was answered")
    except OperationOutcome as outcome:
        assert "wrong_type" in str(outcome.resource)


async def fhirpy_asks_without_waiting():
    client = AsyncFHIRClient(BASE, authorization=f"Bearer {KEY}")
    search = client.resources("Patient").search(identifier=f"{SYSTEM}|{NINA}").fetch()
    asked = client.execute("CoverageEligibilityRequest/$submit", method="post", data=REQUEST)
    found, answer = await asyncio.gather(search, asked)
    assert len(found) == 1 and answer["outcome"] == "complete"


def fhirclient_asks():
    client = fhirclient.client.FHIRClient(settings={"app_id": "test", "api_base": BASE})
    client.server.session.headers["Authorization"] = f"Bearer {KEY}"
    search = patient_model.Patient.where(struct={"identifier": f"{SYSTEM}|{NINA}"})
    found = search.perform_resources(client.server)
    assert len(found) == 1, found
    read = patient_model.Patient.read(found[0].id, client.server)
    assert read.birthDate.isostring == BIRTH
    request = cer.CoverageEligibilityRequest(REQUEST)
    answer = client.server.post_json("CoverageEligibilityRequest/$submit", request.as_json())
    assert answer.json()["resourceType"] == "CoverageEligibilityResponse"
    from fhirclient.models.capabilitystatement import CapabilityStatement

    assert CapabilityStatement.read_from("metadata", client.server).fhirVersion == "4.0.1"


def every_answer_is_parsed():
    """fhir.resources has R4B, whose Patient, Coverage and eligibility resources are those of R4."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {KEY}"
    answers = [
        session.get(f"{BASE}/metadata"),
        session.get(f"{BASE}/Patient", params={"identifier": f"{SYSTEM}|{NINA}"}),
        session.get(f"{BASE}/Patient/$ihe-pix", params={"sourceIdentifier": f"{SYSTEM}|{NINA}"}),
        session.get(f"{BASE}/Coverage", params={"beneficiary.identifier": f"{SYSTEM}|{NINA}"}),
        session.post(f"{BASE}/Patient/$match", json=DESCRIBED),
        session.post(f"{BASE}/CoverageEligibilityRequest/$submit", json=REQUEST),
        session.get(f"{BASE}/Patient/joe-doe"),
        session.get(f"{BASE}/Patient", headers={"Authorization": ""}),
    ]
    kinds = set()
    for answer in answers:
        resource = answer.json()
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        kinds.add(resource["resourceType"])
    assert len(kinds) == 5, kinds


fhirpy_asks()
asyncio.run(fhirpy_asks_without_waiting())
fhirclient_asks()
every_answer_is_parsed()
print("fhirpy, fhirclient and fhir.resources: all held")
