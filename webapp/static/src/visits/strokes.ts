/* Strokes of a signature: where the pen went, on a sheet of fixed size whatever the screen. Plain logic. */
export interface Point { x: number; y: number }
export interface Box { left: number; top: number; width: number; height: number }

/* A place on the screen as a place on the sheet. */
export function placed(x: number, y: number, box: Box, width: number, height: number): Point {
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return {
    x: within(((x - box.left) / Math.max(1, box.width)) * width, width),
    y: within(((y - box.top) / Math.max(1, box.height)) * height, height),
  };
}

/* A signature is more than a tap: the pen went at least that far, all strokes together. */
export function isSigned(strokes: readonly (readonly Point[])[], least = 80): boolean {
  let far = 0;
  for (const stroke of strokes) {
    stroke.slice(1).forEach((point, index) => {
      const before = stroke[index] ?? point;
      far += Math.hypot(point.x - before.x, point.y - before.y);
    });
  }
  return far >= least;
}
