/* Asks what becomes of unsent items before signing out, and wipes what was kept for reading. The form itself does
 * a full page load: no page, snapshot or connection of the former person survives it. */
import { cache } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { actorId, beginSignOut } from "../lib/page";
import { countOutbox, outboxOf, removeOutbox, wipeRead } from "../lib/store";
import { t } from "./strings";

export default class SignOutController extends Controller<HTMLElement> {
  static override targets = ["form", "text"];
  declare readonly formTarget: HTMLFormElement;
  declare readonly textTarget: HTMLElement;

  #decided = false;

  async ask(event: Event): Promise<void> {
    if (this.#decided) return;
    event.preventDefault();
    const owner = actorId();
    const waiting = owner ? await countOutbox(owner).catch(() => 0) : 0;
    if (!waiting) return this.#leave();
    this.textTarget.textContent = t("waiting", { n: waiting });
    this.element.querySelector("dialog")?.showModal();
  }

  async keep(): Promise<void> {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "keep", value: "1" });
    this.formTarget.append(field);
    await this.#leave();
  }

  async discard(): Promise<void> {
    const owner = actorId();
    if (owner) for (const item of await outboxOf(owner)) await removeOutbox(item.id);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#decided = true;
    cache.clear();
    await wipeRead().catch(() => undefined);
    await navigator.clearAppBadge?.().catch(() => undefined);
    beginSignOut();
    this.formTarget.requestSubmit();
  }
}
