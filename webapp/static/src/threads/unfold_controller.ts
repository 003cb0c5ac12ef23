/* Invoices and clients that messages name, as cards under them: asked for whoever reads, so that nobody is shown
 * what they may not see. */
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { formatMoney } from "../lib/money";
import { mayName } from "./naming";
import { t } from "./strings";

interface Card { kind: string; id: string; url: string; title: string; detail: string; amount: { amount: number; currency: string } | null; state: string | null; days_late: number | null }
interface Found { items: { message_id: string; seq: number; links: Card[] }[] }
const PATIENCE = 150;
const MOST = 200;

export default class UnfoldController extends Controller<HTMLElement> {
  static override values = { thread: String };
  declare readonly threadValue: string;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = new WeakSet<Element>();
  #observer = new MutationObserver(() => this.#later());

  override connect(): void {
    this.#observer.observe(this.element, { childList: true });
    this.#later();
  }

  override disconnect(): void {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#unfold(), PATIENCE);
  }

  async #unfold(): Promise<void> {
    const fresh = [...this.element.querySelectorAll<HTMLElement>(":scope > .msg[data-seq]:not([data-pending])")].filter((message) => !this.#asked.has(message));
    fresh.forEach((message) => this.#asked.add(message));
    const seqs = fresh.filter((message) => mayName(this.#textOf(message))).map((message) => Number(message.dataset.seq)).filter(Boolean);
    if (!seqs.length) return;
    const last = Math.max(...seqs);
    const first = Math.max(Math.min(...seqs), last - MOST + 1);
    const found = await get<Found>(`/api/v1/threads/${this.threadValue}/links?from_seq=${first}&to_seq=${last}`).catch(() => null);
    found?.items.forEach(({ message_id, links }) => this.#place(message_id, links));
  }

  #place(id: string, links: Card[]): void {
    const text = this.element.querySelector(`[data-id="${CSS.escape(id)}"] .bub__txt`);
    if (!text || text.nextElementSibling?.classList.contains("paper--card")) return;
    text.after(...links.map((card) => this.#draw(card)));
  }

  #draw(card: Card): HTMLElement {
    const link = document.createElement("a");
    link.className = "paper paper--card";
    link.href = card.url;
    const icons = document.querySelector<HTMLTemplateElement>("template#card-icons")?.content.children;
    const icon = icons?.[card.kind === "invoice" ? 0 : 1]?.cloneNode(true);
    const [title, detail, figure] = [document.createElement("b"), document.createElement("span"), document.createElement("span")];
    title.textContent = card.title;
    detail.className = "meta cut";
    detail.textContent = card.detail;
    figure.className = `meta${card.state === "overdue" ? " is-bad" : ""}`;
    figure.textContent = [card.amount && card.amount.amount ? formatMoney(card.amount.amount, { currency: card.amount.currency }) : "", stateOf(card)].filter(Boolean).join(" · ");
    const words = document.createElement("span");
    words.className = "row__t";
    words.append(title, detail);
    link.append(...(icon ? [icon] : []), words, figure);
    return link;
  }

  #textOf(message: Element): string {
    const text = message.querySelector(".bub__txt");
    const links = [...(text?.querySelectorAll("a[href]") ?? [])].map((link) => link.getAttribute("href") ?? "");
    return `${text?.textContent ?? ""} ${links.join(" ")}`;
  }
}

function stateOf({ state, days_late }: Card): string {
  if (days_late) return t("lateBy", { days: days_late });
  return state === "paid" ? t("paid") : state === "overdue" ? t("overdue") : "";
}
