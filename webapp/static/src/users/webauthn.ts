/* WebAuthn's buffers as JSON and back, for browsers that do not do it themselves (Safari before 18.4). */
interface Descriptor { id: string; type: "public-key"; transports?: AuthenticatorTransport[] }
type Known<Options> = Omit<Options, "challenge" | "user" | "excludeCredentials" | "allowCredentials">;

export type CreationJson = Known<PublicKeyCredentialCreationOptions> & {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Descriptor[];
};
export type RequestJson = Known<PublicKeyCredentialRequestOptions> & { challenge: string; allowCredentials?: Descriptor[] };

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function toText(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const described = (found: Descriptor[] = []): PublicKeyCredentialDescriptor[] =>
  found.map((each) => ({ ...each, id: toBytes(each.id) }));

export function creationOptions(json: CreationJson): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: described(json.excludeCredentials),
  };
}

export function requestOptions(json: RequestJson): PublicKeyCredentialRequestOptions {
  return { ...json, challenge: toBytes(json.challenge), allowCredentials: described(json.allowCredentials) };
}

/* What a passkey answered, as the server reads it. */
export function answerJson({ id, rawId, type, response }: PublicKeyCredential): Record<string, unknown> {
  const said: Record<string, unknown> = { clientDataJSON: toText(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) said.attestationObject = toText(response.attestationObject);
  if (response instanceof AuthenticatorAssertionResponse) {
    said.authenticatorData = toText(response.authenticatorData);
    said.signature = toText(response.signature);
    said.userHandle = response.userHandle ? toText(response.userHandle) : null;
  }
  return { id, rawId: toText(rawId), type, response: said, clientExtensionResults: {} };
}
