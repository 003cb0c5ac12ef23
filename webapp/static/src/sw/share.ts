/* The system's share sheet posts to /share: what it brings stays here, and a page asks where it goes. */
import { findOwner } from "../lib/store";
import { takeShared } from "../pwa/shared";

export async function shared(request: Request): Promise<Response> {
  const form = await request.formData();
  const taken = await takeShared(form, await findOwner().catch(() => null)).catch(() => 0);
  return Response.redirect(taken < form.getAll("files").length ? "/share?lost=1" : "/share", 303);
}
