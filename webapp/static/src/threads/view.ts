/* Messages in the page: cloned from the server's templates. The only HTML ever inserted is the server's own `html`;
 * everything else is text. */
import { dayKey, hour } from "../lib/dates";
import { actFrame } from "./acts";
import { drawAttachments, drawKept } from "./attachments";
import { dayBreaks, dayLabel } from "./days";
import type { KeptFile } from "./kept_files";
import type { Known, Message, ReactionSet } from "./messages";
import { t } from "./strings";

export interface Pending {
  clientId: string; body: string; at: string; failed?: string | undefined; files?: KeptFile[]; outside?: boolean;
  held?: string | undefined;
}
type Mark = "check" | "check-check" | "clock" | "triangle-alert";

const clone = (id: string): HTMLElement => {
  const root = document.querySelector<HTMLTemplateElement>(`template#${id}`)?.content.firstElementChild;
  return root?.cloneNode(true) as HTMLElement;
};

export function icon(name: Mark): Element {
  const all = document.querySelector<HTMLTemplateElement>("template#message-icons")?.content;
  const found = [...(all?.querySelectorAll("use") ?? [])].find((use) => use.getAttribute("href")?.endsWith(`#i-${name}`));
  return found?.closest("svg")?.cloneNode(true) as Element;
}

const fill = (root: Element, selector: string, text: string): void => {
  const place = root.querySelector(selector);
  if (place) place.textContent = text;
};

export const knownOf = (element: HTMLElement): Known => ({
  id: element.dataset.id ?? "", seq: Number(element.dataset.seq), client_id: element.dataset.clientId ?? "",
  author_id: element.dataset.author ?? "",
});

const toneOf = (userId: string): number => (Number.parseInt(userId.slice(-4), 16) || 0) % 4;

/* `outside`: it stands in the exchange with the client, and looks like it. */
export interface Reader { me: string; read: boolean; roles: Record<string, string>; outside?: boolean }

function templateOf(message: Message, own: boolean, outside: boolean): string {
  if (message.kind === "system") return "message-system";
  if (message.kind === "client") return "exchange-client";
  if (message.act) return `message-act-${own ? "own" : "other"}`;
  return `${outside ? "exchange" : "message"}-${own ? "own" : "other"}`;
}

export function draw(message: Message, { me, read, roles, outside = false }: Reader): HTMLElement {
  const own = message.author?.id === me;
  const element = clone(templateOf(message, own, outside));
  Object.assign(element.dataset, {
    id: message.id, seq: String(message.seq), clientId: message.client_id, author: message.author?.id ?? "", at: message.created_at,
  });
  element.id = `${outside ? "c" : "m"}-${message.seq}`;
  if (message.kind === "system") {
    const words = element.querySelector("span");
    if (words) words.textContent = `${message.body} · ${hour(new Date(message.created_at))}`;
    return element;
  }
  drawActs(element, message.id);
  if (!own && message.author) drawAuthor(element, message.author, roles, message.kind === "client");
  if (message.act) {
    element.querySelector("turbo-frame")?.replaceWith(actFrame(message.thread_id, message.act));
    drawReactions(element, message.reactions, message.id, me);
    return element;
  }
  drawBubble(element, message, me, own && !message.deleted_at ? (read ? "check-check" : "check") : null);
  return element;
}

