/* The outbox's page: what waits, what was refused and why, both sides of a conflict; sent again, worded anew, dropped. */
import { Controller } from "@hotwired/stimulus";
import { ago } from "../lib/dates";
import { actorId } from "../lib/page";
import { findOwner, outboxOf, sentOf, type OutboxItem } from "../lib/store";
import { showToast } from "../lib/toast";
import { EditForm } from "./edit_form";
import { lines } from "./fields";
import { kindOf } from "./kinds";
import { heldBy } from "./order";
import { drop, retry } from "./queue";
import { flushSoon, tidy } from "./replay";
import { t } from "./strings";
import { iconOf, reasonOf, stateOf } from "./words";

const SHOWN = 30;
const NAMES = [
  "overview", "detail", "list", "sent", "past", "empty", "nobody", "held", "all", "title", "state", "reason", "both", "yours",
  "theirs", "thing", "now", "form", "fields", "acts", "drop", "place", "edit", "retry", "sure", "item", "input", "area",
] as const;

/* The words stay in their fields. */
const full = (): void => void showToast(t("noRoom"), { icon: "circle-alert", seconds: 12 });

export default class OutboxController extends Controller<HTMLElement> {
  static override targets = [...NAMES];

  #stop = new AbortController();
  #items: OutboxItem[] = [];
  #open: string | null = null;
  #sure = false;
  #edit!: EditForm;

