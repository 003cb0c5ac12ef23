import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { AckError } from "../../webapp/static/src/lib/socket";
import { outboxOf } from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { dayBreaks, dayLabel } from "../../webapp/static/src/threads/days";
import { askedAt, withHandle } from "../../webapp/static/src/threads/mentions";
import { Messages, type Known, type Message } from "../../webapp/static/src/threads/messages";
import { flush, keep, pendingOf, retry, type Sending } from "../../webapp/static/src/threads/pending";

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

const sending = (body: string, at: number): Sending => ({ thread_id: "t", client_id: uuid7(at), body });
const answer = (payload: Sending): { message: Message } => ({ message: { client_id: payload.client_id, body: payload.body } as Message });
const noWait = (): Promise<void> => Promise.resolve();

test("what waits goes out in order, under its own client_id, once", async () => {
  const acts = [sending("un", 1000), sending("deux", 2000), sending("trois", 3000)];
  for (const act of [...acts].reverse()) await keep("ada", act, act.body);
  const sent: string[] = [];
  const done = await flush("ada", async (payload) => { sent.push(payload.client_id); return answer(payload); }, noWait);
  assert.equal(done, 3);
  assert.deepEqual(sent, acts.map((act) => act.client_id));
  assert.deepEqual(await outboxOf("ada"), []);
});

test("without a network nothing is lost, and the same act goes again", async () => {
  const act = sending("plus tard", 1000);
  await keep("bea", act, act.body);
  assert.equal(await flush("bea", () => Promise.reject(new AckError("offline", "")), noWait), 0);
  assert.equal((await pendingOf("bea", "t")).length, 1);
  assert.equal((await pendingOf("bea", "elsewhere")).length, 0);
  const again: string[] = [];
  await flush("bea", async (payload) => { again.push(payload.client_id); return answer(payload); }, noWait);
  assert.deepEqual(again, [act.client_id]);
});

test("too fast means try again, a refusal is kept until someone asks", async () => {
  const [fast, refused] = [sending("vite", 1000), sending("trop long", 2000)];
  for (const act of [fast, refused]) await keep("cid", act, act.body);
  const waits: number[] = [];
  let calls = 0;
  const send = async (payload: Sending): Promise<{ message: Message }> => {
    calls += 1;
    if (calls === 1) throw new AckError("rate_limited", "", 3);
    if (payload.client_id === refused.client_id && calls < 4) throw new AckError("too_long", "trop long");
    return answer(payload);
  };
  assert.equal(await flush("cid", send, (seconds) => { waits.push(seconds); return noWait(); }), 1);
  assert.deepEqual(waits, [3]);
  assert.equal((await pendingOf("cid"))[0]?.error?.code, "too_long");
  assert.equal(await flush("cid", send, noWait), 0);
  await retry("cid", refused.client_id);
  assert.equal(await flush("cid", send, noWait), 1);
});
