/* One conversation, live: joins and catches up, draws what comes, keeps own messages until they are acknowledged. */
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { actorId } from "../lib/page";
import { AckError, emitAck, onServer } from "../lib/socket";
import { showToast } from "../lib/toast";
import { retry } from "../outbox/queue";
import { flushSoon } from "../outbox/replay";
import { refreshActs } from "./acts";
import { findFiles } from "./kept_files";
import { Messages, type Message } from "./messages";
import { failureOf, NAME, pendingOf, sendingOf, type Sending } from "./pending";
import { addressOf, watchEnds } from "./places";
import { Presence, sayHere } from "./presence";
import { ReadMarks } from "./read_marks";
import { placeByTime } from "./interleaving";
import { Scrolling } from "./scrolling";
import { write } from "./send";
import { t } from "./strings";
import { draw, drawPending, knownOf, regroupDays, sameDay, setMark } from "./view";

interface Page { messages: Message[]; last_seq: number; more: boolean }

export default class ThreadController extends Controller<HTMLElement> {
  static override targets = ["talk", "message", "more", "empty", "unread", "typing", "jump", "here", "newer"];
  static override values = { id: String, last: Number, read: Number, others: Number, roles: Object };
  declare readonly talkTarget: HTMLElement;
  declare readonly messageTargets: HTMLElement[];
  declare readonly hasMoreTarget: boolean;
  declare readonly moreTarget: HTMLElement;
  declare readonly hasNewerTarget: boolean;
  declare readonly newerTarget: HTMLElement;
  declare readonly hasEmptyTarget: boolean;
  declare readonly emptyTarget: HTMLElement;
  declare readonly hasUnreadTarget: boolean;
  declare readonly unreadTarget: HTMLElement;
  declare readonly typingTarget: HTMLElement;
  declare readonly jumpTarget: HTMLElement;
  declare readonly hereTarget: HTMLElement;
  declare readonly idValue: string;
  declare readonly lastValue: number;
  declare readonly readValue: number;
  declare othersValue: number;
  declare readonly rolesValue: Record<string, string>;

  readonly #me = actorId() ?? "";
  #messages = new Messages();
  #scroll!: Scrolling;
  #marks!: ReadMarks;
  #presence!: Presence;
  #stop = new AbortController();
  #joining: Promise<void> | null = null;
  #drawn = new WeakMap<Element, string>();
  #below = 0;
  #filling = false;

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#messages = new Messages(this.messageTargets.map(knownOf));
    this.#scroll = new Scrolling(this.element);
    this.#marks = new ReadMarks(this.idValue, this.readValue, signal);
    this.#presence = new Presence(this.#me, this.hereTarget, this.typingTarget);
    this.messageTargets.forEach((element) => this.#decorate(element));
    this.#listen(signal);
    void this.#showPending();
    this.#start();
    watchEnds([...(this.hasMoreTarget ? [this.moreTarget] : []), ...(this.hasNewerTarget ? [this.newerTarget] : [])], signal);
    void this.#join();
    sayHere(this.idValue, signal);
    this.dispatch("ready");
  }

  override disconnect(): void {
    this.#stop.abort();
    this.#presence.stop();
    emitAck("thread.leave", { thread_id: this.idValue }).catch(() => undefined);
  }