  override connect(): void {
    this.#stop = new AbortController();
    this.#edit = new EditForm(this.#part("fields"), { input: this.#template("input"), area: this.#template("area") });
    window.addEventListener("outbox:changed", () => void this.show(), { signal: this.#stop.signal });
    // The shell that the worker kept knows nobody and sends nothing: the server's own page does.
    if (!actorId()) {
      window.addEventListener("online", () => location.reload(), { signal: this.#stop.signal });
      void findOwner().then((owner) => (owner ? tidy(owner) : undefined));
    }
    void this.show();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  async show(): Promise<void> {
    const owner = actorId() ?? (await findOwner().catch(() => null));
    this.#items = owner ? await outboxOf(owner) : [];
    const sent = owner ? (await sentOf(owner)).slice(0, SHOWN) : [];
    if (!this.element.isConnected) return;
    this.#toggle({ nobody: !owner, empty: Boolean(owner) && !this.#items.length, list: this.#items.length > 0, past: sent.length > 0 });
    this.#toggle({ all: this.#items.length > 0, held: this.#items.some((item) => heldBy(item, this.#items)) });
    const focused = (document.activeElement as HTMLElement | null)?.dataset.id;
    this.#part("list").replaceChildren(...this.#items.map((item) => this.#draw(item)));
    this.#part("sent").replaceChildren(...sent.map((item) => this.#draw(item)));
    if (focused) this.#part("list").querySelector<HTMLElement>(`button[data-id="${CSS.escape(focused)}"]`)?.focus();
    if (this.#open) this.#showOne();
  }

  #draw(item: OutboxItem): HTMLElement {
    const line = this.#template("item").content.firstElementChild?.cloneNode(true) as HTMLElement;
    const bad = item.state === "refused" || item.state === "conflict";
    line.dataset.state = item.state;
    line.classList.toggle("out--bad", bad);
    const use = line.querySelector("use");
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#i-${iconOf(item, kindOf(item.name).icon)}`));
    line.querySelector(".todo__i")?.classList.add(...(bad ? ["todo__i--bad"] : item.state === "sending" ? ["todo__i--brand"] : ["todo__i"]));
    this.#say(line.querySelector(".strong"), item.label);
    this.#say(line.querySelector(".meta"), stateOf(item, this.#items));
    line.querySelector(".meta")?.classList.toggle("is-bad", bad);
    const button = line.querySelector("button");
    if (item.state === "sent") button?.remove();
    button?.setAttribute("data-id", item.id);
    button?.setAttribute("aria-label", t("see", { label: item.label }));
    return line;
  }

  open({ currentTarget }: Event): void {
    this.#open = (currentTarget as HTMLElement).dataset.id ?? null;
    this.#showOne();
    window.scrollTo(0, 0);
    this.#part("title").focus();
  }

  close(): void {
    const id = this.#open;
    this.#open = null;
    this.leaveEdit();
    this.#toggle({ overview: true, detail: false });
    if (id) this.#part("list").querySelector<HTMLElement>(`button[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  #showOne(): void {
    const item = this.#items.find(({ id }) => id === this.#open);
    if (!item) {
      // What is being worded anew has left meanwhile: the words stay where they are, and that is said.
      if (this.#part("form").hidden) this.close();
      else this.#say(this.#part("state"), t("already"));
      return;
    }
    const kind = kindOf(item.name);
    const stopped = item.state === "refused" || item.state === "conflict";
    this.#toggle({ overview: false, detail: true, reason: stopped, theirs: Boolean(item.now) });
    this.#say(this.#part("title"), item.label);
    this.#say(this.#part("state"), stopped ? t("written", { when: ago(new Date(item.made_at)) }) : stateOf(item, this.#items));
    this.#say(this.#part("reason").querySelector("span"), reasonOf(item) || t("refusedPlain"));
    this.#facts("yours", lines(kind, item));
    this.#facts("now", item.now?.lines ?? []);
    this.#say(this.#part("thing"), item.now?.title ?? "");
    const url = item.now?.url ?? item.url;
    if (url) (this.#part("place") as HTMLAnchorElement).href = url;
    const busy = item.state === "sending";
    const held = heldBy(item, this.#items) !== undefined;
    const done = item.error?.code === "id_reused";
    this.#toggle({ place: Boolean(url), drop: !busy, retry: !busy && !held && !done, edit: !busy && !done && this.#edit.canChange(kind) });
  }

  #facts(name: "yours" | "now", facts: { label: string; text: string }[]): void {
    this.#part(name).replaceChildren(...facts.map(({ label, text }) => {
      const [pair, term, words] = [document.createElement("div"), document.createElement("dt"), document.createElement("dd")];
      term.textContent = label;
      words.textContent = text;
      pair.append(term, words);
      return pair;
    }));
  }

  sendAll(): void {
    flushSoon();
  }

  async retry(): Promise<void> {
    if (this.#open) await retry(this.#open).catch(full);
    this.close();
    flushSoon();
  }

  /* Twice: what is dropped is gone. */
  async drop(): Promise<void> {
    if (!this.#open) return;
    if (!this.#sure) {
      this.#sure = true;
      this.#say(this.#part("sure"), t("sure"));
      return;
    }
    const left = await drop(this.#open);
    this.close();
    if (!left) showToast(t("dropped"), { icon: "trash-2" });
    flushSoon(); // what waited for it may go
  }

  edit(): void {
    const item = this.#items.find(({ id }) => id === this.#open);
    if (!item) return;
    this.#toggle({ form: true, acts: false });
    this.#edit.fill(kindOf(item.name), item);
  }

  leaveEdit(): void {
    this.#sure = false;
    this.#say(this.#part("sure"), "");
    this.#toggle({ form: false, acts: true });
  }

  async save(event: Event): Promise<void> {
    event.preventDefault();
    const item = this.#items.find(({ id }) => id === this.#open);
    const outcome = item ? await this.#edit.save(kindOf(item.name), item).catch(full) : "late";
    if (outcome === "late") showToast(t("already"), { icon: "circle-alert", seconds: 12 });
    if (outcome !== "stored") return;
    this.close();
    flushSoon();
  }

  #toggle(shown: Partial<Record<(typeof NAMES)[number], boolean>>): void {
    for (const [name, yes] of Object.entries(shown)) this.#part(name as (typeof NAMES)[number]).hidden = !yes;
  }

  #say(place: Element | null, text: string): void {
    if (place && place.textContent !== text) place.textContent = text;
  }

  #part(name: (typeof NAMES)[number]): HTMLElement { return this.targets.find(name) as HTMLElement; }
  #template(name: "item" | "input" | "area"): HTMLTemplateElement { return this.targets.find(name) as HTMLTemplateElement; }
}
