/* Chooses where what was shared goes: into the composer of that conversation, as if it had been chosen there. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { showToast } from "../lib/toast";
import type { KeptFile } from "../lib/store";
import { dropFiles } from "../threads/kept_files";
import { shrink } from "../threads/shrink";
import { t } from "../threads/strings";
import { weight } from "../threads/weights";
import { moveTo, sharedFiles } from "./shared";

export default class ShareController extends Controller<HTMLElement> {
  static override targets = ["shared", "list", "nothing", "item"];
  declare readonly sharedTarget: HTMLElement;
  declare readonly listTarget: HTMLElement;
  declare readonly nothingTarget: HTMLElement;
  declare readonly itemTarget: HTMLTemplateElement;

  #files: KeptFile[] = [];

  override connect(): void {
    void this.#read();
  }

  async choose(event: Event & { params: { thread: string } }): Promise<void> {
    const link = event.currentTarget as HTMLAnchorElement;
    if (!this.#files.length) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      await moveTo(this.#files, event.params.thread, shrink);
    } catch {
      link.removeAttribute("aria-busy");
      showToast(t("deviceFull"), { icon: "circle-alert", seconds: 12 });
      return;
    }
    visit(link.href);
  }

  async drop(): Promise<void> {
    await dropFiles(this.#files.map(({ id }) => id));
    await this.#read();
  }

  async #read(): Promise<void> {
    const user = actorId();
    this.#files = user ? await sharedFiles(user) : [];
    this.sharedTarget.hidden = !this.#files.length;
    this.nothingTarget.hidden = this.#files.length > 0;
    this.listTarget.replaceChildren(...this.#files.map((file) => this.#line(file)));
  }

  #line({ name, blob }: KeptFile): HTMLElement {
    const line = this.itemTarget.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const [named, weighed] = [line.querySelector("b"), line.querySelector(".meta")];
    if (named) named.textContent = name;
    if (weighed) weighed.textContent = weight(blob.size);
    return line;
  }
}
