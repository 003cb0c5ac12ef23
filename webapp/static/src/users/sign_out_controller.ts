/* Asks what becomes of unsent items before signing out, and wipes what was kept for reading. The form itself does
 * a full page load: no page, snapshot or connection of the former person survives it. */
import { cache } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { actorId, beginSignOut } from "../lib/page";
import { countOutbox, othersWait, wipePerson, wipeRead } from "../lib/store";
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
    if (!waiting) return this.discard();
    this.textTarget.textContent = t("waiting", { n: waiting });
    this.element.querySelector("dialog")?.showModal();
  }

  async keep(): Promise<void> {
    await this.#leave(true);
  }

  /* Everything of this person goes; a colleague's words that wait on the same device stay. */
  async discard(): Promise<void> {
    const owner = actorId() ?? "";
    const shared = await othersWait(owner).catch(() => true);
    await wipePerson(owner).catch(() => undefined);
    await this.#leave(shared);
  }

  async #leave(kept: boolean): Promise<void> {
    this.#decided = true;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "keep", value: "1" });
    if (kept) this.formTarget.append(field);
    cache.clear();
    await wipeRead().catch(() => undefined);
    await navigator.clearAppBadge?.().catch(() => undefined);
    beginSignOut();
    this.formTarget.requestSubmit();
  }
}
