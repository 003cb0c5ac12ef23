import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { database, findDraft, saveDraft, type OutboxItem } from "../../webapp/static/src/lib/store";
import { lines, reworded, saidOf } from "../../webapp/static/src/outbox/fields";
import { kindOf } from "../../webapp/static/src/outbox/kinds";
import { placeFiles } from "../../webapp/static/src/outbox/placing";
import { findFile, keepFile } from "../../webapp/static/src/threads/kept_files";
import { sweepDrafts } from "../../webapp/static/src/visits/kept";
import { NOTHING, readReport, type Brought } from "../../webapp/static/src/visits/report";

const CLIENT = "01900000-0000-7000-8000-000000000001";
function form(fields: Record<string, string | string[]>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) data.append(name, each);
  return data;
}
const report = (fields: Record<string, string | string[]>, files: Brought = NOTHING, lang: "fr" | "en" = "fr") => readReport(form(fields), CLIENT, files, "EUR", lang);

test("three taps are a report: how it went, what was seen, what is promised", () => {
  const { payload, faults } = report({
    outcome: "mixed", facts: ["stock_high", "stock_high", "good_news"], "promise.amount": "7 220", "promise.promised_on": "2026-12-01", met: " Élise ", note: "", "signed.amount": "900",
  });
  assert.equal(faults.size, 0);
  assert.deepEqual(payload, {
    client_id: CLIENT, outcome: "mixed", met: "Élise", facts: [{ kind: "stock_high" }, { kind: "good_news" }],
    promise: { amount: { amount: 722_000, currency: "EUR" }, promised_on: "2026-12-01", said_by: "Élise" },
  });
});

test("photos, voice and signature go with it, and the signature is named where it stands", () => {
  const files = { photos: ["p1", "p2"], sound: ["v"], signature: ["s"] };
  const { payload, faults } = report({ "signed.amount": "12 000,50", "signed.signatory": "Élise Delorme", "signed.capacity": "gérante" }, files);
  assert.equal(faults.size, 0);
  assert.deepEqual(payload.files, ["p1", "p2", "v", "s"]);
  assert.deepEqual(payload.acknowledgement, { amount: { amount: 1_200_050, currency: "EUR" }, signatory: "Élise Delorme", capacity: "gérante", signature_id: "s" });
  assert.deepEqual(report({ note: "Calme", here: "1" }).payload, { client_id: CLIENT, note: "Calme", here: true });
});

test("what is missing is said of its field", () => {
  const faults = (fields: Record<string, string>, files: Brought = NOTHING): unknown => Object.fromEntries(report(fields, files).faults);
  assert.deepEqual(faults({ met: "Élise" }), { note: "empty" });
  assert.deepEqual(faults({ "promise.amount": "beaucoup" }), { "promise.amount": "money", "promise.promised_on": "day" });
  assert.deepEqual(faults({ "promise.promised_on": "2026-12-01" }), { "promise.amount": "money" });
  assert.deepEqual(faults({ "signed.signatory": "Élise", "signed.amount": "0" }), { "signed.amount": "owedMoney", "signed.capacity": "asWhat", "signed.signature": "sign" });
  assert.deepEqual(faults({ "signed.amount": "10" }, { ...NOTHING, signature: ["s"] }), { "signed.signatory": "who", "signed.capacity": "asWhat" });
  assert.deepEqual(faults({ "signed.amount": "9 000" }), { note: "empty" }); // what is owed stands there by itself
});

test("a file named in the payload takes the server's id there, the others are attachments in order", () => {
  const ids = new Map([["p1", "A"], ["s", "S"], ["p2", "B"]]);
  assert.deepEqual(placeFiles({ note: "p", acknowledgement: { signature_id: "s", amount: { amount: 1 } }, facts: [{ kind: "x" }] }, ids), {
    note: "p", acknowledgement: { signature_id: "S", amount: { amount: 1 } }, facts: [{ kind: "x" }], attachment_ids: ["A", "B"],
  });
});

test("the outbox reads parts of parts, and words them anew without losing the rest", () => {
  const payload = { note: "Calme", facts: [{ kind: "stock_high" }], promise: { amount: { amount: 100, currency: "EUR" }, promised_on: "2026-11-01", said_by: "Élise" } };
  assert.equal(saidOf(payload, "promise.promised_on"), "2026-11-01");
  assert.equal(saidOf(payload, "acknowledgement.amount"), undefined);
  const next = reworded(payload, { "promise.promised_on": "2026-12-01", note: "Vide" });
  assert.deepEqual(next, { ...payload, note: "Vide", promise: { ...payload.promise, promised_on: "2026-12-01" } });
  const item = { name: "visit.record", payload, words: { facts: "Stock haut" } } as unknown as OutboxItem;
  assert.deepEqual(lines(kindOf("visit.record"), item, "fr").map(({ text }) => text), ["Stock haut", "Calme", "1,00\u00a0€", "01/11/2026", "Élise"]);
});

test("a draft nobody came back to goes with its files, unless they left with its act", async () => {
  const kept = (id: string, act: string) => keepFile({ id, user: "bob", thread: `visit/${act}`, message: act, blob: new Blob(["x"]), name: "x.jpg", key: id, file_id: null });
  const draft = (act: string, photo: string, at: number) => ({ act, fields: {}, ticked: [], files: { ...NOTHING, photos: [photo] }, at });
  await Promise.all([kept("old", "a"), kept("gone", "b"), kept("new", "c")]);
  await saveDraft("bob", "visit:1", draft("a", "old", 10));
  await saveDraft("bob", "visit:2", draft("b", "gone", 10));
  await saveDraft("bob", "visit:3", draft("c", "new", 30));
  await saveDraft("bob", "form:other", { fields: {}, at: 1 });
  await (await database()).put("outbox", { id: "b", user: "bob", name: "visit.record", payload: { files: ["gone"] }, label: "", made_at: "", state: "waiting" });
  await sweepDrafts("bob", 20);
  const left = await Promise.all(["visit:1", "visit:2", "visit:3", "form:other"].map((name) => findDraft("bob", name)));
  assert.deepEqual(left.map(Boolean), [false, false, true, true]);
  assert.deepEqual((await Promise.all(["old", "gone", "new"].map(findFile))).map(Boolean), [false, true, true]);
});
