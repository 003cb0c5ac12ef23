/* Tabs made of links. "#panel" links show one panel of the page; links into a Turbo frame move the mark.
 * Without script every panel shows, and every link leads somewhere. */
import { Controller } from "@hotwired/stimulus";

export default class TabsController extends Controller<HTMLElement> {
  override connect(): void {
    const panels = this.#links.filter((link) => link.hash && link.pathname === location.pathname && document.getElementById(link.hash.slice(1)));
    const chosen = panels.find((link) => link.hash === location.hash) ?? panels.find((link) => link.hasAttribute("aria-current")) ?? panels[0];
    if (chosen) this.#show(chosen);
    else this.#intoView(this.#links.find((link) => link.hasAttribute("aria-current")));
  }

  choose(event: Event): void {
    const link = (event.target as Element).closest("a");
    if (!link || !this.element.contains(link)) return;
    if (document.getElementById(link.hash.slice(1)) && link.pathname === location.pathname) {
      event.preventDefault();
      history.replaceState(history.state, "", link.hash);
      this.#show(link);
    } else if (link.dataset.turboFrame) this.#mark(link);
  }

  get #links(): HTMLAnchorElement[] {
    return [...this.element.querySelectorAll("a")];
  }

  #show(chosen: HTMLAnchorElement): void {
    for (const link of this.#links) {
      const panel = link.hash && document.getElementById(link.hash.slice(1));
      if (panel) panel.hidden = link !== chosen;
    }
    this.#mark(chosen);
  }

  #mark(chosen: HTMLAnchorElement): void {
    for (const link of this.#links) link.toggleAttribute("aria-current", false);
    chosen.setAttribute("aria-current", "true");
    this.#intoView(chosen);
  }

  #intoView(link: HTMLAnchorElement | undefined): void {
    if (link) this.element.scrollLeft = link.offsetLeft - this.element.offsetLeft - 16;
  }
}
