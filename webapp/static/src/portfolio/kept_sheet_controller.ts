/* One client, or one of its invoices, as this device keeps it; or what the device holds, where the address names none. */
import { Controller } from "@hotwired/stimulus";
import { ago } from "../lib/dates";
import { actorId } from "../lib/page";
import { countOutbox, findOwner } from "../lib/store";
import { uuid7 } from "../lib/uuid";
import { clone, drawBar, fillList, mark, say } from "./drawing";
import { findAbout, findClient, findInvoice, type Client, type Contact, type Fact, type Invoice, type Kept, type Message } from "./kept";
import { t } from "./strings";
import { turnTo } from "./panes";
import { amount, bars, directions, fullDay, insolvency, since, standing } from "./words";

const PLACE = /^\/(clients|invoices)\/([0-9a-f-]{36})/;

export default class KeptSheetController extends Controller<HTMLElement> {
  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const name of ["portfolio:changed", "outbox:changed"]) window.addEventListener(name, () => void this.#refresh(), { signal });
    void this.#show();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  /* Now, and from now on, on this device. */
  async keep({ currentTarget }: Event): Promise<void> {
    const button = currentTarget as HTMLButtonElement;
    button.setAttribute("aria-busy", "true");
    const { keepHere } = await import("./refresh");
    const outcome = await keepHere();
    await this.#show();
    const place = this.element.querySelector("[data-outcome]");
    if (place) place.textContent = t(outcome);
  }

  reload(): void {
    location.reload();
  }

  /* Not while somebody writes here. */
  async #refresh(): Promise<void> {
    if (!PLACE.test(location.pathname)) await this.#show();
  }

  async #show(): Promise<void> {
    const user = actorId() ?? (await findOwner());
    const [, kind, id] = PLACE.exec(location.pathname) ?? [];
    const about = location.pathname === "/portfolio";
    turnTo(id || about ? "main" : "list");
    if (!user || !id) return this.#put(await this.#device(user));
    if (kind === "invoices") {
      const found = await findInvoice(user, id);
      return this.#put(found ? this.#invoice(found, found.invoice) : clone("missing"), found?.invoice.ref);
    }
    const found = await findClient(user, id);
    this.#put(found ? this.#client(found) : clone("missing"), found?.client.name);
  }

  #put(part: HTMLElement, title?: string): void {
    if (title) document.title = `${title} · Encours`;
    this.element.replaceChildren(part);
  }

  async #device(user: string | null): Promise<HTMLElement> {
    const part = clone("device");
    const about = user ? await findAbout(user) : null;
    const waiting = user ? await countOutbox(user) : 0;
    const number = about?.lines.length ?? 0;
    return say(part, {
      kept: number ? t("clients", { n: number }) : t("nothing"),
      since: about && number ? since(about.at) : null,
      waiting: waiting ? t("outbox", { n: waiting }) : t("outboxNone"),
    });
  }

  #client({ client, at }: Kept): HTMLElement {
    const part = clone("client");
    const id = client.id;
    say(part, {
      name: client.name,
      sub: [client.ref, client.trade, client.city].filter(Boolean).join(" · "),
      since: since(at),
      insolvency: client.insolvency && insolvency(client.insolvency),
      call: client.phone && `tel:${client.phone.replace(/[ .]/g, "")}`,
      go: directions(client),
      write: client.email && `mailto:${encodeURIComponent(client.email)}`,
      visit: `/clients/${id}/visits/new`,
      promise: `/threads/${id}/promises/new`,
      more: client.open_count > client.invoices.length ? t("more", { n: client.open_count - client.invoices.length }) : null,
      orders: client.open_orders.amount > 0 ? amount(client.open_orders) : null,
    });
    mark(part, client.letter, client.sees_limit);
    this.#figures(part, client);
    fillList(part, "facts", client.facts.map((fact) => this.#fact(fact)));
    fillList(part, "invoices", client.invoices.map((invoice) => this.#bill(invoice)));
    fillList(part, "messages", client.messages.map((message) => this.#message(message, client)));
    fillList(part, "contacts", client.contacts.map((contact) => this.#contact(contact)));
    this.#form(part, id, client.name, `/clients/${id}`);
    return part;
  }

  #figures(part: HTMLElement, client: Client): void {
    const available = client.sees_limit && client.available;
    const over = available && available.amount < 0;
    say(part, {
      heroLabel: t(available ? "available" : "outstanding"),
      hero: amount(available || client.outstanding),
      used: t("used", { amount: amount(client.outstanding) }),
      limit: client.limit ? t("limit", { amount: amount(client.limit) }) : client.sees_limit ? t("noLimit") : null,
      over: over ? t("over", { amount: amount({ ...available, amount: -available.amount }) }) : null,
      overdue: amount(client.overdue),
      notDue: amount({ ...client.outstanding, amount: Math.max(client.outstanding.amount - client.overdue.amount, 0) }),
    });
    if (over) part.querySelector("[data-say=hero]")?.classList.add("is-grave");
    if (client.overdue.amount > 0) part.querySelector("[data-say=overdue]")?.classList.add("is-bad");
    const gauge = part.querySelector("svg.gauge");
    const parts = bars(client);
    if (!parts.length) gauge?.remove();
    for (const { kind, x, width } of parts) if (gauge) drawBar(gauge, kind, x, width);
  }

  #invoice({ client, at }: Kept, invoice: Invoice): HTMLElement {
    const part = clone("invoice");
    const { text, tone } = standing(invoice);
    say(part, {
      name: invoice.ref,
      sub: client.name,
      since: since(at),
      open: amount(invoice.open, true),
      gross: amount(invoice.gross, true),
      issued: fullDay(invoice.issued_on),
      due: fullDay(invoice.due_on),
      standing: text,
      sheet: `/clients/${client.id}`,
      promise: invoice.kind === "credit_note" ? null : `/threads/${invoice.id}/promises/new`,
    });
    if (tone) part.querySelector("[data-say=standing]")?.classList.add(tone);
    const said = client.messages.filter(({ invoice_id }) => invoice_id === invoice.id);
    fillList(part, "messages", said.map((message) => this.#message(message, client)));
    this.#form(part, invoice.id, `${invoice.ref} · ${client.name}`, `/invoices/${invoice.id}`);
    return part;
  }

  #bill(invoice: Invoice): HTMLElement {
    const row = clone("bill");
    const { text, tone } = standing(invoice);
    say(row, { ref: invoice.ref, standing: text, open: amount(invoice.open, true), to: `/invoices/${invoice.id}` });
    if (tone) row.querySelector("[data-say=standing]")?.classList.add(tone);
    return row;
  }

  #fact(fact: Fact): HTMLElement {
    const row = clone("fact");
    row.querySelector(".todo__i")?.classList.add(`todo__i--${fact.tone}`);
    return say(row, { name: fact.name, detail: fact.detail, seen: [t("seenOn", { day: fullDay(fact.seen_on) }), fact.fading && t("fading")].filter(Boolean).join(" · ") });
  }

  #message({ author, body, created_at, audience, invoice_id }: Message, client: Client): HTMLElement {
    const invoice = client.invoices.find(({ id }) => id === invoice_id);
    const row = clone(audience === "client" ? "message-client" : "message");
    return say(row, { author: author ?? "", body, at: ago(new Date(created_at)), about: invoice?.ref ?? null, to: invoice ? `/invoices/${invoice.id}` : null });
  }

  #contact({ name, role, job, phone, email }: Contact): HTMLElement {
    const row = clone("contact");
    const known = ["payer", "decider", "after_sales", "other"] as const;
    const words = known.find((each) => each === role);
    return say(row, { name, role: [words && t(words), job].filter(Boolean).join(" · ") || null, call: phone && `tel:${phone.replace(/[ .]/g, "")}`, phone, write: email && `mailto:${encodeURIComponent(email)}`, email });
  }

  /* What is written here waits in the outbox, like everything else. */
  #form(part: HTMLElement, thread: string, label: string, url: string): void {
    const form = part.querySelector("form");
    if (!form) return;
    // One act, one UUID: whichever way it leaves, the server knows it again.
    const act = uuid7();
    form.querySelector<HTMLInputElement>("[name=client_id]")?.setAttribute("value", act);
    const values = { command: "message.send", label, about: thread, url, fixed: JSON.stringify({ thread_id: thread }), act, currency: "EUR" };
    for (const [name, value] of Object.entries(values)) form.setAttribute(`data-outbox-form-${name}-value`, value);
    form.action = `/threads/${thread}/messages`;
    form.dataset.controller = "outbox-form";
  }
}
