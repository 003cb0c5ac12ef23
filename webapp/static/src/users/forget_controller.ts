/* On the sign-in page: whoever gets here has no session, and so nothing of theirs to read is left on the device. */
import { Controller } from "@hotwired/stimulus";
import { wipeRead } from "../lib/store";

export default class ForgetController extends Controller<HTMLElement> {
  override connect(): void {
    void wipeRead().catch(() => undefined);
  }
}
