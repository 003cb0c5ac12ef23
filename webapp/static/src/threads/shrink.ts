/* Photos made small on the device: 1 600 px and 400 kB at most, before they are kept. What a browser cannot draw (HEIC
 * on most) goes as it is, and the server makes a JPEG of it. */
export const LONGEST_SIDE = 1600;
export const HEAVIEST = 400_000;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];
const SMALLER = 0.75; // of each side, when the worst quality is still too heavy
const DRAWN = /^image\/(jpeg|png|webp|hei[cf]|avif|bmp)$/;

export interface Shrunk { blob: Blob; name: string }

/* The size a picture is drawn at. */
export function fitted(width: number, height: number, longest = LONGEST_SIDE): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export const jpegName = (name: string): string => `${name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;

/* Some phones name no type for their own format. */
export const mayDraw = (file: { name: string; type: string }): boolean => DRAWN.test(file.type) || (!file.type && /\.hei[cf]$/i.test(file.name));

export async function shrink(file: File): Promise<Shrunk> {
  const kept = { blob: file, name: file.name };
  if (!file.size || !mayDraw(file)) return kept;
  // The way up the camera was held is in the picture after this, and nowhere else.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return kept;
  const fits = Math.max(picture.width, picture.height) <= LONGEST_SIDE && file.size <= HEAVIEST && /^image\/(jpeg|png|webp)$/.test(file.type);
  const drawn = fits ? null : await lightEnough(picture, (width, height) => drawing(picture, width, height)).catch(() => null);
  picture.close();
  return drawn ? { blob: drawn, name: jpegName(file.name) } : kept;
}

type Drawing = (quality: number) => Promise<Blob | null>;

/* Worse first, then smaller, until it is light enough; null when nothing can be drawn here. */
export async function lightEnough(size: { width: number; height: number }, draw: (width: number, height: number) => Drawing | null): Promise<Blob | null> {
  let last: Blob | null = null;
  for (let longest = LONGEST_SIDE; longest > 200; longest = Math.round(longest * SMALLER)) {
    const { width, height } = fitted(size.width, size.height, longest);
    const encode = draw(width, height);
    for (const quality of encode ? QUALITIES : []) {
      last = (await encode?.(quality)) ?? last;
      if (last && last.size <= HEAVIEST) return last;
    }
    if (!last) return null;
  }
  return last;
}

/* Off the page where browsers can: the page goes on while a photo is encoded. */
function drawing(picture: ImageBitmap, width: number, height: number): Drawing | null {
  const canvas = "OffscreenCanvas" in globalThis ? new OffscreenCanvas(width, height) : Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  if (!pen) return null;
  pen.fillStyle = "white"; // JPEG knows nothing of transparency
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
  if (canvas instanceof HTMLCanvasElement) return (quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  return (quality) => canvas.convertToBlob({ type: "image/jpeg", quality });
}
