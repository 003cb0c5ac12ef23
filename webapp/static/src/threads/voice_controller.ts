/* A voice note of two minutes at most. While the composer is empty, the microphone stands in for the send button. */
import { Controller } from "@hotwired/stimulus";
import { showToast } from "../lib/toast";
import { t } from "./strings";
import { lasting } from "./weights";

const LONGEST_MS = 120_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const ENDS: Record<string, string> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

export default class VoiceController extends Controller<HTMLFormElement> {
  static override targets = ["bar", "clock", "mic", "send"];
  declare readonly barTarget: HTMLElement;
  declare readonly clockTarget: HTMLElement;
  declare readonly hasMicTarget: boolean;
  declare readonly micTarget: HTMLButtonElement;
  declare readonly sendTarget: HTMLButtonElement;

  #stop = new AbortController();
  #recorder: MediaRecorder | null = null;
  #asking = false;
  #pieces: Blob[] = [];
  #startedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const name of ["input", "attachments:changed", "composer:changed"]) this.element.addEventListener(name, () => this.#choose(), { signal });
    this.#choose();
  }

  override disconnect(): void {
    this.#stop.abort();
    this.cancel();
  }

  async start(): Promise<void> {
    if (this.#asking || this.#recorder) return;
    this.#asking = true;
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    this.#asking = false;
    if (!sound) { showToast(t("noMicrophone"), { icon: "mic" }); return; }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(sound, { mimeType, audioBitsPerSecond: 32_000 });
    this.#recorder = recorder;
    this.#pieces = [];
    recorder.ondataavailable = ({ data }) => this.#pieces.push(data);
    recorder.onstop = () => this.#ended(recorder, sound);
    recorder.start(1_000);
    this.#startedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), 250);
    this.#tick();
    this.#choose();
    this.barTarget.querySelector<HTMLElement>("button:last-of-type")?.focus();
  }

  stop(): void { this.#recorder?.stop(); }

  cancel(): void {
    this.#pieces = [];
    const recorder = this.#recorder;
    this.#recorder = null;
    recorder?.stop();
  }

  #ended(recorder: MediaRecorder, sound: MediaStream): void {
    clearInterval(this.#timer);
    sound.getTracks().forEach((track) => track.stop());
    const kept = this.#recorder === recorder && this.#pieces.length > 0;
    this.#recorder = null;
    this.#choose();
    if (!kept) return;
    const type = recorder.mimeType.split(";")[0] ?? "audio/webm";
    const name = `${t("voiceNote")} ${lasting(performance.now() - this.#startedAt).replace(":", "-")}.${ENDS[type] ?? "webm"}`;
    this.dispatch("recorded", { detail: new File(this.#pieces, name, { type }) as unknown as object });
    this.element.querySelector<HTMLElement>("textarea")?.focus();
  }

  #tick(): void {
    const since = performance.now() - this.#startedAt;
    this.clockTarget.textContent = t("recording", { clock: lasting(since) });
    if (since >= LONGEST_MS) this.stop();
  }

  #choose(): void {
    if (!this.hasMicTarget) return;
    const recording = this.#recorder !== null;
    const empty = !this.element.querySelector("textarea")?.value.trim() && !this.element.hasAttribute("data-files");
    const able = "MediaRecorder" in window && Boolean(navigator.mediaDevices);
    this.barTarget.hidden = !recording;
    this.micTarget.hidden = !(empty && able) || recording;
    this.sendTarget.hidden = !this.micTarget.hidden || recording;
  }
}
