import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as store from "../../webapp/static/src/lib/store";
import { filled } from "../../webapp/static/src/portfolio/filling";
import { findAbout, findClient, findInvoice, lineOf, search, type Client } from "../../webapp/static/src/portfolio/kept";
import { MOST, MOST_BYTES, round, type Ask } from "../../webapp/static/src/portfolio/round";
import { bars, fact, since, use } from "../../webapp/static/src/portfolio/words";

const money = (amount: number) => ({ amount, currency: "EUR" });

const client = (id: string, more: Partial<Client> = {}): Client => ({
  id, ref: `C-${id}`, name: `Client ${id}`, legal_name: `Client ${id} SARL`, siren: null, trade: null, street: null, postcode: null,
  city: "Lyon", phone: null, email: null, insolvency: null, sees_limit: true, letter: "A", outstanding: money(100_00), overdue: money(0),
  days_overdue: null, open_orders: money(0), limit: money(200_00), available: money(100_00), utilisation: 50, promised_on: null,
  open_count: 1, contacts: [], facts: [], messages: [],
  invoices: [{ id: `i-${id}`, ref: `F-${id}`, kind: "invoice", issued_on: "2026-10-01", due_on: "2026-10-31", gross: money(1), open: money(1), late: 0 }],
  ...more,
});

const at = (time: string) => () => new Date(`2026-11-24T${time}:00Z`);

/* A server with one client a page; tells what was asked. */
function server(clients: Client[]): { ask: Ask; asked: (string | null)[]; clients: Client[] } {
  const here = { clients, asked: [] as (string | null)[], ask: null as unknown as Ask };
  here.ask = async (cursor, etag) => {
    here.asked.push(etag);
    const place = cursor === "" ? 0 : Number(cursor);
    const items = here.clients.slice(place, place + 1);
    const tag = JSON.stringify(items);
    if (etag === tag) return new Response(null, { status: 304 });
    const next = place + 1 < here.clients.length ? String(place + 1) : null;
    return new Response(JSON.stringify({ items, next_cursor: next }), { headers: { ETag: tag } });
  };
  return here;
}

test("a round keeps every client, and says from when", async () => {
  const { ask } = server([client("1"), client("2")]);
  assert.equal(await round("ann", "b1", ask, at("08:12")), "kept");
  assert.deepEqual((await findAbout("ann"))?.lines.map(({ id }) => id), ["1", "2"]);
  const kept = await findClient("ann", "2");
  assert.equal(kept?.client.name, "Client 2");
  assert.equal(kept?.at, "2026-11-24T08:12:00.000Z");
  assert.equal((await findInvoice("ann", "i-2"))?.client.id, "2");
  assert.equal(await findClient("bob", "2"), null);
});

test("the next round fetches what changed, drops who left, and vouches for the rest", async () => {
  const here = server([client("1"), client("2")]);
  await round("cy", "b1", here.ask, at("08:12"));
  here.clients = [client("1"), client("3")];
  here.asked.length = 0;
  await round("cy", "b1", here.ask, at("09:30"));
  assert.ok(here.asked.every((etag) => etag !== null));
  assert.equal(await findClient("cy", "2"), null);
  assert.equal((await findClient("cy", "1"))?.at, "2026-11-24T09:30:00.000Z");
  assert.equal((await findClient("cy", "3"))?.at, "2026-11-24T09:30:00.000Z");
  assert.deepEqual((await findAbout("cy"))?.lines.map(({ id }) => id), ["1", "3"]);
});

test("without a network, or when the server fails half way, what was kept stays", async () => {
  const here = server([client("1"), client("2")]);
  await round("dee", "b1", here.ask, at("08:12"));
  const failing: Ask = (cursor, etag) => (cursor === "" ? here.ask(cursor, etag) : Promise.resolve(new Response(null, { status: 503 })));
  assert.equal(await round("dee", "b1", failing, at("09:00")), "later");
  assert.equal((await findAbout("dee"))?.at, "2026-11-24T08:12:00.000Z");
  assert.ok(await findClient("dee", "2"));
  await assert.rejects(round("dee", "b1", () => Promise.reject(new TypeError("offline"))));
  assert.ok(await findClient("dee", "2"));
});

test("a company that forbids it empties the device; a session that ended says so", async () => {
  const here = server([client("1")]);
  await round("eve", "b1", here.ask);
  assert.equal(await round("eve", "b1", () => Promise.resolve(new Response("{}", { status: 403 }))), "forbidden");
  assert.equal(await findAbout("eve"), null);
  assert.equal(await findClient("eve", "1"), null);
  assert.equal(await round("eve", "b1", () => Promise.resolve(new Response("{}", { status: 401 }))), "signed_out");
});

