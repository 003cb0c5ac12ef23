/* Photos made small on the device: 1 600 px and 400 kB at most. What a browser cannot draw (HEIC) goes as it is. */
export const LONGEST_SIDE = 1600;
export const HEAVIEST = 400_000;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];

export interface Shrunk { blob: Blob; name: string }

/* The size a picture is drawn at. */
export function fitted(width: number, height: number, longest = LONGEST_SIDE): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export const jpegName = (name: string): string => `${name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;

export async function shrink(file: File): Promise<Shrunk> {
  const kept = { blob: file, name: file.name };
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return kept;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return kept;
  const { width, height } = fitted(picture.width, picture.height);
  const small = width === picture.width && file.size <= HEAVIEST;
  const drawn = small ? null : await redrawn(picture, width, height);
  picture.close();
  return drawn && drawn.size < file.size ? { blob: drawn, name: jpegName(file.name) } : kept;
}

async function redrawn(picture: ImageBitmap, width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = "white"; // JPEG knows nothing of transparency
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
  let drawn: Blob | null = null;
  for (const quality of QUALITIES) {
    drawn = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (drawn && drawn.size <= HEAVIEST) break;
  }
  return drawn;
}
