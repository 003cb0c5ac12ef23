/* The desk by keyboard: j and k go through the queue, Enter accepts the best proposal, u undoes the last act. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";

export default class MatchingController extends Controller<HTMLElement> {
  static override values = { before: String, following: String };
  declare readonly beforeValue: string;
  declare readonly followingValue: string;

  override connect(): void {
    document.addEventListener("keydown", this.#press);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.#press);
  }

  #press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !this.#idle) return;
    const acts: Record<string, () => void> = {
      j: () => this.#go(this.followingValue),
      k: () => this.#go(this.beforeValue),
      Enter: () => document.querySelector<HTMLFormElement>("[data-matching-target=accept]")?.requestSubmit(),
      u: () => document.querySelector<HTMLFormElement>(".toast form")?.requestSubmit(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  #go(url: string): void {
    if (url) visit(url);
  }

  /* Somebody who types, or stands on a link or button, means that. */
  get #idle(): boolean {
    const active = document.activeElement;
    return !active || active === document.body || active.id === "contenu" || active.classList.contains("toast");
  }
}
