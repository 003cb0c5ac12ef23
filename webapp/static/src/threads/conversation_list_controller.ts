/* My conversations, kept in order while the page is open: a hint from the server is a reason to ask it again. */
import { Controller } from "@hotwired/stimulus";
import { onServer } from "../lib/socket";

const PATIENCE = 500;
const HINTS = ["thread.unread", "thread.read", "message.posted", "message.deleted"];

export default class ConversationListController extends Controller<HTMLElement> {
  static override values = { url: { type: String, default: "/threads" } };
  declare readonly urlValue: string;

  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unseen = false;

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const stops = HINTS.map((name) => onServer(name, () => this.#later()));
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    window.addEventListener("socket:connected", () => this.#later(), { signal });
    window.addEventListener("resize", () => this.#unseen && this.#later(), { signal });
  }

  override disconnect(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), PATIENCE);
  }

  /* On a phone an open conversation hides the list: it is asked for when there is room for it again. */
  async #refresh(): Promise<void> {
    this.#unseen = !this.element.checkVisibility();
    if (this.#unseen) return;
    const answer = await fetch(this.urlValue, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('[data-controller~="conversation-list"]');
    if (!fresh || !this.element.isConnected) return;
    const current = this.element.querySelector('[aria-current="true"]')?.getAttribute("href");
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    this.element.replaceChildren(...[...fresh.children].map((row) => document.importNode(row, true)));
    const here = current && this.element.querySelector(`a[href="${CSS.escape(current)}"]`);
    if (here) here.setAttribute("aria-current", "true");
    // Somebody walking the list by keyboard stays where they are.
    if (focused) this.element.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}
