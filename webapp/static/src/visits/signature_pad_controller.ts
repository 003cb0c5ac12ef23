/* A signature drawn on the screen becomes the picture that the form's own field of a file would hold. */
import { Controller } from "@hotwired/stimulus";
import { isSigned, placed, type Point } from "./strokes";

export default class SignaturePadController extends Controller<HTMLElement> {
  static override targets = ["pad", "canvas", "file", "input", "fault"];
  declare readonly padTarget: HTMLElement;
  declare readonly canvasTarget: HTMLCanvasElement;
  declare readonly fileTarget: HTMLElement;
  declare readonly inputTarget: HTMLInputElement;
  declare readonly hasFaultTarget: boolean;
  declare readonly faultTarget: HTMLElement;

  #stop = new AbortController();
  #strokes: Point[][] = [];
  #pen: CanvasRenderingContext2D | null = null;

  override connect(): void {
    this.#pen = this.canvasTarget.getContext("2d");
    if (!this.#pen) return; // the photo of a signed paper remains
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.padTarget.hidden = false;
    this.fileTarget.hidden = true;
    if (this.hasFaultTarget) this.faultTarget.hidden = false;
    this.canvasTarget.addEventListener("pointerdown", (event) => this.#start(event), { signal });
    this.canvasTarget.addEventListener("pointermove", (event) => this.#draw(event), { signal });
    for (const name of ["pointerup", "pointercancel"]) this.canvasTarget.addEventListener(name, () => this.#keep(), { signal });
    this.#blank();
    void this.show();
  }

  override disconnect(): void { this.#stop.abort(); }

  clear(): void {
    this.#blank();
    this.inputTarget.value = "";
    this.dispatch("changed");
  }

  /* A signature that a draft kept is drawn again. */
  async show(): Promise<void> {
    const [file] = this.inputTarget.files ?? [];
    const picture = file && await createImageBitmap(file).catch(() => null);
    if (!picture || !this.#pen || this.#strokes.length) return;
    this.#pen.drawImage(picture, 0, 0, this.canvasTarget.width, this.canvasTarget.height);
    picture.close();
  }

  #blank(): void {
    const { width, height } = this.canvasTarget;
    this.#strokes = [];
    if (!this.#pen) return;
    Object.assign(this.#pen, { fillStyle: "white", strokeStyle: "#14213d", lineWidth: 6, lineCap: "round", lineJoin: "round" });
    this.#pen.fillRect(0, 0, width, height);
  }

  #point({ clientX, clientY }: PointerEvent): Point {
    const { width, height } = this.canvasTarget;
    return placed(clientX, clientY, this.canvasTarget.getBoundingClientRect(), width, height);
  }

  #start(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvasTarget.setPointerCapture(event.pointerId);
    this.#strokes.push([this.#point(event)]);
  }

  #draw(event: PointerEvent): void {
    const stroke = this.#strokes.at(-1);
    const before = stroke?.at(-1);
    if (!stroke || !before || !this.#pen || !this.canvasTarget.hasPointerCapture(event.pointerId)) return;
    const point = this.#point(event);
    this.#pen.beginPath();
    this.#pen.moveTo(before.x, before.y);
    this.#pen.lineTo(point.x, point.y);
    this.#pen.stroke();
    stroke.push(point);
  }

  #keep(): void {
    if (!isSigned(this.#strokes)) return;
    this.canvasTarget.toBlob((blob) => {
      if (!blob || !this.#strokes.length) return;
      const files = new DataTransfer();
      files.items.add(new File([blob], "signature.png", { type: "image/png" }));
      this.inputTarget.files = files.files;
      this.dispatch("changed");
    }, "image/png");
  }
}
