/* Who reads what is written: the team, or the client too. Always the team when the page opens; what goes to the
 * client is shown once more, with their name, before it leaves. The ground's colour is the style sheet's work. */
import { Controller } from "@hotwired/stimulus";
import { t } from "./strings";

export default class AudienceController extends Controller<HTMLFormElement> {
  static override targets = ["choice"];
  static override values = { team: String, client: String };
  declare readonly choiceTargets: HTMLInputElement[];
  declare readonly teamValue: string;
  declare readonly clientValue: string;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const thread = this.element.closest<HTMLElement>("[data-controller~=thread]");
    // An answer goes to where the message stands, and so does a correction: before the composer hears of it.
    for (const name of ["message:reply", "message:edit"]) {
      thread?.addEventListener(name, (event) => this.#follow(event), { signal: this.#stop.signal, capture: true });
    }
    // What went to the client went alone: the next word is the team's again.
    this.element.addEventListener("composer:send", () => queueMicrotask(() => this.#turn(false)), { signal: this.#stop.signal });
    this.#show();
  }

  override disconnect(): void { this.#stop.abort(); }

  get #outward(): boolean { return this.choiceTargets.some((choice) => choice.checked && choice.value === "client"); }

  choose(): void {
    const detail = this.#outward ? this.clientValue : this.teamValue;
    this.element.dispatchEvent(new CustomEvent("audience:turned", { detail }));
    this.#show();
    this.element.querySelector("textarea")?.focus();
  }

  confirm(event: SubmitEvent): void {
    const asked = event.submitter instanceof HTMLButtonElement && event.submitter.name === "confirmed";
    this.#sheet?.close();
    if (!this.#outward || asked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = this.element.querySelector("textarea")?.value.trim() ?? "";
    const shown = document.getElementById("to-client-text");
    if (!text || !shown) return;
    shown.textContent = text;
    const readers = document.getElementById("to-client-readers");
    if (readers) readers.textContent = document.getElementById("client-readers")?.textContent?.trim() ?? "";
    this.#sheet?.showModal();
  }

  get #sheet(): HTMLDialogElement | null { return document.querySelector<HTMLDialogElement>("dialog#to-client"); }

  #follow(event: Event): void {
    const outward = event.target instanceof Element && event.target.closest(".msg--ext") !== null;
    this.#turn(outward);
  }

  #turn(outward: boolean): void {
    if (outward === this.#outward) return;
    for (const choice of this.choiceTargets) choice.checked = (choice.value === "client") === outward;
    this.choose();
  }

  #show(): void {
    const field = this.element.querySelector("textarea");
    if (field) field.placeholder = t(this.#outward ? "toClient" : "toTeam");
    // Nobody is named where the client reads: an @ is plain text there.
    this.element.querySelector('[role="listbox"]')?.toggleAttribute("hidden", true);
    this.element.toggleAttribute("data-mention-list-off", this.#outward);
  }
}