function drawActs(element: HTMLElement, id: string): void {
  for (const act of element.querySelectorAll<HTMLElement>("[formaction], .msg__menu a, .bub__edited")) {
    for (const name of ["formaction", "href"]) {
      const value = act.getAttribute(name);
      if (value) act.setAttribute(name, value.replace("/messages//", `/messages/${id}/`).replace(/(reply_to|edit|message)=(?=#|$)/, `$1=${id}`));
    }
  }
}

function drawAuthor(element: HTMLElement, author: NonNullable<Message["author"]>, roles: Reader["roles"], guest: boolean): void {
  const tone = toneOf(author.id) + 1;
  const avatar = element.querySelector(".av");
  if (avatar && !guest) avatar.className = tone > 1 ? `av av--${tone}` : "av";
  fill(element, ".av", author.initials);
  fill(element, ".msg__who b", guest ? author.name : (author.name.split(" ")[0] ?? author.name));
  const role = author.role && roles[author.role];
  if (role) element.querySelector(".msg__who")?.append(` · ${role}`);
}

function drawBubble(element: HTMLElement, message: Message, me: string, mark: Mark | null): void {
  const gone = message.deleted_at !== null;
  const text = element.querySelector<HTMLElement>(".bub__txt");
  element.classList.toggle("msg--gone", gone);
  element.toggleAttribute("data-named", message.mentions.includes(me));
  if (gone) {
    element.querySelectorAll(".bub__quote, .msg__menu").forEach((part) => part.remove());
    const tombstone = document.createElement("p");
    tombstone.className = "bub__gone";
    tombstone.textContent = t("deleted");
    text?.replaceWith(tombstone);
  } else if (text) {
    text.innerHTML = message.html; // made and sanitised by the server
    text.querySelectorAll(`.mention[data-user="${CSS.escape(me)}"]`).forEach((mention) => mention.classList.add("mention--me"));
    text.after(...drawAttachments(message.attachments));
    if (message.quote) text.before(drawQuote(message.quote, element.classList.contains("msg--ext")));
  }
  fill(element, ".bub__st time", hour(new Date(message.created_at)));
  element.querySelector("time")?.setAttribute("datetime", message.created_at);
  element.querySelector<HTMLElement>(".bub__edited")?.toggleAttribute("hidden", gone || !message.edited_at);
  setMark(element, mark);
  drawReactions(element, gone ? [] : message.reactions, message.id, me);
}

function drawQuote(quote: NonNullable<Message["quote"]>, outside: boolean): HTMLElement {
  const link = document.createElement("a");
  link.className = "bub__quote";
  link.href = `#${outside ? "c" : "m"}-${quote.seq}`;
  const name = document.createElement("b");
  name.textContent = quote.name.split(" ")[0] ?? quote.name;
  const text = document.createElement("span");
  text.textContent = quote.excerpt || t("deleted");
  link.append(name, " ", text);
  return link;
}

export function drawReactions(element: HTMLElement, reactions: ReactionSet[], id: string, me: string): void {
  const buttons = reactions.map(({ emoji, user_ids }) => {
    const button = document.createElement("button");
    const mine = user_ids.includes(me);
    Object.assign(button, { type: "submit", className: "react", name: mine ? "off" : "emoji", value: emoji });
    button.setAttribute("form", "act");
    button.setAttribute("formaction", `/messages/${id}/react`);
    button.setAttribute("aria-pressed", String(mine));
    button.setAttribute("aria-label", t("reactions", { emoji, n: user_ids.length }));
    button.dataset.action = element.classList.contains("msg--ext") ? "exchange#react" : "thread#react";
    button.textContent = `${emoji} ${user_ids.length}`;
    return button;
  });
  element.querySelector(".reacts")?.replaceChildren(...buttons);
}

export function setMark(element: HTMLElement, mark: Mark | null): void {
  const place = element.querySelector(".bub__mark");
  if (!mark) { place?.remove(); return; }
  if (!place || place.querySelector("use")?.getAttribute("href")?.endsWith(`#i-${mark}`)) return;
  const hidden = document.createElement("span");
  hidden.className = "vh";
  hidden.textContent = mark === "check-check" ? t("read") : t("sent");
  place.replaceChildren(icon(mark), hidden);
}

/* Own message on its way: dashed with a clock, or refused with a way to try again. */
export function drawPending(pending: Pending): HTMLElement {
  const element = clone(pending.outside ? "exchange-own" : "message-own");
  element.removeAttribute("data-thread-target");
  element.removeAttribute("data-exchange-target");
  element.removeAttribute("id");
  element.classList.add(pending.failed ? "msg--fail" : "msg--wait");
  element.dataset.pending = pending.clientId;
  element.dataset.at = pending.at;
  element.querySelectorAll(".msg__menu, .reacts").forEach((part) => part.remove());
  const text = element.querySelector<HTMLElement>(".bub__txt");
  if (text) { text.textContent = pending.body.trim(); text.classList.add("bub__txt--raw"); text.after(...drawKept(pending.files ?? [])); }
  const state = element.querySelector(".bub__st");
  if (!pending.failed) { state?.replaceChildren(icon("clock"), pending.held ? t("held", { label: pending.held }) : t("waiting")); return element; }
  const again = document.createElement("button");
  Object.assign(again, { type: "button", textContent: t("retry"), className: "bub__retry" });
  again.dataset.action = pending.outside ? "exchange#retry" : "thread#retry";
  again.dataset.clientId = pending.clientId;
  state?.replaceChildren(icon("triangle-alert"), `${pending.failed} `, again);
  return element;
}

/* Puts every day separator where a day begins, in the order of the page. */
export function regroupDays(talk: HTMLElement): void {
  talk.querySelectorAll(":scope > .day").forEach((line) => line.remove());
  const elements = [...talk.querySelectorAll<HTMLElement>(":scope > [data-at]")];
  dayBreaks(elements.map((element) => element.dataset.at ?? "")).forEach((key, index) => {
    const element = elements[index];
    if (!key || !element) return;
    const line = document.createElement("p");
    line.className = "day";
    line.dataset.day = key;
    line.textContent = dayLabel(new Date(element.dataset.at ?? ""));
    const above = element.previousElementSibling;
    (above?.classList.contains("unread") ? above : element).before(line);
  });
}

export const sameDay = (a: string | undefined, b: string | undefined): boolean =>
  Boolean(a && b) && dayKey(new Date(a ?? "")) === dayKey(new Date(b ?? ""));
