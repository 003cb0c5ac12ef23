import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { outboxOf, sentOf, type OutboxItem } from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { lines, read, typed } from "../../webapp/static/src/outbox/fields";
import { kindOf } from "../../webapp/static/src/outbox/kinds";
import { heldBy, nextBatch, openParents, parentsOf, settled, type Result } from "../../webapp/static/src/outbox/order";
import { drop, edit, queue, retry } from "../../webapp/static/src/outbox/queue";
import { flush, Trouble, type Answer, type Command, type Ways } from "../../webapp/static/src/outbox/sender";
import { stateOf } from "../../webapp/static/src/outbox/words";

const act = (id: string, more: Partial<OutboxItem> = {}): OutboxItem => ({
  id, user: "ada", name: "task.add", payload: {}, label: id, made_at: "2026-11-24T09:00:00Z", state: "waiting", ...more,
});
const write = (user: string, about: string, payload: Record<string, unknown> = {}): Promise<OutboxItem> =>
  queue({ id: uuid7(), user, name: "task.add", payload, label: about, about });
const done = (commands: Command[]): Answer => ({ results: commands.map(({ id }) => ({ id, status: "done", result: { id } })) });

/* A server whose answers are listed; then it does everything. */
function server(...answers: ((commands: Command[]) => Answer)[]): Ways & { said: Command[][] } {
  const said: Command[][] = [];
  return {
    said,
    post: async (_user, commands) => { said.push(commands); return (answers.shift() ?? done)(commands); },
    upload: async (file) => `server-${file}`,
    forget: async () => undefined,
  };
}

test("acts on one thing follow each other, but not one that was refused before", () => {
  const before = [act("1", { about: "x" }), act("2", { about: "y" }), act("3", { about: "x" }), act("4", { about: "x", state: "refused" })];
  assert.deepEqual(parentsOf("x", before), ["3"]);
  assert.deepEqual(parentsOf("z", before), []);
  assert.deepEqual(parentsOf(undefined, before), []);
});

test("what follows a refused act waits, through however many others", () => {
  const items = [act("1", { state: "conflict" }), act("2", { after: ["1"] }), act("3", { after: ["2"] }), act("4")];
  assert.equal(heldBy(items[2] as OutboxItem, items)?.id, "1");
  assert.deepEqual(nextBatch(items).map(({ id }) => id), ["4"]);
  assert.deepEqual(openParents(act("5", { after: ["gone", "2"] }), items), ["2"]);
  assert.equal(heldBy(act("6", { after: ["6"] }), [act("6", { after: ["6"] })]), undefined);
});

test("an act with files goes alone, after those before it", () => {
  const items = [act("1"), act("2", { payload: { files: ["f"] } }), act("3")];
  assert.deepEqual(nextBatch(items).map(({ id }) => id), ["1"]);
  assert.deepEqual(nextBatch(items.slice(1)).map(({ id }) => id), ["2"]);
  assert.deepEqual(nextBatch([act("1"), act("2"), act("3")], 2).map(({ id }) => id), ["1", "2"]);
});

test("an answer says what becomes of an act", () => {
  const item = act("1", { state: "sending", step: { n: 1, of: 2 } });
  const state = (result: Omit<Result, "id">): string => settled(item, { id: "1", ...result }, "now").state;
  assert.equal(state({ status: "repeated" }), "sent");
  assert.equal(state({ status: "refused", error: { code: "depends_on", message: "" } }), "waiting");
  assert.equal(state({ status: "refused", error: { code: "forbidden", message: "" } }), "refused");
  const now = { kind: "invoice", id: "i", title: "F-1", url: "/i", lines: [] };
  const conflict = settled(item, { id: "1", status: "conflict", error: { code: "conflict", message: "réglée" }, conflict: { yours: {}, now } }, "now");
  assert.deepEqual([conflict.state, conflict.now?.title, conflict.step], ["conflict", "F-1", undefined]);
});

test("everything goes in order, once, and leaves a trace without its words", async () => {
  const [first, second] = [await write("bea", "x", { text: "secret" }), await write("bea", "x")];
  const house = server();
  assert.equal(await flush("bea", house), undefined);
  assert.deepEqual(house.said.map((batch) => batch.map(({ id }) => id)), [[first.id, second.id]]);
  assert.deepEqual(house.said[0]?.map(({ after }) => after), [[], [first.id]]);
  assert.deepEqual(await outboxOf("bea"), []);
  assert.deepEqual((await sentOf("bea")).map(({ payload }) => payload), [{}, {}]);
});

