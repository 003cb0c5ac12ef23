import assert from "node:assert/strict";
import { test } from "node:test";
import { readPayload } from "../../webapp/static/src/sw/payload";

test("a payload that can't be read still gives a notification", () => {
  const broken = { json: () => { throw new SyntaxError("no JSON"); } };
  for (const data of [null, broken, { json: () => "text" }, { json: () => null }]) {
    assert.equal(readPayload(data).title, "Encours");
    assert.equal(readPayload(data).url, "/alerts");
  }
});

test("what is missing or empty falls back, the rest is kept", () => {
  const payload = readPayload({ json: () => ({ title: "", body: "Une alerte vous attend", url: "/alerts/1", badge: 3 }) });
  assert.deepEqual(payload, { title: "Encours", body: "Une alerte vous attend", url: "/alerts/1", tag: "encours", badge: 3 });
});
