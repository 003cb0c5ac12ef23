/* j and k go through the list of the page, Enter opens (it is a link), / searches, Esc leaves the search or the row.
 * Each person may switch the letters off on a device (WCAG 2.1.4): see the profile. */
import { Controller } from "@hotwired/stimulus";
import { actOf, isKey, neighbour } from "./keys";

const OFF = "encours.keys-off";
const isShown = (part: Element): boolean => part.getClientRects().length > 0;

export default class KeysController extends Controller<HTMLElement> {
  static override targets = ["choice"];
  declare readonly choiceTarget: HTMLInputElement;
  declare readonly hasChoiceTarget: boolean;

  override connect(): void {
    document.addEventListener("keydown", this.#press);
    if (this.hasChoiceTarget) this.choiceTarget.checked = !this.#off;
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.#press);
  }

  choose(): void {
    if (this.choiceTarget.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  }

  get #off(): boolean { return localStorage.getItem(OFF) === "1"; }

  get #rows(): HTMLAnchorElement[] {
    const panes = [...this.element.querySelectorAll<HTMLElement>(".pane--list, .pane--main")].filter((pane) => isShown(pane));
    const found = panes.map((pane) => [...pane.querySelectorAll<HTMLAnchorElement>("a.row, .list > li > a.todo")].filter((row) => isShown(row)));
    return found.find((rows) => rows.length) ?? [];
  }

  #press = (event: KeyboardEvent): void => {
    if (!isKey(event.key) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    // The desk of matching has letters of its own.
    if (document.querySelector("[data-controller~=matching]")) return;
    const active = document.activeElement as HTMLElement | null;
    const rows = this.#rows;
    const focused = rows.indexOf(active as HTMLAnchorElement);
    const nowhere = !active || active === document.body || active.id === "contenu" || active.matches(".pane");
    const act = actOf(event.key, {
      typing: Boolean(active?.matches("input, textarea, select, [contenteditable]")),
      searching: Boolean(active?.matches("input[type=search]")),
      on: focused >= 0 ? "row" : nowhere ? "nothing" : "else",
      dialog: Boolean(document.querySelector("dialog[open]")),
      off: this.#off,
    });
    if (!act) return;
    if (act === "leave") { active?.blur(); return; }
    if (act === "search") {
      const field = [...document.querySelectorAll<HTMLInputElement>("input[type=search]")].find((each) => isShown(each));
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    const row = rows[neighbour(rows.length, focused, rows.findIndex((each) => each.hasAttribute("aria-current")), act)];
    if (!row) return;
    event.preventDefault();
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };
}