test("without a network everything stays, and the same acts go again", async () => {
  const item = await write("cid", "x");
  assert.equal(await flush("cid", server(() => ({ later: null }))), null);
  assert.equal((await outboxOf("cid"))[0]?.state, "waiting");
  const house = server();
  await flush("cid", house);
  assert.deepEqual(house.said[0]?.map(({ id }) => id), [item.id]);
});

test("a page killed while it sent is taken up by the next", async () => {
  const item = await write("dan", "x");
  const lost = flush("dan", server(() => { throw new Error("killed"); }));
  await assert.rejects(lost);
  assert.equal((await outboxOf("dan"))[0]?.state, "sending");
  const house = server();
  await flush("dan", house);
  assert.deepEqual(house.said[0]?.map(({ id }) => id), [item.id]);
});

test("a refusal holds up what follows it on the same thing, until somebody decides", async () => {
  const [bad, after, beside] = [await write("eve", "x"), await write("eve", "x"), await write("eve", "y")];
  const refuse = (commands: Command[]): Answer => ({
    results: commands.map(({ id, after: parents }) =>
      id === bad.id ? { id, status: "refused", error: { code: "invalid", message: "Indiquez un jour." } }
        : parents.includes(bad.id) ? { id, status: "refused", error: { code: "depends_on", message: "" } } : { id, status: "done" }),
  });
  assert.equal(await flush("eve", server(refuse)), undefined);
  const [first, second] = await outboxOf("eve");
  assert.deepEqual([first?.state, second?.id, second?.state], ["refused", after.id, "waiting"]);
  assert.equal(stateOf(second as OutboxItem, await outboxOf("eve")).includes("x"), true);
  assert.ok(!(await outboxOf("eve")).some(({ id }) => id === beside.id));
  await edit(bad.id, { due_on: "2026-12-01" });
  const house = server();
  await flush("eve", house);
  assert.deepEqual(house.said[0]?.map(({ id, payload }) => [id, payload]), [[bad.id, { due_on: "2026-12-01" }], [after.id, {}]]);
});

test("what is dropped frees what waited for it", async () => {
  const [bad, after] = [await write("fay", "x"), await write("fay", "x")];
  await flush("fay", server((commands) => ({ results: commands.map(({ id }) => ({ id, status: "refused", error: { code: id === bad.id ? "forbidden" : "depends_on", message: "" } })) })));
  await drop(bad.id);
  const house = server();
  await flush("fay", house);
  assert.deepEqual(house.said[0]?.map(({ id, after: parents }) => [id, parents]), [[after.id, []]]);
});

test("somebody who saw both sides sends again without what they had seen before", async () => {
  const item = await write("gus", "x", { dispute_id: "d", seen_revision: 3 });
  const late = (commands: Command[]): Answer => ({ results: commands.map(({ id }) => ({ id, status: "conflict", error: { code: "stale", message: "" }, conflict: { yours: {}, now: null } })) });
  await flush("gus", server(late));
  await retry(item.id);
  const house = server();
  await flush("gus", house);
  assert.deepEqual(house.said[0]?.[0]?.payload, { dispute_id: "d" });
});

test("a busy server says when to come back; a request refused whole is tried one by one", async () => {
  const [first, second] = [await write("hal", "x"), await write("hal", "y")];
  const busy = (commands: Command[]): Answer => ({ results: commands.map(({ id }) => ({ id, status: "refused", error: { code: "rate_limited", message: "", retry_after: 7 } })) });
  assert.equal(await flush("hal", server(busy)), 7);
  const whole = (commands: Command[]): Answer => (commands.some(({ id }) => id === first.id) ? { refused: { code: "invalid", message: "non" } } : done(commands));
  await flush("hal", server(whole, whole, whole));
  assert.deepEqual((await outboxOf("hal")).map(({ id, state }) => [id, state]), [[first.id, "refused"]]);
  assert.deepEqual((await sentOf("hal")).map(({ id }) => id), [second.id]);
});

test("under another person's session nothing is sent, and nothing is lost", async () => {
  await write("ida", "x");
  assert.equal(await flush("ida", server(() => ({ stopped: "not_ours" }))), null);
  assert.equal((await outboxOf("ida"))[0]?.state, "waiting");
});

