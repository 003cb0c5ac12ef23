/* What is said with the client, live among what the team says: a thread of its own, drawn by time on the same page. */
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { actorId } from "../lib/page";
import { AckError, emitAck, onServer } from "../lib/socket";
import { showToast } from "../lib/toast";
import { retry } from "../outbox/queue";
import { flushSoon } from "../outbox/replay";
import { placeByTime } from "./interleaving";
import { Messages, type Message } from "./messages";
import { failureOf, NAME, pendingOf, sendingOf, type Sending } from "./pending";
import { ReadMarks } from "./read_marks";
import { Scrolling } from "./scrolling";
import { write } from "./send";
import { t } from "./strings";
import { draw, drawPending, knownOf, regroupDays, setMark } from "./view";

interface Page { messages: Message[]; more: boolean }

export default class ExchangeController extends Controller<HTMLElement> {
  static override targets = ["message", "more"];
  static override values = { id: String, read: Number, others: Number };
  declare readonly messageTargets: HTMLElement[];
  declare readonly moreTargets: HTMLElement[];
  declare readonly idValue: string;
  declare readonly readValue: number;
  declare othersValue: number;

  readonly #me = actorId() ?? "";
  #messages = new Messages();
  #scroll!: Scrolling;
  #marks!: ReadMarks;
  #stop = new AbortController();
  #joining: Promise<void> | null = null;
  #reading: Promise<void> | null = null;

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#messages = new Messages(this.messageTargets.map(knownOf));
    this.#scroll = new Scrolling(this.element);
    this.#marks = new ReadMarks(this.idValue, this.readValue, signal);
    this.messageTargets.forEach((element) => this.#watch(element));
    this.#listen(signal);
    void this.#showPending();
    void this.#join();
    this.dispatch("ready");
  }

  override disconnect(): void {
    this.#stop.abort();
    emitAck("thread.leave", { thread_id: this.idValue }).catch(() => undefined);
  }

