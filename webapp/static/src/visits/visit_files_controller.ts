/* Photos and the voice note of a report: made small, shown, and put back into the form's own fields. */
import { Controller } from "@hotwired/stimulus";
import { showToast } from "../lib/toast";
import { refusalOf } from "../threads/accepting";
import { shrink } from "../threads/shrink";
import { t as ofFiles } from "../threads/strings";
import { lasting, weight } from "../threads/weights";
import { fill } from "./filling";
import { t } from "./strings";

const MOST = 9; // beside the voice note
const LONGEST_MS = 120_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const ENDS: Record<string, string> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

export default class VisitFilesController extends Controller<HTMLFormElement> {
  static override targets = ["photos", "sound", "soundKey", "mic", "tray", "thumb", "bar", "clock", "heard", "player", "deed"];
  declare readonly photosTarget: HTMLInputElement;
  declare readonly soundTarget: HTMLInputElement;
  declare readonly soundKeyTarget: HTMLElement;
  declare readonly micTarget: HTMLButtonElement;
  declare readonly trayTarget: HTMLElement;
  declare readonly thumbTarget: HTMLTemplateElement;
  declare readonly barTarget: HTMLElement;
  declare readonly clockTarget: HTMLElement;
  declare readonly heardTarget: HTMLElement;
  declare readonly playerTarget: HTMLAudioElement;
  declare readonly deedTarget: HTMLDetailsElement;

  #photos: File[] = [];
  #coming: File[] = [];
  #urls: string[] = [];
  #preparing = new Set<Promise<unknown>>();
  #recorder: MediaRecorder | null = null;
  #asking = false;
  #pieces: Blob[] = [];
  #startedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connect(): void {
    const able = "MediaRecorder" in window && Boolean(navigator.mediaDevices);
    this.micTarget.hidden = !able;
    this.soundKeyTarget.hidden = able;
    // Something may have been chosen, or put back from a draft, before this script was there.
    this.chosen();
    if (this.soundTarget.files?.length) this.spoken();
  }

  override disconnect(): void {
    clearInterval(this.#timer);
    this.#recorder?.stream.getTracks().forEach((track) => track.stop());
    this.#recorder = null;
    this.#urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
  }

  /* A press on save while a photo is being made small, or a voice note is being ended, waits for it. */
  hold(event: Event): void {
    this.stop();
    if (!this.#preparing.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void Promise.allSettled([...this.#preparing]).then(() => this.element.requestSubmit());
  }

  /* Resolves once nothing is being made small or recorded any more. */
  async settled(): Promise<void> {
    this.stop();
    while (this.#preparing.size) await Promise.allSettled([...this.#preparing]);
  }

  /* What is being made small stays in the field as it came: a draft kept meanwhile has it. */
  chosen(): void {
    const known = [...this.#photos, ...this.#coming];
    const files = [...(this.photosTarget.files ?? [])].filter((file) => !known.includes(file));
    const room = Math.max(0, MOST - known.length);
    if (files.length > room) showToast(t("tooMany", { n: MOST }), { icon: "circle-alert" });
    for (const file of files.slice(0, room)) {
      this.#coming.push(file);
      this.#wait(this.#add(file));
    }
    this.#fill();
  }

  sign(event: Event): void {
    event.preventDefault(); // the page itself would be visited anew
    this.deedTarget.open = true;
    this.deedTarget.scrollIntoView();
    this.deedTarget.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
  }

  spoken(): void { this.#hear(this.soundTarget.files?.[0]); }

  unsay(): void {
    fill(this.soundTarget, []);
    this.#hear(undefined);
    this.dispatch("changed");
  }

  async record(): Promise<void> {
    if (this.#asking || this.#recorder) return; // a second press while one is under way, or being allowed
    this.#asking = true;
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    this.#asking = false;
    if (!sound) { showToast(t("noMicrophone"), { icon: "mic" }); return; }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(sound, { mimeType, audioBitsPerSecond: 32_000 });
    this.#recorder = recorder;
    this.#pieces = [];
    this.unsay();
    recorder.ondataavailable = ({ data }) => this.#pieces.push(data);
    this.#wait(new Promise<void>((done) => { recorder.onstop = () => { this.#ended(recorder, sound); done(); }; }));
    recorder.start(1_000);
    this.#startedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), 250);
    this.#tick();
    this.barTarget.hidden = false;
    this.barTarget.querySelector("button")?.focus();
  }

  stop(): void { if (this.#recorder?.state === "recording") this.#recorder.stop(); }

  #wait(work: Promise<unknown>): void {
    const followed = work.finally(() => this.#preparing.delete(followed));
    this.#preparing.add(followed);
  }

  #tick(): void {
    const since = performance.now() - this.#startedAt;
    this.clockTarget.textContent = lasting(since);
    if (since >= LONGEST_MS) this.stop();
  }

  #ended(recorder: MediaRecorder, sound: MediaStream): void {
    clearInterval(this.#timer);
    sound.getTracks().forEach((track) => track.stop());
    this.barTarget.hidden = true;
    const kept = this.#recorder === recorder && this.#pieces.length > 0;
    this.#recorder = null;
    if (!kept) return;
    const type = recorder.mimeType.split(";")[0] ?? "audio/webm";
    fill(this.soundTarget, [new File(this.#pieces, `${t("voiceNote")}.${ENDS[type] ?? "webm"}`, { type })]);
    this.spoken();
    this.dispatch("changed");
    this.micTarget.focus();
  }

  #hear(file: File | undefined): void {
    this.heardTarget.hidden = !file;
    if (file) this.playerTarget.src = this.#url(file);
    else this.playerTarget.removeAttribute("src");
  }

  #fill(): void { fill(this.photosTarget, [...this.#photos, ...this.#coming]); }

  #url(file: Blob): string {
    const url = URL.createObjectURL(file);
    this.#urls.push(url);
    return url;
  }

  async #add(file: File): Promise<void> {
    const { blob, name } = await shrink(file);
    const kept = blob === file ? file : new File([blob], name, { type: blob.type || file.type });
    const refusal = refusalOf(kept, file);
    this.#coming = this.#coming.filter((each) => each !== file);
    if (!refusal) this.#photos.push(kept);
    this.#fill();
    this.dispatch("changed");
    if (refusal) { showToast(`${name} : ${ofFiles(refusal)}`, { icon: "circle-alert", seconds: 8 }); return; }
    const item = this.thumbTarget.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    const [picture, state, away] = [item?.querySelector("img"), item?.querySelector("span"), item?.querySelector("button")];
    if (!item || !picture || !state || !away) return;
    if (/^image\/(jpeg|png|webp)$/.test(kept.type)) Object.assign(picture, { src: this.#url(kept), alt: kept.name });
    else picture.remove();
    state.textContent = kept.type === "application/pdf" ? t("paper") : weight(kept.size);
    away.addEventListener("click", () => this.#drop(kept, item));
    this.trayTarget.append(item);
    this.trayTarget.hidden = false;
  }

  #drop(file: File, item: HTMLElement): void {
    this.#photos = this.#photos.filter((each) => each !== file);
    this.#fill();
    item.remove();
    this.trayTarget.hidden = !this.#photos.length;
    this.dispatch("changed");
  }
}
