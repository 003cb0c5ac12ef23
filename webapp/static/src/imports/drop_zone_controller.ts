/* A file dropped or chosen: its name is shown; sending it shows how far it is. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { showToast } from "../lib/toast";
import { t } from "./strings";

const MEGABYTE = 1024 * 1024;

export default class DropZoneController extends Controller<HTMLFormElement> {
  static override targets = ["zone", "file", "name", "progress", "send"];
  declare readonly zoneTarget: HTMLElement;
  declare readonly fileTarget: HTMLInputElement;
  declare readonly nameTarget: HTMLElement;
  declare readonly progressTarget: HTMLProgressElement;
  declare readonly sendTarget: HTMLButtonElement;

  override connect(): void {
    this.element.addEventListener("submit", this.#submit);
    for (const kind of ["dragenter", "dragover"]) this.zoneTarget.addEventListener(kind, this.#over);
    for (const kind of ["dragleave", "drop"]) this.zoneTarget.addEventListener(kind, this.#out);
    this.zoneTarget.addEventListener("drop", this.#drop);
    for (const kind of ["dragover", "drop"]) document.addEventListener(kind, this.#beside);
  }

  override disconnect(): void {
    this.element.removeEventListener("submit", this.#submit);
    for (const kind of ["dragover", "drop"]) document.removeEventListener(kind, this.#beside);
  }

  chosen(): void {
    const file = this.fileTarget.files?.[0];
    if (!file) return;
    const size = (file.size / MEGABYTE).toFixed(file.size < 10 * MEGABYTE ? 1 : 0);
    this.nameTarget.textContent = t("size", { name: file.name, size: document.documentElement.lang === "fr" ? size.replace(".", ",") : size });
    this.zoneTarget.classList.add("drop--full");
  }

  #over = (event: Event): void => {
    event.preventDefault();
    this.zoneTarget.classList.add("drop--over");
  };

  /* A file dropped beside the zone would leave the page for it. */
  #beside = (event: Event): void => event.preventDefault();

  #out = (): void => this.zoneTarget.classList.remove("drop--over");

  #drop = (event: DragEvent): void => {
    event.preventDefault();
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    this.fileTarget.files = files;
    this.chosen();
  };

  /* XMLHttpRequest, because fetch does not say how much has been sent. */
  #submit = (event: SubmitEvent): void => {
    if (!this.fileTarget.files?.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const request = new XMLHttpRequest();
    request.open("POST", this.element.action);
    request.upload.addEventListener("progress", (sent) => this.#show(sent.loaded / sent.total));
    request.addEventListener("load", () => this.#answered(request));
    request.addEventListener("error", () => this.#lost());
    this.sendTarget.setAttribute("aria-busy", "true");
    this.sendTarget.disabled = true;
    this.progressTarget.hidden = false;
    request.send(new FormData(this.element));
  };

  #show(share: number): void {
    const percent = Math.floor(share * 100);
    this.progressTarget.value = percent;
    this.progressTarget.setAttribute("aria-valuetext", t("sending", { percent }));
  }

  /* Accepted: the browser followed the redirect. Refused: the page comes back with the reason. */
  #answered(request: XMLHttpRequest): void {
    if (request.status < 400) return visit(request.responseURL);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.querySelector("[data-controller~='drop-zone']");
    if (fresh) this.element.replaceWith(document.adoptNode(fresh));
    else this.#lost();
  }

  /* No network, or an answer that is no page of ours: the file is still chosen, try again. */
  #lost(): void {
    this.#idle();
    showToast(t("lost"), { icon: "octagon-alert", seconds: 10 });
  }

  #idle(): void {
    this.sendTarget.removeAttribute("aria-busy");
    this.sendTarget.disabled = false;
    this.progressTarget.hidden = true;
  }
}
