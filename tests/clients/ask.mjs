// A partner's program in JavaScript against a hub that listens: fhir-kit-client.
// Called as: node ask.mjs BASE KEY NINA. Ends with 0 when all of it held.

import assert from "node:assert/strict";
import { Client } from "fhir-kit-client";

const [base, key, nina] = process.argv.slice(2);
const system = "urn:dankun:id:ml-nina";
const client = new Client({ baseUrl: base, customHeaders: { Authorization: `Bearer ${key}` } });

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, "4.0.1");

const found = await client.resourceSearch({
  resourceType: "Patient",
  searchParams: { identifier: `${system}|${nina}` },
});
assert.equal(found.total, 1);
const person = found.entry[0].resource;

const read = await client.read({ resourceType: "Patient", id: person.id });
assert.deepEqual(read.identifier, person.identifier);

const pix = await client.operation({
  name: "ihe-pix",
  resourceType: "Patient",
  method: "GET",
  input: { sourceIdentifier: `${system}|${nina}` },
});
assert.ok(pix.parameter.some((one) => one.valueIdentifier?.system === "urn:dankun:id:ml-utm-number"));

const matched = await client.operation({
  name: "match",
  resourceType: "Patient",
  input: { resourceType: "Patient", identifier: [{ system, value: nina }] },
});
assert.equal(matched.entry[0].resource.id, person.id);

const request = {
  resourceType: "CoverageEligibilityRequest",
  status: "active",
  purpose: ["benefits"],
  patient: { identifier: { system, value: nina } },
  servicedDate: "2025-11-02",
  created: "2026-01-01",
  insurer: { identifier: { system: "urn:dankun:scheme", value: "dankun" } },
};
const submitted = await client.operation({
  name: "submit",
  resourceType: "CoverageEligibilityRequest",
  input: request,
});
assert.equal(submitted.insurance[0].inforce, true);
const created = await client.create({ resourceType: "CoverageEligibilityRequest", body: request });
assert.equal(created.resourceType, "CoverageEligibilityResponse");

const batch = await client.batch({
  body: {
    resourceType: "Bundle",
    type: "batch",
    entry: [{ request: { method: "GET", url: `Patient/${person.id}` } }],
  },
});
assert.equal(batch.entry[0].resource.id, person.id);

await assert.rejects(client.read({ resourceType: "Patient", id: "joe-doe" }), (error) => {
  assert.equal(error.response.data.resourceType, "OperationOutcome");
  return true;
});
console.log("fhir-kit-client: all held");