test("a file that cannot be brought over says why, one that the server forgot goes once more", async () => {
  const lost = await write("jon", "x", { files: ["f"] });
  const house = server();
  await flush("jon", { ...house, upload: async () => { throw new Trouble({ code: "file_kind", message: "Pas ce fichier." }, undefined); } });
  assert.deepEqual((await outboxOf("jon")).map(({ id, error }) => [id, error?.message]), [[lost.id, "Pas ce fichier."]]);
  await retry(lost.id);
  const forgotten: string[] = [];
  const gone = (commands: Command[]): Answer => ({ results: commands.map(({ id }) => ({ id, status: "refused", error: { code: "attachment_gone", message: "" } })) });
  await flush("jon", { ...server(gone), forget: async (files) => { forgotten.push(...files); } });
  assert.deepEqual(forgotten, ["f"]);
  assert.deepEqual(await outboxOf("jon"), []);
});

test("a form becomes what the command takes, and comes back as it was typed", () => {
  const kind = kindOf("promise.take");
  const said = new Map(Object.entries({ amount: "1 234,5", promised_on: "2026-12-01", said_by: " Élise ", note: "", act: "x" }));
  const { payload, faults } = read(kind, said, "EUR", "fr");
  assert.deepEqual(payload, { amount: { amount: 123450, currency: "EUR" }, promised_on: "2026-12-01", said_by: "Élise" });
  assert.deepEqual(faults, []);
  assert.equal(typed(kind.fields[0] as never, payload, "fr"), "1234,50");
  assert.equal(typed(kind.fields[0] as never, { amount: { amount: 120000, currency: "EUR" } }, "en"), "1200");
  assert.deepEqual(lines(kind, act("1", { payload }), "fr").map(({ text }) => text), ["1\u202f234,50\u00a0€", "01/12/2026", "Élise"]);
  assert.deepEqual(read(kind, new Map([["amount", "beaucoup"]])).faults.map(({ from, reason }) => [from, reason]), [["amount", "money"], ["promised_on", "required"]]);
});

test("an amount counts only where the form asks for one; a choice is said in its words", () => {
  const kind = kindOf("dispute.open");
  const whole = new Map(Object.entries({ reason: "price", part: "whole", amount: "12", text: "Prix" }));
  assert.deepEqual(read(kind, whole).payload, { reason: "price", text: "Prix" });
  const part = new Map([...whole, ["part", "amount"]]);
  assert.deepEqual(read(kind, part, "USD", "fr").payload.amount, { amount: 1200, currency: "USD" });
  assert.equal(lines(kind, act("1", { payload: { reason: "price" }, words: { reason: "Prix" } }))[0]?.text, "Prix");
  assert.deepEqual(kindOf("from.tomorrow").fields, []);
});

test("on a device without room acts still leave, each once; what cannot be noted waits for the next time", async () => {
  const [good, bad] = [await write("kim", "x", { text: "un" }), await write("kim", "y", { text: "deux" })];
  const answer = (commands: Command[]): Answer => ({
    results: commands.map(({ id }) => (id === bad.id ? { id, status: "refused", error: { code: "forbidden", message: "Non." } } : { id, status: "done" })),
  });
  const house = server(answer);
  const honest = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  try {
    assert.equal(await flush("kim", house), null);
    await assert.rejects(write("kim", "z"));
  } finally {
    IDBObjectStore.prototype.put = honest;
  }
  assert.equal(house.said.length, 1);
  assert.deepEqual((await outboxOf("kim")).map(({ id, state }) => [id, state]), [[bad.id, "waiting"]]);
  assert.deepEqual(await sentOf("kim"), []);
  await flush("kim", server(answer));
  assert.deepEqual((await outboxOf("kim")).map(({ id, state }) => [id, state]), [[bad.id, "refused"]]);
  assert.ok(!(await sentOf("kim")).some(({ id }) => id === good.id));
});

test("what left by another way while it was asked for is not sent again", async () => {
  const item = await write("leo", "x");
  const house = server((commands) => ({ results: commands.map(({ id }) => ({ id, status: "refused", error: { code: "rate_limited", message: "", retry_after: 1 } })) }));
  assert.equal(await flush("leo", house), 1);
  await drop(item.id);
  assert.equal(await flush("leo", house), undefined);
  assert.equal(house.said.length, 1);
});