test("no more than five hundred clients and five megabytes are kept", async () => {
  const many: Ask = (cursor) => {
    const place = Number(cursor || 0);
    const items = Array.from({ length: 200 }, (_each, number) => client(String(place + number)));
    return Promise.resolve(new Response(JSON.stringify({ items, next_cursor: String(place + 200) })));
  };
  await round("fay", "b1", many);
  assert.equal((await findAbout("fay"))?.lines.length, MOST);
  const heavy: Ask = (cursor) => {
    const items = [client(cursor || "0", { trade: "x".repeat(MOST_BYTES / 4) })];
    return Promise.resolve(new Response(JSON.stringify({ items, next_cursor: String(Number(cursor || 0) + 1) })));
  };
  await round("gus", "b1", heavy);
  assert.equal((await findAbout("gus"))?.lines.length, 3);
});

test("it goes with everything that is kept for reading, and when somebody else or another role is there", async () => {
  const here = server([client("1")]);
  await store.rememberOwner("hal", "sales_rep/lyon");
  await round("hal", "b1", here.ask);
  await store.rememberOwner("hal");
  await store.rememberOwner("hal", "sales_rep/lyon");
  assert.ok(await findClient("hal", "1"));
  await store.rememberOwner("hal", "accountant/lyon");
  assert.equal(await findClient("hal", "1"), null);
  assert.equal(await store.findOwner(), "hal");
  await round("hal", "b1", here.ask);
  await store.rememberOwner("ivy", "accountant/lyon");
  assert.equal(await findAbout("hal"), null);
});

test("a client is found by name, town, SIREN or invoice, without accents", () => {
  const lines = [lineOf(client("1", { name: "Éts Delorme", city: "Saint-Étienne" })), lineOf(client("2", { siren: "732829320" }))];
  const found = (text: string) => search(lines, text).map(({ id }) => id);
  assert.deepEqual(found("delorme etienne"), ["1"]);
  assert.deepEqual(found("7328"), ["2"]);
  assert.deepEqual(found("f-2"), ["2"]);
  assert.deepEqual(found("  "), ["1", "2"]);
  assert.deepEqual(found("personne"), []);
});

test("a row says the one fact that matters, and nothing of limits to who may not see them", () => {
  const said = (more: Partial<Client>) => fact(lineOf(client("1", more))).text;
  assert.equal(said({ insolvency: "receivership", overdue: money(100) }), "Redressement judiciaire");
  assert.match(said({ overdue: money(8_460_00), days_overdue: 21 }), /^8\u202f460\u00a0€ échus, 21 j$/);
  assert.equal(said({ promised_on: "2026-12-03" }), "Promesse pour le 03/12");
  assert.equal(said({ outstanding: money(-5) }), "Créditeur");
  assert.equal(said({}), "À jour");
  assert.equal(use(lineOf(client("1", { sees_limit: false, limit: null, utilisation: null }))), null);
  assert.equal(use(lineOf(client("1", { limit: null, utilisation: null }))), "Sans plafond");
  assert.equal(use(lineOf(client("1", { limit: money(0), utilisation: null }))), "Plafond à 0 €");
});

test("figures say from when they are, with the day when it is another one", () => {
  const now = new Date("2026-11-24T15:00:00Z");
  assert.equal(since("2026-11-24T08:12:00Z", now), "Chiffres de 09:12");
  assert.equal(since("2026-11-23T08:12:00Z", now), "Chiffres d’hier, 09:12");
  assert.equal(since("2026-11-20T08:12:00Z", now), "Chiffres du 20/11/2026, 09:12");
});

test("the gauge has its parts in percent of the larger of limit and use", () => {
  assert.deepEqual(bars(client("1", { overdue: money(50_00) })), [
    { kind: "due", x: 0, width: 25 }, { kind: "nd", x: 25, width: 25 }, { kind: "lim", x: 100, width: 0 },
  ]);
  assert.deepEqual(bars(client("1", { outstanding: money(400_00) })).map(({ kind }) => kind), ["nd", "over", "lim"]);
  assert.deepEqual(bars(client("1", { limit: null })), []);
});

test("a form kept for anybody becomes this client's, once, whatever they are called", () => {
  const zero = "00000000-0000-0000-0000-000000000000";
  const blank = `<html lang="en"><a href="/clients/${zero}">@@client@@</a><form action="/threads/${zero}/promises" data-fixed="${zero}"><input name="act" value="@@act@@"><datalist id="contacts"></datalist>@@owed@@`;
  const nasty = client("1", { name: `A & "B" <b>$&`, contacts: [{ name: "É", role: "payer", job: null, phone: null, email: null }] });
  const page = filled(blank, nasty);
  assert.ok(page.includes(`href="/clients/1">A &amp; &#34;B&#34; &lt;b&gt;$&amp;</a>`));
  assert.ok(page.includes('action="/threads/1/promises"') && page.includes('<option value="É">') && page.includes("€100"));
  assert.ok(!page.includes("@@") && !page.includes(zero));
  const act = (text: string) => /name="act" value="([^"]+)"/.exec(text)?.[1];
  assert.match(act(page) ?? "", /^[0-9a-f-]{36}$/);
  assert.notEqual(act(page), act(filled(blank, nasty)));
  const about = filled(blank, nasty, nasty.invoices[0]);
  assert.ok(about.includes('href="/invoices/i-1"') && about.includes('action="/threads/i-1/promises"') && about.includes("F-1 · A"));
});
