import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { AckError } from "../../webapp/static/src/lib/socket";
import { putOutbox, removeOutbox } from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { changeFile, draftFiles, dropFiles, findFile, findFiles, keepFile, type KeptFile } from "../../webapp/static/src/threads/kept_files";
import { groupsFor } from "../../webapp/static/src/threads/mentions";
import { mayName } from "../../webapp/static/src/threads/naming";
import { flush, keep, pendingOf, type Sending } from "../../webapp/static/src/threads/pending";
import { addressOf } from "../../webapp/static/src/threads/places";
import { fitted, jpegName } from "../../webapp/static/src/threads/shrink";
import { lasting, weight } from "../../webapp/static/src/threads/weights";

const file = (user: string, at: number, thread = "t"): KeptFile => ({
  id: uuid7(at), user, thread, message: null, blob: new Blob(["x"]), name: `${at}.jpg`, key: uuid7(), file_id: null,
});

test("a draft keeps its files, in the order they were chosen, for one person and one thread", async () => {
  const [late, early, other, elsewhere] = [file("ada", 2000), file("ada", 1000), file("bea", 500), file("ada", 100, "u")];
  for (const kept of [late, early, other, elsewhere]) await keepFile(kept);
  assert.deepEqual((await draftFiles("ada", "t")).map(({ id }) => id), [early.id, late.id]);
  await changeFile(early.id, { message: uuid7() });
  assert.deepEqual((await draftFiles("ada", "t")).map(({ id }) => id), [late.id]);
  assert.equal((await findFiles([early.id, late.id, uuid7()])).length, 2);
  await dropFiles([early.id, late.id]);
  assert.deepEqual(await draftFiles("ada", "t"), []);
});

test("files stay until their message is acknowledged, and go with it", async () => {
  const kept = file("cleo", 1000);
  await keepFile(kept);
  const sending: Sending = { thread_id: "t", client_id: uuid7(), body: "", files: [kept.id] };
  await keep("cleo", sending, "photo");
  await flush("cleo", () => Promise.reject(new AckError("offline", "")), () => Promise.resolve());
  assert.ok(await findFile(kept.id));
  await flush("cleo", async () => ({ message: { client_id: sending.client_id } as never }), () => Promise.resolve());
  assert.equal(await findFile(kept.id), undefined);
  assert.deepEqual(await pendingOf("cleo"), []);
});

test("discarding what waits discards its files", async () => {
  const kept = file("dora", 1000);
  await keepFile(kept);
  await putOutbox({ id: uuid7(), user: "dora", name: "message.send", payload: { files: [] }, label: "", made_at: "", state: "waiting" });
  const id = uuid7();
  await putOutbox({ id, user: "dora", name: "message.send", payload: { files: [kept.id] }, label: "", made_at: "", state: "refused" });
  await removeOutbox(id);
  assert.equal(await findFile(kept.id), undefined);
});

test("a photo is drawn at 1600 px at most, and never larger than it is", () => {
  assert.deepEqual(fitted(4000, 3000), { width: 1600, height: 1200 });
  assert.deepEqual(fitted(300, 200), { width: 300, height: 200 });
  assert.deepEqual(fitted(9000, 1), { width: 1600, height: 1 });
  assert.deepEqual([jpegName("IMG.0012.PNG"), jpegName(".png"), jpegName("sans")], ["IMG.0012.jpg", "photo.jpg", "sans.jpg"]);
});

test("weights and lengths read in both languages", () => {
  assert.deepEqual([weight(240_400, "fr"), weight(1_250_000, "fr"), weight(3, "en")], ["240\u00a0ko", "1,3\u00a0Mo", "1\u00a0kB"]);
  assert.deepEqual([lasting(0), lasting(65_400), lasting(120_000)], ["0:00", "1:05", "2:00"]);
});

test("roles are offered by handle and by name", () => {
  const groups = [{ handle: "finance", name: "Toute la finance" }, { handle: "sav", name: "Le service après-vente" }];
  const named = (word: string): string[] => groupsFor(word, groups).map(({ handle }) => handle);
  assert.deepEqual([named(""), named("fi"), named("APRES"), named("z")], [["finance", "sav"], ["finance"], ["sav"], []]);
});

test("an address far away is loaded, a near one is not", () => {
  const shown = (seq: number): boolean => seq > 150;
  assert.equal(addressOf("#m-12", "/invoices/1", "", 200, shown), "/invoices/1?seq=12#m-12");
  assert.equal(addressOf("#m-160", "/invoices/1", "", 200, shown), null);
  assert.equal(addressOf("#m-999", "/invoices/1", "", 200, shown), null);
  assert.equal(addressOf("#m-12", "/invoices/1", "?seq=12", 200, shown), null);
  assert.equal(addressOf("#nouveaux", "/invoices/1", "", 200, shown), null);
});

test("only a text that may name something asks the server", () => {
  assert.deepEqual(["Voir F-1187", "client C-LYON", `/clients/${"0".repeat(36)}`].map(mayName), [true, true, true]);
  assert.deepEqual(["Bonjour, ça va", "D’accord", "", "Le 3 ?"].map(mayName), [false, false, false, false]);
});
