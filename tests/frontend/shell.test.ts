import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { draftFiles } from "../../webapp/static/src/threads/kept_files";
import { actOf, neighbour } from "../../webapp/static/src/layout/keys";
import { mayOffer, noted, read } from "../../webapp/static/src/layout/installing";
import { sharedFiles, takeShared, moveTo } from "../../webapp/static/src/pwa/shared";

const DAY = 86_400_000;

test("installing is offered on the second visit that was of use, and then not for three months", () => {
  const first = noted(noted(read(null), "a"), "a");
  assert.equal(mayOffer(first, DAY * 365), false);
  const second = noted(first, "b");
  assert.equal(mayOffer(second, DAY * 365), true);
  const asked = { ...second, asked: DAY * 365 };
  assert.equal(mayOffer(asked, DAY * (365 + 89)), false);
  assert.equal(mayOffer(asked, DAY * (365 + 91)), true);
  assert.deepEqual(read(JSON.stringify(asked)), asked);
  assert.deepEqual(read("{broken"), read(null));
});

const form = (...files: File[]): FormData => {
  const made = new FormData();
  for (const file of files) made.append("files", file);
  return made;
};
const photo = new File(["jpeg"], "palette.jpg", { type: "image/jpeg" });

test("photos and papers are taken; anything else, and what is empty, is not", async () => {
  const others = [new File(["x"], "tool.exe", { type: "application/x-msdownload" }), new File([], "vide.jpg", { type: "image/jpeg" })];
  assert.equal(await takeShared(form(photo, new File(["%PDF"], "bl.pdf"), ...others), "ann"), 2);
  assert.deepEqual((await sharedFiles("ann")).map(({ name }) => name), ["palette.jpg", "bl.pdf"]);
  assert.deepEqual(await sharedFiles("bob"), []);
});

test("what is shared goes made small into the composer of the conversation that was chosen", async () => {
  await takeShared(form(photo), "cy");
  await moveTo(await sharedFiles("cy"), "t1", (file) => Promise.resolve({ blob: file.slice(0, 2), name: "petit.jpg" }));
  assert.deepEqual(await sharedFiles("cy"), []);
  const [kept] = await draftFiles("cy", "t1");
  assert.deepEqual([kept?.name, kept?.blob.size], ["petit.jpg", 2]);
});

test("what was shared before anybody signed in is theirs who does so within the hour, and nobody's later", async () => {
  await takeShared(form(photo), null);
  assert.equal((await sharedFiles("dee")).length, 1);
  await takeShared(form(photo), null);
  assert.deepEqual(await sharedFiles("eve", Date.now() + 2 * 60 * 60_000), []);
  assert.deepEqual(await sharedFiles("eve"), []);
});

test("letters go through the list where nobody types, and can be switched off; Esc leaves", () => {
  const free = { typing: false, searching: false, on: "nothing", dialog: false, off: false } as const;
  assert.equal(actOf("j", free), "next");
  assert.equal(actOf("k", { ...free, on: "row" }), "before");
  assert.equal(actOf("/", free), "search");
  assert.equal(actOf("j", { ...free, typing: true, on: "else" }), null);
  assert.equal(actOf("j", { ...free, on: "else" }), null);
  assert.equal(actOf("j", { ...free, dialog: true }), null);
  assert.equal(actOf("j", { ...free, off: true }), null);
  assert.equal(actOf("Escape", { ...free, typing: true, searching: true, on: "else", off: true }), "leave");
  assert.equal(actOf("Escape", { ...free, typing: true, on: "else" }), null);
  assert.equal(actOf("a", free), null);
});

test("the first row is the current one, and the ends hold", () => {
  assert.equal(neighbour(3, -1, -1, "next"), 0);
  assert.equal(neighbour(3, -1, 2, "next"), 2);
  assert.equal(neighbour(3, 2, 2, "next"), 2);
  assert.equal(neighbour(3, 0, 2, "before"), 0);
  assert.equal(neighbour(0, -1, -1, "next"), -1);
});
