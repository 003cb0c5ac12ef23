import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { outboxOf } from "../../webapp/static/src/lib/store";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { drop, queue } from "../../webapp/static/src/outbox/queue";
import { flush, type Answer, type Command, type Ways } from "../../webapp/static/src/outbox/sender";
import { changeFile, draftFiles, dropFiles, findFile, findFiles, keepFile, type KeptFile } from "../../webapp/static/src/threads/kept_files";
import { groupsFor } from "../../webapp/static/src/threads/mentions";
import { mayName } from "../../webapp/static/src/threads/naming";
import { addressOf } from "../../webapp/static/src/threads/places";
import { isHopeless, LARGEST, refusalOf } from "../../webapp/static/src/threads/accepting";
import { fitted, HEAVIEST, jpegName, lightEnough, mayDraw, shrink } from "../../webapp/static/src/threads/shrink";
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
  await queue({ id: uuid7(), user: "cleo", name: "message.send", payload: { thread_id: "t", body: "", files: [kept.id] }, label: "photo" });
  const said: Command[] = [];
  const ways = (answer: Answer): Ways => ({ post: async (_user, acts) => { said.push(...acts); return answer; }, upload: async () => "server-1", forget: async () => undefined });
  await flush("cleo", ways({ later: null }));
  assert.ok(await findFile(kept.id));
  const id = said[0]?.id ?? "";
  await flush("cleo", ways({ results: [{ id, status: "done", result: {} }] }));
  assert.deepEqual(said.map(({ payload }) => payload), [0, 1].map(() => ({ thread_id: "t", body: "", attachment_ids: ["server-1"] })));
  assert.equal(await findFile(kept.id), undefined);
  assert.deepEqual(await outboxOf("cleo"), []);
});

test("dropping what waits drops its files", async () => {
  const [kept, other] = [file("dora", 1000), file("dora", 2000)];
  for (const each of [kept, other]) await keepFile(each);
  const [id, beside] = [uuid7(), uuid7()];
  await queue({ id, user: "dora", name: "message.send", payload: { files: [kept.id] }, label: "" });
  await queue({ id: beside, user: "dora", name: "message.send", payload: { files: [other.id] }, label: "" });
  await drop(id);
  assert.equal(await findFile(kept.id), undefined);
  assert.ok(await findFile(other.id));
});

test("a photo is drawn at 1600 px at most, and never larger than it is", () => {
  assert.deepEqual(fitted(4000, 3000), { width: 1600, height: 1200 });
  assert.deepEqual(fitted(300, 200), { width: 300, height: 200 });
  assert.deepEqual(fitted(9000, 1), { width: 1600, height: 1 });
  assert.deepEqual([jpegName("IMG.0012.PNG"), jpegName(".png"), jpegName("sans")], ["IMG.0012.jpg", "photo.jpg", "sans.jpg"]);
});

test("a photo that is still too heavy is drawn worse, then smaller", async () => {
  const drawn: string[] = [];
  /* As heavy as noise: so many bytes a pixel. */
  const noise = (bytes: number) => (width: number, height: number) => async (quality: number): Promise<Blob> => {
    drawn.push(`${width} ${quality}`);
    return new Blob([new Uint8Array(Math.round(width * height * bytes * quality))]);
  };
  const light = await lightEnough({ width: 4000, height: 3000 }, noise(0.25));
  assert.deepEqual(drawn, ["1600 0.82"]);
  assert.ok(light && light.size <= HEAVIEST);
  drawn.length = 0;
  const heavy = await lightEnough({ width: 4000, height: 3000 }, noise(2));
  assert.ok(heavy && heavy.size <= HEAVIEST);
  assert.deepEqual([drawn[0], drawn.at(-1)], ["1600 0.82", "675 0.55"]);
  assert.equal(await lightEnough({ width: 10, height: 10 }, () => null), null);
});

test("what a browser cannot draw goes as it is", async () => {
  Object.assign(globalThis, { createImageBitmap: () => Promise.reject(new Error("no such format")) });
  const heic = new File(["not drawn here"], "IMG_0012.HEIC", { type: "image/heic" });
  assert.deepEqual(await shrink(heic), { blob: heic, name: "IMG_0012.HEIC" });
  assert.deepEqual([mayDraw({ name: "a.HEIC", type: "" }), mayDraw({ name: "a.pdf", type: "application/pdf" }), mayDraw({ name: "a.svg", type: "image/svg+xml" })], [true, false, false]);
});

test("bad files are told on the device what to do, before anything is sent", () => {
  const blob = (size: number): Blob => ({ size }) as Blob;
  const of = (type: string): { type: string; size: number } => ({ type, size: 40 * 1024 * 1024 });
  const [photo, film, paper] = [of("image/jpeg"), of("video/mp4"), of("application/pdf")];
  assert.equal(refusalOf(blob(380_000), photo), null); // 40 MB, made small
  assert.equal(refusalOf(blob(40 * 1024 * 1024), photo), "tooLarge"); // 40 MB, that could not be drawn
  assert.equal(refusalOf(blob(LARGEST + 1), paper), "tooLarge");
  assert.equal(refusalOf(blob(0), { ...photo, size: 0 }), "emptyFile");
  assert.equal(refusalOf(blob(5), film), "film");
  assert.deepEqual(["file_film", "too_large", "file_lost", "invalid", "unavailable"].map(isHopeless), [true, true, false, false, false]);
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
