/* Files in pieces against a server that speaks tus and whose line breaks: what came before stays, nothing goes twice. */
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { bring, giveUp, nextPiece, Unsent, type Bringing, type Ways } from "../../webapp/static/src/files/resumable";
import { uuid7 } from "../../webapp/static/src/lib/uuid";
import { changeFile, findFile, keepFile } from "../../webapp/static/src/threads/kept_files";

/* Uploads by id; `breaks` are bytes after which the line of a piece breaks, once each; `answers` are said instead. */
const uploads = new Map<string, { length: number; got: Buffer }>();
let breaks: number[] = [];
let answers: { on: string; status: number; body?: object; lost?: boolean }[] = [];
let carried = 0;
let asked: string[] = [];
let base = "";
const real = globalThis.fetch;

function serve(request: IncomingMessage, response: ServerResponse): void {
  const method = request.method ?? "";
  asked.push(method);
  const id = request.url?.split("/")[4] ?? String(request.headers["idempotency-key"]);
  const instead = answers.find(({ on }) => on === method);
  if (instead) answers.splice(answers.indexOf(instead), 1);
  if (instead && !instead.lost) { request.resume(); response.writeHead(instead.status, { "Content-Type": "application/json" }).end(JSON.stringify(instead.body ?? {})); return; }
  const headers = { "Tus-Resumable": "1.0.0", Location: `/api/v1/uploads/${id}` };
  if (method === "POST" && !uploads.has(id)) uploads.set(id, { length: Number(request.headers["upload-length"]), got: Buffer.alloc(0) });
  const upload = uploads.get(id);
  if (!upload) { request.resume(); response.writeHead(404, headers).end("{}"); return; }
  if (method === "DELETE") uploads.delete(id);
  const reply = (status: number): void => {
    if (instead?.lost) request.socket.destroy();
    else response.writeHead(status, { ...headers, "Upload-Offset": upload.got.length }).end();
  };
  if (method !== "PATCH") { reply(method === "POST" ? 201 : 200); return; }
  if (Number(request.headers["upload-offset"]) !== upload.got.length) { request.resume(); reply(409); return; }
  const limit = breaks.shift() ?? Infinity;
  let came = 0;
  request.on("data", (piece: Buffer) => {
    const taken = piece.subarray(0, Math.max(0, limit - came));
    came += taken.length;
    carried += taken.length;
    upload.got = Buffer.concat([upload.got, taken]);
    if (came >= limit) request.socket.destroy();
  });
  request.on("end", () => reply(204));
}

const server = createServer(serve);
before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  globalThis.fetch = (url, options) => real(`${base}${String(url)}`, options);
});
after(() => { globalThis.fetch = real; server.closeAllConnections(); server.close(); });
beforeEach(() => { uploads.clear(); [breaks, answers, carried, asked] = [[], [], 0, []]; });

const content = (size: number): Buffer => Buffer.from(Uint8Array.from({ length: size }, (_, n) => (n * 31 + (n >> 8)) % 256));
const file = (size: number): Bringing => ({ blob: new Blob([new Uint8Array(content(size))]), name: "palette.jpg", key: uuid7(), url: null });
const ways = (more: Partial<Ways> = {}): Ways => ({ token: "t", begun: async () => undefined, pause: async () => undefined, ...more });

test("five photos over a line that is cut three times arrive whole, at most a tenth of them twice", async () => {
  const photos = Array.from({ length: 5 }, () => file(150_000));
  breaks = [40_000, Infinity, Infinity, 10_000, Infinity, Infinity, Infinity, Infinity, 30_000];
  for (const photo of photos) assert.equal(await bring(photo, ways()), photo.key);
  for (const { key } of photos) assert.deepEqual(uploads.get(key)?.got, content(150_000));
  assert.equal(breaks.length, 0);
  assert.ok(carried <= 1.1 * 5 * 150_000, `${carried} bytes`);
});

test("a page that comes back goes on at the address it kept", async () => {
  const id = uuid7();
  const photo = file(200_000);
  await keepFile({ id, user: "ada", thread: "t", message: null, blob: photo.blob, name: photo.name, key: photo.key, file_id: null });
  const closed = new AbortController();
  const first = ways({
    begun: (upload) => changeFile(id, { upload }),
    progress: () => closed.abort(),
    signal: closed.signal,
  });
  await assert.rejects(bring(photo, first), Unsent);
  const kept = await findFile(id);
  assert.ok(kept?.upload?.endsWith(photo.key));
  if (!kept) return;
  const had = uploads.get(photo.key)?.got.length ?? 0;
  assert.ok(had > 0 && had < 200_000);
  asked = [];
  await bring({ ...kept, url: kept.upload ?? null }, ways());
  assert.deepEqual([asked[0], carried], ["HEAD", 200_000]);
});

test("an answer that is lost is asked for again, and nothing is sent twice", async () => {
  for (const on of ["POST", "PATCH"]) {
    const photo = file(50_000);
    carried = 0;
    answers = [{ on, status: 0, lost: true }];
    assert.equal(await bring(photo, ways()), photo.key);
    assert.equal(carried, 50_000);
  }
});

test("what the server forgot begins anew", async () => {
  const photo = file(5_000);
  assert.equal(await bring({ ...photo, url: `/api/v1/uploads/${uuid7()}` }, ways()), photo.key);
  assert.deepEqual(asked, ["HEAD", "POST", "PATCH"]);
});

test("a refusal is told in the server’s words, at once", async () => {
  answers = [{ on: "PATCH", status: 422, body: { code: "file_film", errors: { file: "C’est une vidéo" } } }];
  await assert.rejects(bring(file(5_000), ways()), (error: Unsent) => error.status === 422 && error.problem.code === "file_film");
  assert.equal(asked.length, 2);
});

test("a server that is full is not asked again and again", async () => {
  answers = [{ on: "POST", status: 507, body: { code: "unavailable" } }];
  await assert.rejects(bring(file(5_000), ways()), (error: Unsent) => error.status === 507);
  assert.deepEqual(asked, ["POST"]);
});

test("without a network it gives up after some patience, and what came stays", async () => {
  const pauses: number[] = [];
  breaks = [30_000, 0, 0, 0, 0];
  const photo = file(60_000);
  await assert.rejects(bring(photo, ways({ pause: async (ms) => pauses.push(ms) })), (error: Unsent) => error.status === 0);
  assert.deepEqual([pauses.length, uploads.get(photo.key)?.got.length], [4, 30_000]);
});

test("an answer of somebody else is none", async () => {
  answers = Array.from({ length: 5 }, () => ({ on: "POST", status: 200, body: { hotel: "sign in" } }));
  await assert.rejects(bring(file(10), ways()), (error: Unsent) => error.status === 0);
});

test("what is not wanted any more goes", async () => {
  const photo = file(10);
  await bring(photo, ways());
  await giveUp(`/api/v1/uploads/${photo.key}`, { token: "t" });
  assert.equal(uploads.size, 0);
});

test("a piece is what the line brings in three seconds, within bounds", () => {
  assert.deepEqual([nextPiece(65_536, 0.1), nextPiece(65_536, 2.6), nextPiece(65_536, 1), nextPiece(0, 0)], [1_048_576, 75_618, 196_608, 65_536]);
});
