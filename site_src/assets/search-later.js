/* The theme asks for the whole search index on every page, long before anybody searches. This holds that one request
   back until a reader turns to the search. It runs before the theme's script. */

(function () {
  const { open, send } = XMLHttpRequest.prototype;
  const addresses = new WeakMap();
  let held = [];

  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    addresses.set(this, String(address));
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (held && /search\/search_index\.json$/.test(addresses.get(this) ?? "")) held.push([this, body]);
    else send.call(this, body);
  };

  function release() {
    const waiting = held ?? [];
    held = null;
    Object.assign(XMLHttpRequest.prototype, { open, send });
    for (const type of ["focusin", "pointerdown", "keydown"]) removeEventListener(type, notice, true);
    for (const [request, body] of waiting) send.call(request, body);
  }

  function notice(event) {
    const shortcut = event.type === "keydown" && ["/", "f", "s"].includes(event.key);
    if (shortcut || event.target.closest?.('.md-search, [for="__search"]')) release();
  }

  for (const type of ["focusin", "pointerdown", "keydown"]) addEventListener(type, notice, true);
  if (new URLSearchParams(location.search).has("q")) release();
})();
