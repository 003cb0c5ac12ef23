/* What is not worth carrying to the server: said on the device, at once. The server asks the same again. */
export const LARGEST = 15 * 1024 * 1024;

/* Why a file is not taken, as a key of the strings; null when it may go. `file` is what was chosen, `blob` what is
 * left of it once it was made small. */
export function refusalOf(blob: Blob, file: { type: string; size: number }): "emptyFile" | "film" | "tooLarge" | null {
  if (!file.size || !blob.size) return "emptyFile";
  if (file.type.startsWith("video/")) return "film";
  return blob.size > LARGEST ? "tooLarge" : null;
}

/* Whether the server’s refusal is about what is in the file: the same again would be refused again. */
export const isHopeless = (code: string): boolean => code.startsWith("file_") && code !== "file_lost" || code === "too_large";
