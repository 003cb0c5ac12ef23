/* Writing: Enter sends where there is a keyboard, a draft is kept for each thread, replies and edits in place. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { AckError, emitAck } from "../lib/socket";
import { findDraft, removeDraft, saveDraft } from "../lib/store";
import { showToast } from "../lib/toast";
import { uuid7 } from "../lib/uuid";
import type { Message } from "./messages";
import type { Sending } from "./pending";
import { t } from "./strings";

interface Draft { body: string; replyTo: string; about: string }
const SAVE_MS = 300;
const TYPING_MS = 3_000;

export default class ComposerController extends Controller<HTMLFormElement> {
  static override targets = ["body", "replyTo", "about", "aboutText"];
  static override values = { thread: String };
  declare readonly bodyTarget: HTMLTextAreaElement;
  declare readonly replyToTarget: HTMLInputElement;
  declare readonly aboutTarget: HTMLElement;
  declare readonly aboutTextTarget: HTMLElement;
  declare threadValue: string;

  #stop = new AbortController();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #typedAt = 0;
  #editing: string | null = null;
  #pressed: HTMLElement | null | undefined; // by what it was sent before anybody took it
  #unsent: Draft | null = null;
  #last: (Draft & { clientId: string; back: boolean }) | null = null;

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#editing = this.element.action.match(/\/messages\/([0-9a-f-]{36})\/edit$/)?.[1] ?? null;
    window.addEventListener("session:ended", () => void this.#save(), { signal });
    const thread = this.element.closest<HTMLElement>("[data-controller~=thread]");
    thread?.addEventListener("message:reply", (event) => this.#reply((event as CustomEvent<{ id: string; name: string; text: string }>).detail), { signal });
    thread?.addEventListener("message:edit", (event) => this.#edit((event as CustomEvent<{ id: string; body: string }>).detail), { signal });
    thread?.addEventListener("message:unkept", (event) => this.#takeBack((event as CustomEvent<Sending>).detail), { signal });
    for (const name of ["thread:ready", "exchange:ready"]) window.addEventListener(name, () => this.#ready(), { signal });
    this.element.addEventListener("audience:turned", (event) => this.#turnTo((event as CustomEvent<string>).detail), { signal });
    void this.#restore();
  }

  /* Who reads changed: each audience has a draft of its own, and nothing of one is shown to the other. */
  #turnTo(thread: string): void {
    if (thread === this.threadValue) return;
    this.#pressed = undefined; // what was sent to one is never sent to the other
    clearTimeout(this.#saving);
    void this.#save();
    if (this.#editing) this.#leaveEdit();
    this.threadValue = thread;
    this.bodyTarget.value = "";
    this.#about("", "");
    void this.#restore();
  }

  override disconnect(): void {
    clearTimeout(this.#saving);
    void this.#save();
    this.#stop.abort();
  }

  changed(): void {
    this.#grow();
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.#save(), SAVE_MS);
    if (this.#editing || Date.now() - this.#typedAt < TYPING_MS || !this.bodyTarget.value.trim()) return;
    this.#typedAt = Date.now();
    emitAck("thread.typing", { thread_id: this.threadValue }).catch(() => undefined);
  }

  key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !this.aboutTarget.hidden) this.cancel(event);
    // On a phone Enter is a new line: the button sends.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(hover: hover) and (pointer: fine)").matches) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  async send(event: Event): Promise<void> {
    event.preventDefault();
    const body = this.bodyTarget.value;
    if (!body.trim() && (this.#editing || !this.element.hasAttribute("data-files"))) return;
    if (this.#editing) { await this.#saveEdit(this.#editing, body); return; }
    if (!this.#taken()) { this.#pressed = (event as SubmitEvent).submitter; return; }
    // What came back unsent may have arrived after all: unchanged it is the same message.
    const client_id = this.#last?.body === body && this.#last.back ? this.#last.clientId : uuid7();
    this.#last = { ...this.#draft(), clientId: client_id, back: false };
    const detail = { thread_id: this.threadValue, client_id, body, reply_to: this.replyToTarget.value || null };
    this.dispatch("send", { detail, bubbles: true });
    this.#clear();
    window.dispatchEvent(new CustomEvent("useful:moment"));
  }

  /* Is the script of the conversation here? Until then the words stay in their field, and leave when it is. */
  #taken(): boolean {
    return this.dispatch("ask", { detail: this.threadValue, bubbles: true, cancelable: true }).defaultPrevented;
  }

  #ready(): void {
    const pressed = this.#pressed;
    this.#pressed = undefined;
    if (pressed !== undefined) this.element.requestSubmit(pressed);
  }

  /* There was no room for it on the device, and no network that took it: the words are where they were written. */
  #takeBack({ thread_id, client_id, body }: Sending): void {
    const { replyTo = "", about = "" } = this.#last?.clientId === client_id ? this.#last : {};
    const user = actorId();
    showToast(t("noRoom"), { icon: "circle-alert", seconds: 12 });
    if (thread_id !== this.threadValue) {
      if (user) void saveDraft(user, `thread/${thread_id}`, { body, replyTo, about }).catch(() => undefined);
      return;
    }
    const since = this.#editing ? this.#unsent : this.#draft();
    const back = { body: [body, since?.body ?? ""].filter((text) => text.trim()).join("\n"), replyTo, about };
    this.#last = { ...back, clientId: client_id, back: true };
    if (this.#editing) { this.#unsent = back; return; }
    this.bodyTarget.value = back.body;
    this.#about(back.replyTo, back.about);
    this.#grow();
    void this.#save();
    this.dispatch("back");
  }

  async #saveEdit(message_id: string, body: string): Promise<void> {
    try {
      const { message } = await emitAck<{ message: Message }>("message.edit", { message_id, body });
      this.dispatch("changed", { prefix: "message", detail: message, bubbles: true });
      this.#leaveEdit();
    } catch (error) {
      showToast(error instanceof AckError && !error.again ? error.message : t("offlineAct"), { icon: "wifi-off" });
    }
  }

  cancel(event: Event): void {
    event.preventDefault();
    if (this.#editing) this.#leaveEdit();
    else this.#about("", "");
    this.bodyTarget.focus();
  }

  #reply({ id, name, text }: { id: string; name: string; text: string }): void {
    if (this.#editing) this.#leaveEdit();
    this.#about(id, t("reply", { name, text }));
    this.bodyTarget.focus();
    void this.#save();
  }

  #edit({ id, body }: { id: string; body: string }): void {
    this.#unsent ??= this.#draft();
    this.#editing = id;
    this.#about("", t("editing"));
    this.bodyTarget.value = body;
    this.#grow();
    this.bodyTarget.focus();
  }

  #leaveEdit(): void {
    this.#editing = null;
    const { body, replyTo, about } = this.#unsent ?? { body: "", replyTo: "", about: "" };
    this.#unsent = null;
    this.bodyTarget.value = body;
    this.#about(replyTo, about);
    this.#grow();
  }

  #about(replyTo: string, text: string): void {
    this.replyToTarget.value = replyTo;
    this.aboutTextTarget.textContent = text;
    this.aboutTarget.hidden = !text;
  }

  #clear(): void {
    clearTimeout(this.#saving);
    this.bodyTarget.value = "";
    this.#about("", "");
    this.#grow();
    this.bodyTarget.focus();
    const user = actorId();
    if (user) void removeDraft(user, this.#name).catch(() => undefined);
  }

  get #name(): string { return `thread/${this.threadValue}`; }

  #draft(): Draft {
    return { body: this.bodyTarget.value, replyTo: this.replyToTarget.value, about: this.aboutTextTarget.textContent ?? "" };
  }

  async #save(): Promise<void> {
    const name = this.#name;
    const user = actorId();
    const draft = this.#editing ? this.#unsent : this.#draft();
    if (!user || !draft) return;
    const work = draft.body.trim() ? saveDraft(user, name, draft) : removeDraft(user, name);
    await work.catch(() => undefined);
  }

  async #restore(): Promise<void> {
    const user = actorId();
    const name = this.#name;
    const draft = user ? await findDraft<Draft>(user, name).catch(() => undefined) : undefined;
    if (draft && name === this.#name && !this.bodyTarget.value && !this.#editing) {
      this.bodyTarget.value = draft.body;
      if (draft.replyTo && !this.replyToTarget.value) this.#about(draft.replyTo, draft.about);
    }
    this.#grow();
  }

  #grow(): void {
    const { style } = this.bodyTarget;
    style.height = "auto";
    style.height = `${this.bodyTarget.scrollHeight + 2}px`;
    this.dispatch("changed");
  }
}
