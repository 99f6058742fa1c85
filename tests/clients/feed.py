"""A scheme's own programs in Python, which feed patients into a hub that listens: fhirpy and fhirclient.

Called as: feed.py BASE KEY SURVIVOR DUPLICATE, two numbers of UTM that nobody has. Ends with 0 when all of it held.
"""

import sys

import fhirclient.client
import fhirclient.models.bundle as bundle_model
import fhirclient.models.patient as patient_model
from fhir.resources.R4B.bundle import Bundle
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

BASE, KEY, SURVIVOR, DUPLICATE = sys.argv[1:]
SYSTEM = "urn:dankun:id:ml-utm-number"


def patient(number, **more):
    return {
        "resourceType": "Patient",
        "active": True,
        "gender": "female",
        "birthDate": "1985-06-14",
        "identifier": [{"system": SYSTEM, "value": number}],
        "name": [{"use": "official", "family": "Diarra", "given": ["Nana"]}],
        **more,
    }


def fhirpy_feeds():
    client = SyncFHIRClient(BASE, authorization=f"Bearer {KEY}")
    of = lambda number: client.resources("Patient").search(identifier=f"{SYSTEM}|{number}")
    survivor, created = of(SURVIVOR).update(client.resource("Patient", **patient(SURVIVOR)))
    assert created and survivor["meta"]["versionId"] == "1", survivor
    _, created = of(SURVIVOR).update(client.resource("Patient", **patient(SURVIVOR)))
    assert not created
    duplicate, created = of(DUPLICATE).get_or_create(client.resource("Patient", **patient(DUPLICATE)))
    assert created
    known, created = of(DUPLICATE).get_or_create(client.resource("Patient", **patient(DUPLICATE)))
    assert not created and known.id == duplicate.id
    # By its id, as whoever reads and saves does.
    read = client.reference("Patient", survivor.id).to_resource()
    read["telecom"] = [{"system": "phone", "value": "+22370123456"}]
    read.save()
    assert client.reference("Patient", survivor.id).to_resource()["meta"]["versionId"] == "2"
    # The duplicate is resolved: its number leads to nobody, and is not to be written any more.
    link = [{"type": "replaced-by", "other": {"identifier": {"system": SYSTEM, "value": SURVIVOR}}}]
    merged, _ = of(DUPLICATE).update(client.resource("Patient", **patient(DUPLICATE, active=False, link=link)))
    assert merged["active"] is False
    pix = {"sourceIdentifier": f"{SYSTEM}|{DUPLICATE}"}
    try:
        client.execute("Patient/$ihe-pix", method="get", params=pix)
        raise AssertionError("the subsumed number answers")
    except ResourceNotFound:
        pass
    try:
        of(DUPLICATE).update(client.resource("Patient", **patient(DUPLICATE)))
        raise AssertionError("the subsumed number was written")
    except OperationOutcome as outcome:
        assert "record_replaced" in str(outcome.resource)
    history = client.execute(f"Patient/{duplicate.id}/_history", method="get")
    Bundle.model_validate(dict(history))
    assert history["total"] == 2 and history["entry"][0]["resource"]["active"] is False


def fhirclient_feeds():
    client = fhirclient.client.FHIRClient(settings={"app_id": "test", "api_base": BASE})
    client.server.session.headers["Authorization"] = f"Bearer {KEY}"
    found = patient_model.Patient.where(struct={"identifier": f"{SYSTEM}|{SURVIVOR}"})
    # The list of what changed holds it already; the person comes once the linker has seen it.
    assert found is not None
    entry = {
        "resource": patient(SURVIVOR, maritalStatus={"coding": [{"code": "M"}]}),
        "request": {"method": "PUT", "url": f"Patient?identifier={SYSTEM}|{SURVIVOR}"},
    }
    transaction = bundle_model.Bundle({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    answer = client.server.post_json("", transaction.as_json())
    told = bundle_model.Bundle(answer.json())
    assert told.type == "transaction-response" and told.entry[0].response.etag == 'W/"3"', answer.json()
    read = patient_model.Patient.read(told.entry[0].resource.id, client.server)
    assert read.maritalStatus.coding[0].code == "M"
    read.delete(client.server)
    gone = client.server.session.get(f"{BASE}/Patient/{read.id}")
    assert gone.status_code == 404, gone.text


fhirpy_feeds()
fhirclient_feeds()
print("fhirpy and fhirclient: all held")