  #listen(signal: AbortSignal): void {
    const posted = ({ message }: { message: Message }): void => this.#receive(message);
    const stops = ["message.posted", "message.edited", "message.deleted", "message.reacted"].map((name) => onServer(name, posted));
    stops.push(onServer<{ thread_id: string; grant_id?: string; seq: number }>("thread.read", (mark) => this.#clientRead(mark)));
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    window.addEventListener("socket:connected", () => void this.#join(), { signal });
    window.addEventListener("outbox:sent", (event) => this.#sent((event as CustomEvent<{ name: string; result: Message }>).detail), { signal });
    window.addEventListener("outbox:refused", () => void this.#showPending(), { signal });
    this.element.addEventListener("composer:ask", (event) => { if ((event as CustomEvent<string>).detail === this.idValue) event.preventDefault(); }, { signal });
    this.element.addEventListener("composer:send", (event) => void this.#send((event as CustomEvent<Sending>).detail), { signal });
    this.element.addEventListener("message:changed", (event) => this.#receive((event as CustomEvent<Message>).detail), { signal });
    document.addEventListener("turbo:before-cache", () => this.#clearPending(), { signal });
    // When the page of the team's messages grows upwards, what was said with the client meanwhile comes with it.
    const grown = new MutationObserver(() => void this.#fillUp());
    grown.observe(this.#talk, { childList: true });
    signal.addEventListener("abort", () => grown.disconnect());
  }

  #join(): Promise<void> {
    this.#joining ??= this.#catchUp().finally(() => { this.#joining = null; });
    return this.#joining;
  }

  async #catchUp(): Promise<void> {
    try {
      for (let more = true; more;) {
        const page = await emitAck<Page>("thread.join", { thread_id: this.idValue, after_seq: this.#messages.whole() });
        page.messages.forEach((message) => this.#receive(message));
        more = page.more;
      }
    } catch (error) {
      if (!(error instanceof AckError)) throw error; // without a network the next connection joins again
    }
  }

  #receive(message: Message): void {
    if (message.thread_id !== this.idValue || !this.element.isConnected) return;
    const known = { id: message.id, seq: message.seq, client_id: message.client_id, author_id: message.author?.id ?? "" };
    const change = this.#messages.put(known);
    const atEnd = this.#scroll.atEnd();
    const element = draw(message, { me: this.#me, read: message.seq <= this.othersValue, roles: this.#roles, outside: true });
    this.#talk.querySelector(`[data-pending="${CSS.escape(message.client_id)}"]`)?.remove();
    const shown = this.messageTargets.find((other) => Number(other.dataset.seq) === message.seq);
    if (shown) shown.replaceWith(element);
    else placeByTime(this.#talk, element);
    this.#watch(element);
    if (change === "known") return;
    this.#talk.querySelector('[data-thread-target="empty"]')?.remove();
    regroupDays(this.#talk);
    if (atEnd || message.author?.id === this.#me) this.#scroll.toEnd();
    if (this.#messages.hasHole()) void this.#join();
  }

  #watch(element: HTMLElement): void {
    if (element.dataset.author !== this.#me) this.#marks.watch(element);
  }

  /* The echo is on screen and on the device before anything is sent. */
  async #send(sending: Sending): Promise<void> {
    if (sending.thread_id !== this.idValue) return;
    const pending = drawPending({ clientId: sending.client_id, body: sending.body, at: new Date().toISOString(), outside: true });
    this.#talk.append(pending);
    this.#scroll.toEnd();
    if (await write(this.#me, sending)) return;
    pending.remove();
    this.dispatch("unkept", { prefix: "message", detail: sending });
  }

  #sent({ name, result }: { name: string; result: Message }): void {
    if (name === NAME && result.thread_id === this.idValue) this.#receive(result);
  }

  async #showPending(): Promise<void> {
    const items = this.#me ? await pendingOf(this.#me, this.idValue).catch(() => []) : [];
    this.#clearPending();
    for (const item of items) {
      if (this.#messages.byClientId(item.id)) continue;
      const failed = failureOf(item);
      const { body } = sendingOf(item);
      this.#talk.append(drawPending({ clientId: item.id, body, at: item.made_at, failed, held: item.held, outside: true }));
    }
  }

  async retry({ target }: Event): Promise<void> {
    const { clientId } = (target as HTMLElement).dataset;
    if (!clientId) return;
    await retry(clientId);
    await this.#showPending();
    flushSoon();
  }

  async react(event: Event): Promise<void> {
    event.preventDefault();
    const button = event.currentTarget as HTMLButtonElement;
    const message_id = button.closest<HTMLElement>("[data-id]")?.dataset.id;
    try {
      const on = button.getAttribute("aria-pressed") !== "true";
      const { message } = await emitAck<{ message: Message }>("message.react", { message_id, emoji: button.value, on });
      this.#receive(message);
    } catch (error) {
      showToast(error instanceof AckError && !error.again ? error.message : t("offlineAct"), { icon: "wifi-off" });
    }
  }

  async older(event: Event): Promise<void> {
    event.preventDefault();
    await this.#readUp();
  }

  /* As far up as the team's messages on the page go, and no further: between the two nothing is missing. */
  async #fillUp(): Promise<void> {
    const oldest = this.#talk.querySelector<HTMLElement>('[data-thread-target="message"]')?.dataset.at;
    while (oldest && this.#messages.first() > 1 && !this.#reading && this.#oldestAt > oldest) await this.#readUp();
  }

  #readUp(): Promise<void> {
    this.#reading ??= this.#fetchUp().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  async #fetchUp(): Promise<void> {
    const before = this.#messages.first();
    const { items } = await get<{ items: Message[] }>(`/api/v1/threads/${this.idValue}/messages?before_seq=${before}&limit=50`);
    this.#scroll.keeping(() => items.forEach((message) => this.#receive(message)));
    if (this.#messages.first() <= 1 || !items.length) this.moreTargets.forEach((link) => link.remove());
  }

  /* `Lu` means here that the client has read it; what colleagues have read is of no interest. */
  #clientRead({ thread_id, grant_id, seq }: { thread_id: string; grant_id?: string; seq: number }): void {
    if (thread_id !== this.idValue || !grant_id) return;
    this.othersValue = Math.max(this.othersValue, seq);
    for (const element of this.messageTargets) {
      if (element.dataset.author === this.#me && Number(element.dataset.seq) <= seq) setMark(element, "check-check");
    }
  }

  #clearPending(): void { this.#talk.querySelectorAll(".msg--ext[data-pending]").forEach((element) => element.remove()); }

  get #talk(): HTMLElement { return this.element.querySelector<HTMLElement>(".talk") as HTMLElement; }
  get #oldestAt(): string { return this.messageTargets.map((element) => element.dataset.at ?? "").sort()[0] ?? ""; }
  get #roles(): Record<string, string> { return JSON.parse(this.element.dataset.threadRolesValue ?? "{}") as Record<string, string>; }
}
