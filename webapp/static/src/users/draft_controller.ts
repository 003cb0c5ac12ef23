/* Keeps what is being written in a form on the device, so that nothing is lost when the session ends, the page
 * closes or the network goes: <form data-controller="draft" data-draft-key-value="new-person">. It comes back
 * only to the same person, and is forgotten once the server has taken it. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { findDraft, removeDraft, saveDraft } from "../lib/store";
import { showToast } from "../lib/toast";
import { KEPT_DAYS, putBack, written, type Written } from "./draft";
import { t } from "./strings";

interface Kept { fields: Written; at: number }
interface SubmitEnd extends Event {
  detail: { success: boolean; fetchResponse?: { response: Response } };
}

const PATIENCE = 300;

export default class DraftController extends Controller<HTMLFormElement> {
  static override values = { key: String };
  declare readonly keyValue: string;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop = new AbortController();
  #sent = false;

  override connect(): void {
    if (!this.#owner || !this.keyValue) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.element.addEventListener("input", () => this.#later(), { signal });
    this.element.addEventListener("submit", () => void this.#save(), { signal });
    this.element.addEventListener("turbo:submit-end", (event) => void this.#onAnswer(event as SubmitEnd), { signal });
    window.addEventListener("session:ended", () => void this.#save(), { signal });
    window.addEventListener("pagehide", () => void this.#save(), { signal });
    void this.#restore().catch(() => undefined);
  }

  override disconnect(): void {
    if (!this.#sent && this.#timer !== undefined) void this.#save();
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  get #owner(): string | null { return actorId(); }
  get #name(): string { return `form:${this.keyValue}`; }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), PATIENCE);
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const owner = this.#owner;
    if (!owner || this.#sent) return;
    const fields = written(this.element);
    if (Object.keys(fields).length) await saveDraft(owner, this.#name, { fields, at: Date.now() } satisfies Kept).catch(() => undefined);
    else await removeDraft(owner, this.#name).catch(() => undefined);
  }

  async #restore(): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    const kept = await findDraft<Kept>(owner, this.#name);
    if (!kept) return;
    if (Date.now() - kept.at > KEPT_DAYS * 86_400_000) return removeDraft(owner, this.#name);
    if (this.element.isConnected && putBack(this.element, kept.fields)) {
      showToast(t("draftBack"), { icon: "history", seconds: 8, action: { label: t("draftDrop"), run: () => void this.#drop() } });
    }
  }

  async #drop(): Promise<void> {
    this.element.reset();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#owner) await removeDraft(this.#owner, this.#name);
  }

  /* Taken, unless the answer was the sign-in page or the one that asks again who it is. */
  async #onAnswer({ detail }: SubmitEnd): Promise<void> {
    const answer = detail.fetchResponse?.response;
    if (!detail.success || !answer || /^\/sign-in(\/|$)/.test(new URL(answer.url).pathname)) return;
    this.#sent = true;
    clearTimeout(this.#timer);
    if (this.#owner) await removeDraft(this.#owner, this.#name).catch(() => undefined);
  }
}
