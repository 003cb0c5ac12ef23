/* What can be done with one message. Without the network, or this script, the same acts are plain forms. */
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { AckError, emitAck } from "../lib/socket";
import { showToast } from "../lib/toast";
import type { Message } from "./messages";
import { t } from "./strings";

const EDIT_MS = 15 * 60_000;
const ROOM = { below: 400, beside: 232 };

export default class MessageMenuController extends Controller<HTMLDetailsElement> {
  override connect(): void {
    this.element.querySelector<HTMLElement>('[data-action="message-menu#copy"]')?.removeAttribute("hidden");
    this.element.addEventListener("toggle", this.#onToggle);
  }

  override disconnect(): void {
    this.element.removeEventListener("toggle", this.#onToggle);
  }

  #onToggle = (): void => {
    const late = Date.now() - Date.parse(this.#message.dataset.at ?? "") > EDIT_MS;
    this.element.querySelector<HTMLElement>('[data-action="message-menu#edit"]')?.toggleAttribute("hidden", late);
    // The lowest messages open their menu upwards, and none opens it beyond the pane.
    const { left, bottom } = this.element.getBoundingClientRect();
    const edge = this.element.closest(".pane")?.getBoundingClientRect().right ?? window.innerWidth;
    this.element.classList.toggle("menu--up", window.innerHeight - bottom < ROOM.below);
    this.element.classList.toggle("menu--left", left + ROOM.beside > edge);
  };

  get #message(): HTMLElement { return this.element.closest<HTMLElement>("[data-id]") as HTMLElement; }

  reply(event: Event): void {
    event.preventDefault();
    const name = this.#message.querySelector(".msg__who b")?.textContent ?? document.querySelector(".nav__me")?.textContent ?? "";
    const text = this.#message.querySelector(".bub__txt")?.textContent?.trim().slice(0, 80) ?? "";
    this.#tell("reply", { id: this.#message.dataset.id, name, text });
  }

  async edit(event: Event): Promise<void> {
    event.preventDefault();
    const said = await this.#raw();
    if (said) this.#tell("edit", { id: said.id, body: said.body });
  }

  async copy(): Promise<void> {
    const said = await this.#raw();
    if (!said) return;
    await navigator.clipboard.writeText(said.body);
    showToast(t("copied"), { icon: "copy" });
  }

  async react(event: Event): Promise<void> {
    event.preventDefault();
    const emoji = (event.currentTarget as HTMLButtonElement).value;
    await this.#act("message.react", { message_id: this.#message.dataset.id, emoji, on: true });
  }

  async delete(event: Event): Promise<void> {
    event.preventDefault();
    if (window.confirm(t("confirmDelete"))) await this.#act("message.delete", { message_id: this.#message.dataset.id });
  }

  /* The text as it was written: the page holds only what it became. */
  async #raw(): Promise<Message | undefined> {
    const { thread } = this.#message.dataset;
    const after = Number(this.#message.dataset.seq) - 1;
    try {
      return (await get<{ items: Message[] }>(`/api/v1/threads/${thread}/messages?after_seq=${after}&limit=1`)).items[0];
    } catch {
      showToast(t("offlineAct"), { icon: "wifi-off" });
      return undefined;
    }
  }

  async #act(event: string, payload: object): Promise<void> {
    try {
      const { message } = await emitAck<{ message: Message }>(event, payload);
      this.#tell("changed", message);
    } catch (error) {
      showToast(error instanceof AckError && !error.again ? error.message : t("offlineAct"), { icon: "wifi-off" });
    }
  }

  #tell(name: string, detail: unknown): void {
    this.dispatch(name, { prefix: "message", detail: detail as object, bubbles: true });
  }
}
