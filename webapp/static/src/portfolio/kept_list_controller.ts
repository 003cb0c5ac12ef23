/* The clients of this device in a list, found by what is typed; drawn as far as somebody looks. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { findOwner } from "../lib/store";
import { clone, mark, say } from "./drawing";
import { findAbout, search, type About, type Line } from "./kept";
import { t } from "./strings";
import { amount, fact, since, use } from "./words";

const AT_ONCE = 60;

export default class KeptListController extends Controller<HTMLElement> {
  static override targets = ["since", "search", "rows", "more", "count", "none", "words", "empty"];
  declare readonly sinceTarget: HTMLElement;
  declare readonly searchTarget: HTMLInputElement;
  declare readonly rowsTarget: HTMLElement;
  declare readonly moreTarget: HTMLElement;
  declare readonly countTarget: HTMLElement;
  declare readonly noneTarget: HTMLElement;
  declare readonly wordsTarget: HTMLElement;
  declare readonly emptyTarget: HTMLElement;

  #about: About | null = null;
  #shown = AT_ONCE;
  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    window.addEventListener("portfolio:changed", () => void this.#read(), { signal: this.#stop.signal });
    void this.#read();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  find(): void {
    this.#shown = AT_ONCE;
    this.#draw();
  }

  more(): void {
    this.#shown += AT_ONCE;
    this.#draw();
  }

  async #read(): Promise<void> {
    const user = actorId() ?? (await findOwner());
    this.#about = user ? await findAbout(user) : null;
    if (this.element.isConnected) this.#draw();
  }

  #draw(): void {
    const text = this.searchTarget.value.trim();
    const found = search(this.#about?.lines ?? [], text);
    const some = Boolean(this.#about?.lines.length);
    this.sinceTarget.textContent = this.#about ? since(this.#about.at) : "";
    this.sinceTarget.hidden = !some;
    this.emptyTarget.hidden = some;
    this.noneTarget.hidden = !some || found.length > 0;
    this.wordsTarget.textContent = t("none", { words: text });
    this.rowsTarget.hidden = !found.length;
    this.rowsTarget.replaceChildren(...found.slice(0, this.#shown).map((line) => this.#row(line)));
    this.moreTarget.hidden = found.length <= this.#shown;
    this.countTarget.textContent = some ? t("found", { n: found.length }) : "";
  }

  #row(line: Line): HTMLElement {
    const row = clone("row");
    const [said, tone] = Object.values(fact(line)) as [string, string];
    // Who came to choose a client for a visit goes on to its form.
    const to = location.pathname === "/visits/new" ? `/clients/${line.id}/visits/new` : `/clients/${line.id}`;
    say(row, { name: line.name, fact: said, amount: amount(line.outstanding), use: use(line), to });
    mark(row, line.letter, line.sees_limit);
    if (tone) row.querySelector("[data-say=fact]")?.classList.add(tone);
    if ((line.utilisation ?? 0) > 100) row.querySelector("[data-say=use]")?.classList.add("is-grave");
    if (location.pathname.includes(line.id)) row.querySelector("a")?.setAttribute("aria-current", "true");
    return row;
  }
}
