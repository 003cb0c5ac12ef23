/* Puts files into a field of a form, as if they had been chosen there. */
export function fill(input: HTMLInputElement, files: readonly File[]): void {
  const kept = new DataTransfer();
  files.forEach((file) => kept.items.add(file));
  input.files = kept.files;
}
