/* Files in the composer: chosen, pasted or dropped, made small, uploaded while one writes, kept with the draft. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { AckError } from "../lib/socket";
import { showToast } from "../lib/toast";
import { uuid7 } from "../lib/uuid";
import { changeFile, draftFiles, dropFiles, keepFile, type KeptFile } from "./kept_files";
import { shrink } from "./shrink";
import { t } from "./strings";
import { isHopeless, refusalOf } from "./accepting";
import { abandon, onProgress, upload } from "./uploads";
import { weight } from "./weights";

const MOST = 10;

export default class AttachmentsController extends Controller<HTMLFormElement> {
  static override targets = ["input", "tray"];
  declare readonly inputTarget: HTMLInputElement;
  declare readonly hasTrayTarget: boolean;
  declare readonly trayTarget: HTMLElement;

  #stop = new AbortController();
  #team = ""; // the thread the files are for: the client reads none of them
  #ids: string[] = [];
  #preparing = new Set<Promise<unknown>>();
  #urls = new Map<string, string>();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#team = this.#thread;
    if (!this.hasTrayTarget) return;
    this.element.addEventListener("composer:send", (event) => this.#leave((event as CustomEvent<{ client_id: string; thread_id: string; files?: string[] }>).detail), { signal });
    this.element.addEventListener("composer:back", () => void this.#restore(), { signal });
    this.element.addEventListener("voice:recorded", (event) => this.add([(event as CustomEvent<File>).detail]), { signal });
    const pane = this.element.closest<HTMLElement>(".thread") ?? this.element;
    pane.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); }, { signal });
    pane.addEventListener("drop", (event) => this.#dropped(event), { signal });
    window.addEventListener("socket:connected", () => this.#again(), { signal });
    // Something may have been chosen before this script was there.
    void this.#restore().then(() => this.chosen());
  }

  override disconnect(): void {
    this.#stop.abort();
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
    this.#urls.clear();
  }

  chosen(): void {
    this.add([...(this.inputTarget.files ?? [])]);
    this.inputTarget.value = "";
  }

  pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  /* A press on send while a photo is being made small waits for it. */
  hold(event: Event): void {
    if (!this.#preparing.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void Promise.allSettled([...this.#preparing]).then(() => this.element.requestSubmit());
  }

  add(files: File[]): void {
    if (this.#thread !== this.#team) { showToast(t("teamOnly"), { icon: "lock" }); return; }
    const room = MOST - this.#ids.length;
    if (files.length > room) showToast(t("tooMany", { n: MOST }), { icon: "circle-alert" });
    for (const file of files.slice(0, Math.max(0, room))) {
      const id = uuid7();
      this.#show(id, file.name, t("preparing"));
      const work = this.#prepare(id, file).finally(() => this.#preparing.delete(work));
      this.#preparing.add(work);
    }
  }

  async #prepare(id: string, file: File): Promise<void> {
    const { blob, name } = await shrink(file);
    const user = actorId();
    if (!user || !this.#ids.includes(id)) return;
    const refusal = refusalOf(blob, file);
    if (refusal) { this.#refuse(id, t(refusal)); return; }
    const kept: KeptFile = { id, user, thread: this.#thread, message: null, blob, name, key: uuid7(), file_id: null };
    try {
      await keepFile(kept);
    } catch {
      // A device without room: what is written beside it stays.
      this.#refuse(id, t("deviceFull"));
      return;
    }
    this.#draw(kept);
    this.#bring(id);
  }

  /* It stays in the tray with what to do, and goes with no message. */
  #refuse(id: string, reason: string): void {
    this.#ids = this.#ids.filter((known) => known !== id);
    this.#changed();
    const line = this.#line(id);
    const state = line?.querySelector<HTMLButtonElement>("button.meta");
    if (!line || !state) return;
    line.classList.add("is-bad");
    state.textContent = reason;
    state.disabled = true;
    // Where it is read without a sweep of the finger.
    this.trayTarget.prepend(line);
    this.trayTarget.scrollLeft = 0;
  }

  #bring(id: string): void {
    const line = this.#line(id);
    const state = line?.querySelector<HTMLButtonElement>("button.meta");
    if (!line || !state) return;
    const said = state.dataset.size ?? "";
    state.disabled = true;
    const stop = onProgress(id, (share) => { state.textContent = t("uploading", { percent: Math.round(share * 100) }); });
    upload(id).then(() => { state.textContent = said; line.classList.remove("is-bad"); }, (error: unknown) => {
      const refused = error instanceof AckError && !error.again;
      // What cannot be taken whatever one does goes with no message, and keeps none from leaving.
      if (refused && isHopeless(error.code)) { void dropFiles([id]); this.#refuse(id, error.message); return; }
      state.textContent = refused ? error.message : t("waiting");
      state.disabled = refused;
      state.onclick = () => this.#bring(id);
      line.classList.toggle("is-bad", refused);
    }).finally(stop);
  }

  #again(): void {
    this.#ids.filter((id) => !this.#line(id)?.classList.contains("is-bad")).forEach((id) => this.#bring(id));
  }

  remove(id: string): void {
    this.#ids = this.#ids.filter((known) => known !== id);
    const line = this.#line(id);
    line?.remove();
    void abandon(id).catch(() => undefined);
    this.#changed();
    this.element.querySelector<HTMLElement>("textarea")?.focus();
  }

  /* They go along with the message: its echo shows them, and its sending waits for them. */
  #leave(sending: { client_id: string; thread_id: string; files?: string[] }): void {
    if (!this.#ids.length || sending.thread_id !== this.#team) return;
    sending.files = this.#ids;
    this.#ids.forEach((id) => void changeFile(id, { message: sending.client_id }));
    this.#ids = [];
    this.trayTarget.replaceChildren();
    this.#changed();
  }

  async #restore(): Promise<void> {
    const user = actorId();
    const kept = user ? await draftFiles(user, this.#thread).catch(() => []) : [];
    for (const file of kept) {
      if (this.#ids.includes(file.id)) continue;
      this.#show(file.id, file.name, "");
      this.#draw(file);
      this.#bring(file.id);
    }
  }

  #show(id: string, name: string, state: string): void {
    const line = document.querySelector<HTMLTemplateElement>("template#attachment")?.content.firstElementChild?.cloneNode(true);
    if (!(line instanceof HTMLElement)) return;
    line.dataset.id = id;
    const [words, said] = [line.querySelector(".cut"), line.querySelector("button.meta")];
    if (words) words.textContent = name;
    if (said) said.textContent = state;
    const remove = line.querySelector(".ib");
    remove?.setAttribute("aria-label", `${remove.getAttribute("aria-label") ?? ""} ${name}`);
    remove?.addEventListener("click", () => this.remove(id));
    this.#ids.push(id);
    this.trayTarget.append(line);
    this.#changed();
  }

  #draw({ id, blob, name }: KeptFile): void {
    const line = this.#line(id);
    const picture = line?.querySelector("img");
    const said = line?.querySelector<HTMLElement>("button.meta");
    if (said) said.dataset.size = said.textContent = weight(blob.size);
    line?.classList.toggle("is-sound", blob.type.startsWith("audio/"));
    const words = line?.querySelector(".cut");
    if (words) words.textContent = name;
    if (!picture || !/^image\/(jpeg|png|webp)/.test(blob.type)) return;
    const url = URL.createObjectURL(blob);
    this.#urls.set(id, url);
    // A film under a picture's name shows nothing: its sign stays.
    picture.onload = () => {
      picture.hidden = false;
      line?.querySelector(".tray__i")?.remove();
    };
    picture.src = url;
  }

  #dropped(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  #changed(): void {
    this.trayTarget.hidden = !this.trayTarget.childElementCount;
    this.element.toggleAttribute("data-files", this.#ids.length > 0);
    this.dispatch("changed", { bubbles: true });
  }

  #line(id: string): HTMLElement | null { return this.trayTarget.querySelector(`[data-id="${id}"]`); }
  get #thread(): string { return this.element.dataset.composerThreadValue ?? ""; }
}
