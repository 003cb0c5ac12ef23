import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as store from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";

const item = (user: string, at: number): store.OutboxItem => ({
  id: uuid7(at), user, name: "message.send", payload: { body: "bonjour" }, label: "Message", made_at: "2026-11-24T09:00:00Z", state: "waiting",
});

test("the outbox is one person's, oldest first", async () => {
  const [late, early, other] = [item("alice", 2000), item("alice", 1000), item("bob", 500)];
  for (const act of [late, early, other]) await store.putOutbox(act);
  assert.deepEqual((await store.outboxOf("alice")).map((act) => act.id), [early.id, late.id]);
  assert.equal(await store.countOutbox("bob"), 1);
  await store.removeOutbox(early.id);
  assert.equal(await store.countOutbox("alice"), 1);
});

test("a draft comes back to who wrote it, and to nobody else", async () => {
  await store.saveDraft("alice", "thread/1", { body: "je repasse demain" });
  assert.deepEqual(await store.findDraft("alice", "thread/1"), { body: "je repasse demain" });
  assert.equal(await store.findDraft("bob", "thread/1"), undefined);
  await store.removeDraft("alice", "thread/1");
  assert.equal(await store.findDraft("alice", "thread/1"), undefined);
});

test("wiping what was read leaves the outbox and the drafts", async () => {
  await store.keepRead("alice", "clients", [1, 2]);
  await store.saveDraft("alice", "thread/2", "brouillon");
  assert.ok((await store.findRead("alice", "clients"))?.readAt instanceof Date);
  await store.wipeRead();
  assert.equal(await store.findRead("alice", "clients"), undefined);
  assert.equal(await store.findDraft("alice", "thread/2"), "brouillon");
  assert.equal(await store.countOutbox("alice"), 1);
});
