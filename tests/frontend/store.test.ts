import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as store from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { findAbout, keepAbout } from "../../webapp/static/src/portfolio/kept";

const item = (user: string, at: number): store.OutboxItem => ({
  id: uuid7(at), user, name: "message.send", payload: { body: "bonjour" }, label: "Message", made_at: "2026-11-24T09:00:00Z", state: "waiting",
});
const put = (act: store.OutboxItem): Promise<store.OutboxItem> => store.queueOutbox(act, (placed) => placed);

test("the outbox is one person's, in the order it was written, whatever the clock said", async () => {
  const [first, second, other] = [item("alice", 2000), item("alice", 1000), item("bob", 500)];
  for (const act of [first, second, other]) await put(act);
  assert.deepEqual((await store.outboxOf("alice")).map((act) => act.id), [first.id, second.id]);
  assert.equal(await store.countOutbox("bob"), 1);
  await store.removeOutbox(first.id);
  assert.equal(await store.countOutbox("alice"), 1);
});

test("what was sent is no longer counted, and is forgotten with what was read", async () => {
  const act = item("carol", 1000);
  await put(act);
  await store.changeOutbox(act.id, (found) => ({ ...found, state: "sent", sent_at: "2026-11-24T10:00:00Z" }));
  assert.equal(await store.countOutbox("carol"), 0);
  assert.deepEqual((await store.sentOf("carol")).map(({ id }) => id), [act.id]);
  await store.forgetSent("2026-11-24T09:59:00Z");
  assert.equal((await store.sentOf("carol")).length, 1);
  await store.wipeRead();
  assert.deepEqual(await store.sentOf("carol"), []);
});

test("the device knows its person until they sign out", async () => {
  await store.rememberOwner("alice");
  assert.equal(await store.findOwner(), "alice");
  await store.wipeRead();
  assert.equal(await store.findOwner(), null);
});

test("a draft comes back to who wrote it, and to nobody else", async () => {
  await store.saveDraft("alice", "thread/1", { body: "je repasse demain" });
  assert.deepEqual(await store.findDraft("alice", "thread/1"), { body: "je repasse demain" });
  assert.equal(await store.findDraft("bob", "thread/1"), undefined);
  await store.removeDraft("alice", "thread/1");
  assert.equal(await store.findDraft("alice", "thread/1"), undefined);
});

test("wiping what was read leaves the outbox and the drafts", async () => {
  await keepAbout("alice", { at: "2026-11-24T08:12:00.000Z", build: "b1", lines: [], pages: [] });
  await store.saveDraft("alice", "thread/2", "brouillon");
  assert.equal((await findAbout("alice"))?.build, "b1");
  await store.wipeRead();
  assert.equal(await findAbout("alice"), null);
  assert.equal(await store.findDraft("alice", "thread/2"), "brouillon");
  assert.equal(await store.countOutbox("alice"), 1);
});

test("what one person leaves behind is wiped, and nothing of anybody else's", async () => {
  await put(item("dora", 1000));
  await put(item("emil", 1000));
  await store.saveDraft("dora", "thread/3", "à elle");
  await store.saveDraft("emil", "thread/3", "à lui");
  assert.ok(await store.othersWait("dora"));
  await store.wipePerson("dora");
  assert.deepEqual([await store.countOutbox("dora"), await store.countOutbox("emil")], [0, 1]);
  assert.deepEqual([await store.findDraft("dora", "thread/3"), await store.findDraft("emil", "thread/3")], [undefined, "à lui"]);
});
