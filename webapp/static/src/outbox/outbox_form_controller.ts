/* A form whose act may wait: without a network it goes into the outbox, under the id it would have had. With one it
 * is an ordinary form, whose answer shows faults beside their fields. See layout/macros/offline.html. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { showToast } from "../lib/toast";
import { uuid7 } from "../lib/uuid";
import { read, type Fault } from "./fields";
import { kindOf } from "./kinds";
import { queue } from "./queue";
import { askToPersist, flushSoon } from "./replay";
import { t } from "./strings";

export default class OutboxFormController extends Controller<HTMLFormElement> {
  static override values = { command: String, about: String, label: String, url: String, act: String, fixed: Object, currency: String };
  declare readonly commandValue: string;
  declare readonly aboutValue: string;
  declare readonly labelValue: string;
  declare readonly urlValue: string;
  declare readonly actValue: string;
  declare readonly fixedValue: Record<string, unknown>;
  declare readonly currencyValue: string;

  #stop = new AbortController();
  #pressed: HTMLButtonElement | null = null;
  readonly #fresh = uuid7();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.element.addEventListener("submit", (event) => this.#submitted(event), { signal, capture: true });
    // The network went while it was asked: the same act, later.
    this.element.addEventListener("turbo:fetch-request-error", (event) => { event.preventDefault(); void this.#keep(); }, { signal });
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  #submitted(event: SubmitEvent): void {
    this.#pressed = event.submitter as HTMLButtonElement | null;
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.#keep();
  }

  async #keep(): Promise<void> {
    const user = actorId();
    if (!user) return;
    const kind = kindOf(this.commandValue);
    const data = new Map([...new FormData(this.element)].map(([name, value]) => [name, String(value)]));
    if (this.#pressed?.name) data.set(this.#pressed.name, this.#pressed.value);
    const { payload, faults } = read(kind, data, this.currencyValue || "EUR");
    if (faults.length) { this.#complain(faults); return; }
    const title = `${kind.title()}, ${this.labelValue}`;
    const id = this.actValue || this.#fresh;
    const words = Object.fromEntries(kind.fields.filter(({ type }) => type === "choice").map(({ name, from }) => [name, this.#wordsOf(from ?? name, data)]));
    try {
      await queue({ id, user, name: kind.name, payload: { ...this.fixedValue, ...payload }, label: title, about: this.aboutValue, url: this.urlValue, words });
    } catch {
      // What was typed stays in its fields.
      showToast(t("noRoom"), { icon: "circle-alert", seconds: 12 });
      return;
    }
    this.#confirm();
    flushSoon();
    await askToPersist().catch(() => undefined);
  }

  /* The browser's own bubble: nothing can be asked of the server. */
  #complain(faults: Fault[]): void {
    const [first] = faults;
    const field = first && this.element.elements.namedItem(first.from);
    const entry = field instanceof RadioNodeList ? field[0] : field;
    if (!first || !(entry instanceof HTMLInputElement || entry instanceof HTMLTextAreaElement || entry instanceof HTMLSelectElement)) return;
    entry.setCustomValidity(t(first.reason));
    entry.reportValidity();
    entry.addEventListener("input", () => entry.setCustomValidity(""), { once: true });
  }

  #wordsOf(name: string, data: ReadonlyMap<string, string>): string {
    const value = data.get(name) ?? "";
    const fields = [...this.element.elements].filter((field) => field.getAttribute("name") === name);
    const chosen = fields.find((field) => (field as HTMLInputElement).value === value);
    if (chosen instanceof HTMLSelectElement) return chosen.selectedOptions[0]?.textContent?.trim() ?? value;
    if (chosen instanceof HTMLButtonElement) return chosen.textContent?.trim() ?? value;
    return (chosen as HTMLInputElement | undefined)?.labels?.[0]?.textContent?.trim() ?? value;
  }

  /* In the form's place: it can't be sent twice, and says where to find what was written. */
  #confirm(): void {
    showToast(t("kept"), { icon: "clock" });
    const card = document.createElement("div");
    card.className = "card void";
    const [title, words, flow] = [document.createElement("h2"), document.createElement("p"), document.createElement("p")];
    title.textContent = t("keptTitle");
    title.tabIndex = -1;
    words.textContent = t("kept");
    flow.className = "flow flow--wrap";
    flow.append(link("/outbox", t("seeAll")), link(this.urlValue, t("back")));
    card.append(title, words, flow);
    this.element.replaceWith(card);
    title.focus();
  }
}

function link(href: string, text: string): HTMLAnchorElement {
  const made = document.createElement("a");
  Object.assign(made, { href, textContent: text, className: "btn" });
  return made;
}
