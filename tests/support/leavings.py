"""What a page leaves behind: everything that outlives it, and all that is in it now."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["leavings"]

# Everything a page can read that outlives it, and all that is in it now.
_EVERYTHING = """
async () => {
  const found = {};
  const all = (storage) => JSON.stringify(Object.entries(storage));
  found.local = all(localStorage);
  found.session = all(sessionStorage);
  found.cookies = document.cookie;
  found.state = JSON.stringify(history.state);
  found.name = window.name;
  found.caches = JSON.stringify(await caches.keys());
  found.folders = JSON.stringify(await Array.fromAsync((await navigator.storage.getDirectory()).keys()));
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => resolve(asked.result);
      });
      found[`${name}/${store}`] = JSON.stringify(rows, (_, value) =>
        value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
    }
    db.close();
  }
  found.page = document.documentElement.outerHTML;
  found.fields = JSON.stringify([...document.querySelectorAll('input, textarea')].map(({ value }) => value));
  return found;
}
"""


def leavings(page: Page, *words: str) -> dict[str, str]:
    """Where any of these words can still be read, and what stands there; places are named as browsers name them."""
    found: dict[str, str] = page.evaluate(_EVERYTHING)
    return {place: text for place, text in found.items() if any(word in text for word in words)}
