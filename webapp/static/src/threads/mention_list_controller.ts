/* After an @: people to choose from, by arrows, Enter or touch. */
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { askedAt, groupsFor, withHandle, type Asked } from "./mentions";

interface Person { id?: string; name: string; handle: string; initials?: string }
const PATIENCE = 120;
const MOST = 6;

export default class MentionListController extends Controller<HTMLElement> {
  static override targets = ["field", "choices"];
  static override values = { groups: Array };
  declare readonly groupsValue: Person[];
  declare readonly fieldTarget: HTMLTextAreaElement;
  declare readonly choicesTarget: HTMLUListElement;

  #asked: Asked | null = null;
  #people: Person[] = [];
  #index = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  look(): void {
    clearTimeout(this.#timer);
    if (this.element.hasAttribute("data-mention-list-off")) { this.#close(); return; }
    this.#asked = askedAt(this.fieldTarget.value, this.fieldTarget.selectionStart);
    if (!this.#asked) { this.#close(); return; }
    this.#timer = setTimeout(() => void this.#search(), PATIENCE);
  }

  hide(): void { setTimeout(() => this.#close(), 150); }

  key(event: KeyboardEvent): void {
    if (this.choicesTarget.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#show((this.#index + step + this.#people.length) % this.#people.length);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#people[this.#index]);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  async #search(): Promise<void> {
    const asked = this.#asked;
    if (!asked) return;
    const found = await get<{ items?: Person[] } | Person[]>(`/api/v1/people?q=${encodeURIComponent(asked.word)}`).catch(() => []);
    if (asked !== this.#asked) return;
    const people = Array.isArray(found) ? found : (found.items ?? []);
    this.#people = [...groupsFor(asked.word, this.groupsValue), ...people].slice(0, MOST);
    if (this.#people.length) this.#show(0);
    else this.#close();
  }

  #show(index: number): void {
    this.#index = index;
    this.choicesTarget.replaceChildren(...this.#people.map((person, at) => this.#option(person, at === index)));
    this.choicesTarget.hidden = false;
    this.fieldTarget.setAttribute("aria-activedescendant", `mention-${index}`);
  }

  #option(person: Person, current: boolean): HTMLElement {
    const option = document.createElement("li");
    option.id = `mention-${this.#people.indexOf(person)}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(current));
    const name = document.createElement("b");
    name.textContent = person.name;
    const handle = document.createElement("span");
    handle.className = "meta";
    handle.textContent = `@${person.handle}`;
    const sign = person.id ? null : document.querySelector<HTMLTemplateElement>("template#card-icons")?.content.lastElementChild?.cloneNode(true);
    option.append(...(sign ? [sign] : []), name, " ", handle);
    option.addEventListener("pointerdown", (event) => { event.preventDefault(); this.#take(person); });
    return option;
  }

  #take(person: Person | undefined): void {
    if (!person || !this.#asked) return;
    const { text, caret } = withHandle(this.fieldTarget.value, this.fieldTarget.selectionStart, this.#asked, person.handle);
    this.fieldTarget.value = text;
    this.fieldTarget.setSelectionRange(caret, caret);
    this.#asked = null;
    this.#close();
    this.fieldTarget.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #close(): void {
    this.choicesTarget.hidden = true;
    this.fieldTarget.removeAttribute("aria-activedescendant");
  }
}
