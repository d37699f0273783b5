// Forms that a passkey fills in: they show only where the browser can do it.
// data-passkey is "create", to make a passkey, or anything else, to sign in with one.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));

const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const known = (credentials) => (credentials || []).map((each) => ({ ...each, id: toBytes(each.id) }));

function creation(options) {
  const user = { ...options.user, id: toBytes(options.user.id) };
  return {
    ...options,
    user,
    challenge: toBytes(options.challenge),
    excludeCredentials: known(options.excludeCredentials),
  };
}

function request(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  };
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = credential.response[name];
    if (value) response[name] = toText(value);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function fill(form) {
  const asked = await fetch(`${form.getAttribute("action")}/options`, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
  });
  if (!asked.ok) throw new Error(`options: ${asked.status}`);
  const options = await asked.json();
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(options) })
      : await navigator.credentials.get({ publicKey: request(options) });
  form.elements.credential.value = answer(credential);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  const trouble = form.querySelector("[data-words]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    trouble.hidden = true;
    try {
      await fill(form);
      form.submit();
    } catch {
      // Cancelled, timed out, or none that fits: the browser has said which.
      form.elements.credential.value = "";
      trouble.textContent = trouble.dataset.words;
      trouble.hidden = false;
    }
  });
}
