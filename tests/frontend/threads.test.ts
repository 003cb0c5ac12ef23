import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboxItem } from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { dayBreaks, dayLabel } from "../../webapp/static/src/threads/days";
import { askedAt, withHandle } from "../../webapp/static/src/threads/mentions";
import { Messages, type Known } from "../../webapp/static/src/threads/messages";
import { failureOf, keep, pendingOf, sendingOf } from "../../webapp/static/src/threads/pending";

const known = (seq: number, author_id = "bob"): Known => ({ id: `id-${seq}`, seq, client_id: `act-${seq}`, author_id });

test("messages are ordered by seq whatever order they come in, each once", () => {
  const messages = new Messages([known(4), known(5)]);
  assert.equal(messages.put(known(7)), "new");
  assert.equal(messages.put(known(5)), "known");
  assert.equal(messages.before(7), 5);
  assert.equal(messages.before(4), 0);
  assert.ok(messages.hasHole());
  assert.equal(messages.whole(), 5);
  assert.equal(messages.put(known(6)), "new");
  assert.equal(messages.whole(), 7);
  assert.ok(!messages.hasHole());
  assert.equal(messages.byClientId("act-6")?.seq, 6);
});

test("an empty thread catches up from the beginning", () => {
  const messages = new Messages();
  assert.deepEqual([messages.whole(), messages.first(), messages.last(), messages.hasHole()], [0, 0, 0, false]);
});

test("the unread line stands before the first message of somebody else", () => {
  const messages = new Messages([known(1), known(2, "me"), known(3), known(4)]);
  assert.deepEqual(messages.unread(1, "me"), { seq: 3, count: 2 });
  assert.deepEqual(messages.unread(4, "me"), { seq: 0, count: 0 });
});

test("a day begins at midnight in Paris", () => {
  assert.deepEqual(dayBreaks(["2026-11-21T22:59:00Z", "2026-11-21T23:01:00Z", "2026-11-22T08:00:00Z"]), ["2026-11-21", "2026-11-22", null]);
  const now = new Date("2026-11-22T09:00:00Z");
  assert.equal(dayLabel(new Date("2026-11-22T08:00:00Z"), now, "fr"), "Aujourd’hui");
  assert.equal(dayLabel(new Date("2026-11-21T08:00:00Z"), now, "en"), "Yesterday");
  assert.equal(dayLabel(new Date("2026-11-16T08:00:00Z"), now, "fr"), "Lundi 16 novembre");
});

test("a mention is asked for at the start of a word only", () => {
  assert.deepEqual(askedAt("merci @so", 9), { start: 6, word: "so" });
  assert.deepEqual(askedAt("(@", 2), { start: 1, word: "" });
  assert.equal(askedAt("mail@so", 7), null);
  assert.equal(askedAt("@so et", 6), null);
  const asked = askedAt("merci @so !", 9);
  assert.ok(asked);
  assert.deepEqual(withHandle("merci @so !", 9, asked, "sonia"), { text: "merci @sonia !", caret: 13 });
});

test("a message waits in the outbox under its own id, in its thread's line", async () => {
  const [first, second] = [uuid7(1000), uuid7(2000)];
  Object.assign(globalThis, { location: { pathname: "/invoices/t" } });
  await keep("bea", { thread_id: "t", client_id: first, body: " plus tard ", reply_to: null });
  await keep("bea", { thread_id: "t", client_id: second, body: "", files: ["f"] });
  const [early, late] = await pendingOf("bea", "t");
  assert.deepEqual([early?.id, early?.label, early?.url], [first, "Message : plus tard", "/invoices/t"]);
  assert.deepEqual([late?.label, late?.after], ["Message : 1 pièce jointe", [first]]);
  assert.deepEqual(sendingOf(early as OutboxItem), { thread_id: "t", body: " plus tard ", reply_to: null });
  assert.deepEqual(await pendingOf("bea", "elsewhere"), []);
  assert.equal(failureOf(early as OutboxItem), undefined);
  assert.equal(failureOf({ ...(early as OutboxItem), state: "refused", error: { code: "too_long", message: "Trop long." } }), "Non envoyé. Trop long.");
});
