// What happens while a page is open: the count of the inbox, and a word when this page has changed.
// Everything works without it. A page that nobody looks at listens to nothing.
"use strict";

const unread = document.getElementById("unread");
const news = document.getElementById("news");
let source = null;

function count(number) {
  if (!unread || !Number.isInteger(number)) return;
  unread.firstChild.textContent = String(number);
  unread.hidden = number === 0;
}

function tell(link) {
  if (!news || !link || !news.hidden) return;
  const about = new URL(link, location.href).pathname;
  if (!`${location.pathname}/`.startsWith(`${about}/`) && !`${about}/`.startsWith(`${location.pathname}/`)) return;
  const again = document.createElement("a");
  again.href = location.href.split("#")[0];
  again.textContent = news.dataset.reload;
  news.replaceChildren(`${news.dataset.words} `, again);
  news.classList.add("notice", "act");
  news.hidden = false;
}

function heard(event) {
  const { unread: number, link } = JSON.parse(event.data);
  count(number);
  tell(link);
}

function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (!source) {
    source = new EventSource("/live");
    for (const name of ["message", "notice", "unread"]) source.addEventListener(name, heard);
  }
}

if (window.EventSource) {
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  listen();
}
