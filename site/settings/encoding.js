// base64url, as JSON Web Tokens and PKCE write it.

export function toBase64Url(bytes) {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The two readable parts of a token. Nothing is verified here. Throws where it is no token. */
export function readToken(token) {
  const parts = token.split(".");
  if (parts.length !== 3) throw new Error("not a token");
  const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(textOf(part)));
  return { header, payload };
}

function textOf(part) {
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
