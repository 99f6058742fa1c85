// A scheme's own program in JavaScript, which feeds patients into a hub that listens: fhir-kit-client.
// Called as: node feed.mjs BASE KEY SURVIVOR DUPLICATE, two numbers of UTM that nobody has. Ends with 0 when all of it held.

import assert from "node:assert/strict";
import { Client } from "fhir-kit-client";

const [base, key, survivor, duplicate] = process.argv.slice(2);
const system = "urn:dankun:id:ml-utm-number";
const client = new Client({ baseUrl: base, customHeaders: { Authorization: `Bearer ${key}` } });

const patient = (number, more = {}) => ({
  resourceType: "Patient",
  active: true,
  gender: "female",
  birthDate: "1985-06-14",
  identifier: [{ system, value: number }],
  name: [{ use: "official", family: "Diarra", given: ["Nana"] }],
  ...more,
});
const put = (number, body) =>
  client.update({ resourceType: "Patient", searchParams: { identifier: `${system}|${number}` }, body });

const kept = await put(survivor, patient(survivor));
assert.equal(kept.meta.versionId, "1");
const other = await client.create({
  resourceType: "Patient",
  body: patient(duplicate),
  options: { headers: { "If-None-Exist": `identifier=${system}|${duplicate}` } },
});
const link = [{ type: "replaced-by", other: { identifier: { system, value: survivor } } }];
const merged = await put(duplicate, patient(duplicate, { active: false, link }));
assert.equal(merged.active, false);
assert.equal(merged.id, other.id);

const pix = { name: "ihe-pix", resourceType: "Patient", method: "GET" };
await assert.rejects(
  client.operation({ ...pix, input: { sourceIdentifier: `${system}|${duplicate}` } }),
  (error) => error.response.status === 404,
);
await client.operation({ ...pix, input: { sourceIdentifier: `${system}|${survivor}` } });

const history = await client.resourceHistory({ resourceType: "Patient", id: other.id });
assert.equal(history.total, 2);
const first = await client.vread({ resourceType: "Patient", id: other.id, version: "1" });
assert.equal(first.active, true);

const transaction = await client.transaction({
  body: {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        resource: patient(survivor, { telecom: [{ system: "phone", value: "+22370123456" }] }),
        request: { method: "PUT", url: `Patient?identifier=${system}|${survivor}` },
      },
    ],
  },
});
assert.equal(transaction.entry[0].response.etag, 'W/"2"');
await client.delete({ resourceType: "Patient", id: kept.id });
await assert.rejects(client.read({ resourceType: "Patient", id: kept.id }), (error) => error.response.status === 404);
console.log("fhir-kit-client: all held");
