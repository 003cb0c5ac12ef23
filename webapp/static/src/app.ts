/* Entry: the page is laid out and painted first, then its scripts start in a task of their own. Started before that,
 * they would ask for a layout of half a page and hold up what people came to read. */
const UNSEEN_MS = 200; // a page in the background is not painted

const painted = new Promise<void>((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, UNSEEN_MS);
});

void painted.then(() => import("./start"));
