/* One message to the server: its files first, then the message that names them. */
import { AckError, emitAck } from "../lib/socket";
import type { Message } from "./messages";
import type { Sending } from "./pending";

type Sent = { message: Message };

export async function sendNow({ files, ...payload }: Sending): Promise<Sent> {
  if (!files?.length) return emitAck<Sent>("message.send", payload);
  const { forget, uploadAll } = await import("./uploads");
  const go = async (): Promise<Sent> => emitAck<Sent>("message.send", { ...payload, attachment_ids: await uploadAll(files) });
  try {
    return await go();
  } catch (error) {
    // What waited for more than a week is no longer on the server, but still here.
    if (!(error instanceof AckError) || error.code !== "attachment_gone") throw error;
    await forget(files);
    return go();
  }
}