  #listen(signal: AbortSignal): void {
    const posted = ({ message }: { message: Message }): void => this.#receive(message);
    const stops = ["message.posted", "message.edited", "message.deleted", "message.reacted"].map((name) => onServer(name, posted));
    stops.push(onServer<{ thread_id: string; user_id: string; seq: number }>("thread.read", (mark) => this.#othersRead(mark)));
    stops.push(onServer<{ thread_id: string; id: string }>("act.changed", (act) => act.thread_id === this.idValue && refreshActs(this.element, act.id)));
    for (const name of ["presence.changed", "thread.typing"] as const) {
      stops.push(onServer<{ thread_id: string }>(name, (news) => news.thread_id === this.idValue && this.#presence.hear(name, news)));
    }
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    window.addEventListener("socket:connected", () => void this.#join(), { signal });
    window.addEventListener("outbox:sent", (event) => this.#sent((event as CustomEvent<{ name: string; result: Message }>).detail), { signal });
    window.addEventListener("hashchange", () => this.#goTo(location.hash), { signal });
    window.addEventListener("outbox:refused", () => void this.#showPending(), { signal });
    this.element.addEventListener("composer:ask", (event) => { if ((event as CustomEvent<string>).detail === this.idValue) event.preventDefault(); }, { signal });
    this.element.addEventListener("composer:send", (event) => void this.#send((event as CustomEvent<Sending>).detail), { signal });
    this.element.addEventListener("message:changed", (event) => this.#receive((event as CustomEvent<Message>).detail), { signal });
    this.#scroll.source.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    document.addEventListener("turbo:before-cache", () => this.#clearPending(), { signal });
  }

  #start(): void {
    if (this.#goTo(location.hash)) return;
    if (this.hasUnreadTarget) this.#scroll.to(this.unreadTarget);
    else this.#scroll.toEnd();
  }

  /* To a message that is not on this page; true when the address names a message at all. */
  #goTo(hash: string): boolean {
    const address = addressOf(hash, location.pathname, location.search, this.lastValue, (seq) => this.#elementOf(seq) !== null);
    if (address) location.assign(address);
    return hash.startsWith("#m-");
  }

  /* Into the room, then page after page until nothing is missing; then what waits goes out. */
  #join(): Promise<void> {
    this.#joining ??= this.#catchUp().finally(() => { this.#joining = null; });
    return this.#joining;
  }

  async #catchUp(): Promise<void> {
    try {
      for (let more = true; more;) {
        const page = await emitAck<Page>("thread.join", { thread_id: this.idValue, after_seq: this.hasNewerTarget ? this.lastValue : this.#messages.whole() });
        page.messages.forEach((message) => this.#receive(message));
        more = page.more && !this.hasNewerTarget;
      }
      refreshActs(this.element); // what changed before this heard of it
      await emitAck("thread.here", { thread_id: this.idValue });
    } catch (error) {
      // Without a network the next connection joins again.
      if (error instanceof AckError && error.code === "not_found") showToast(t("gone"), { icon: "info" });
    }
  }

  #receive(message: Message): void {
    if (message.thread_id !== this.idValue || !this.element.isConnected) return;
    if (this.hasNewerTarget && message.seq > this.#messages.last() + 1) { this.#beyond(message); return; }
    const known = { id: message.id, seq: message.seq, client_id: message.client_id, author_id: message.author?.id ?? "" };
    const change = this.#messages.put(known);
    const [atEnd, there, said] = [this.#scroll.atEnd(), this.#elementOf(message.seq), JSON.stringify(message)];
    // One's own comes by the acknowledgement and by the room: told twice, it stays as it is, its menu open.
    if (there && this.#drawn.get(there) === said) return;
    const element = draw(message, { me: this.#me, read: message.seq <= this.othersValue, roles: this.rolesValue });
    this.#pendingOf(message.client_id)?.remove();
    this.#drawn.set(element, said);
    if (change === "known") there?.replaceWith(element);
    else this.#place(element, message);
    this.#decorate(element);
    if (this.hasEmptyTarget) this.emptyTarget.remove();
    if (change === "new" && !this.#filling) this.#arrived(element, message, atEnd);
    if (this.#messages.hasHole()) void this.#join();
  }

  /* Said at the end, while an earlier part is on screen. */
  #beyond(message: Message): void {
    if (message.author?.id === this.#me) { this.jump(); return; }
    this.#below += 1;
    this.#showJump();
  }

  #place(element: HTMLElement, message: Message): void {
    const last = message.seq === this.#messages.last();
    placeByTime(this.talkTarget, element);
    const above = element.previousElementSibling as HTMLElement | null;
    if (last) this.talkTarget.append(...(this.hasNewerTarget ? [this.newerTarget] : []), ...this.#pendings, this.typingTarget);
    if (!last || !sameDay(above?.dataset.at, element.dataset.at)) regroupDays(this.talkTarget);
  }

  #arrived(element: HTMLElement, message: Message, atEnd: boolean): void {
    const own = message.author?.id === this.#me;
    if (atEnd || own) { this.#scroll.toEnd(); return; }
    if (message.seq !== this.#messages.last()) return;
    this.#below += 1;
    if (!this.hasUnreadTarget) element.before(this.#unreadLine());
    this.#showJump();
  }

  #unreadLine(): HTMLElement {
    const line = document.createElement("p");
    line.className = "unread";
    line.dataset.threadTarget = "unread";
    const words = document.createElement("span");
    words.textContent = t("fresh", { n: 1 });
    line.append(words);
    return line;
  }

  #showJump(): void {
    const words = this.jumpTarget.querySelector("span");
    if (words) words.textContent = this.#below ? t("fresh", { n: this.#below }) : t("latest");
    this.jumpTarget.hidden = this.#scroll.atEnd() && !this.hasNewerTarget;
    if (this.#below > 1 && this.hasUnreadTarget && this.unreadTarget.firstElementChild) {
      this.unreadTarget.firstElementChild.textContent = t("fresh", { n: this.#below });
    }
  }

  #scrolled(): void {
    if (this.#scroll.atEnd()) this.#below = 0;
    this.#showJump();
  }

  jump(): void {
    if (this.hasNewerTarget) { location.assign(location.pathname); return; }
    this.#scroll.toEnd();
    this.#scrolled();
  }

  #decorate(element: HTMLElement): void {
    element.querySelectorAll(`.mention[data-user="${CSS.escape(this.#me)}"]`).forEach((mention) => mention.classList.add("mention--me"));
    if (element.dataset.author !== this.#me) this.#marks.watch(element);
  }

  /* The echo is on screen and on the device before anything is sent. */
  async #send(sending: Sending): Promise<void> {
    if (sending.thread_id !== this.idValue) return;
    const files = await findFiles(sending.files ?? []).catch(() => []);
    const pending = drawPending({ clientId: sending.client_id, body: sending.body, at: new Date().toISOString(), files });
    this.talkTarget.append(pending, this.typingTarget);
    if (this.hasEmptyTarget) this.emptyTarget.remove();
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
      const sending = sendingOf(item);
      const files = await findFiles(sending.files ?? []).catch(() => []);
      this.talkTarget.append(drawPending({ clientId: item.id, body: sending.body, at: item.made_at, failed, held: item.held, files }));
    }
    this.talkTarget.append(this.typingTarget);
    if (items.length) this.#scroll.toEnd();
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
    const before = this.#messages.first();
    const page = await get<{ items: Message[]; more: boolean }>(`/api/v1/threads/${this.idValue}/messages?before_seq=${before}&limit=50`);
    this.#scroll.keeping(() => {
      page.items.forEach((message) => this.#receive(message));
      if (page.more) this.talkTarget.prepend(this.moreTarget);
      else if (this.hasMoreTarget) this.moreTarget.remove();
    });
  }

  async newer(event: Event): Promise<void> {
    event.preventDefault();
    const page = await get<{ items: Message[]; more: boolean }>(`/api/v1/threads/${this.idValue}/messages?after_seq=${this.#messages.last()}&limit=50`);
    this.#filling = true;
    page.items.forEach((message) => this.#receive(message));
    this.#filling = false;
    if (page.more || !this.hasNewerTarget) return;
    this.newerTarget.remove();
    await this.#join();
    this.#scrolled();
  }

  #othersRead({ thread_id, user_id, seq }: { thread_id: string; user_id: string; seq: number }): void {
    if (thread_id !== this.idValue || user_id === this.#me) return;
    this.othersValue = Math.max(this.othersValue, seq);
    for (const element of this.messageTargets) {
      if (element.dataset.author === this.#me && Number(element.dataset.seq) <= seq) setMark(element, "check-check");
    }
  }

  get #pendings(): HTMLElement[] { return [...this.talkTarget.querySelectorAll<HTMLElement>("[data-pending]:not(.msg--ext)")]; }
  #pendingOf(clientId: string): Element | null { return this.talkTarget.querySelector(`[data-pending="${CSS.escape(clientId)}"]`); }
  #elementOf(seq: number): HTMLElement | null { return this.talkTarget.querySelector(`:scope > [data-thread-target="message"][data-seq="${seq}"]`); }
  #clearPending(): void { this.#pendings.forEach((element) => element.remove()); }
}
