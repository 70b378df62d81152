/* The theme asks for the whole search index, and starts the worker that reads it, on every page, long before anybody
   searches. This holds both back until a reader turns to the search. It runs before the theme's script. */

(function () {
  const { open, send } = XMLHttpRequest.prototype;
  const NativeWorker = window.Worker;
  const addresses = new WeakMap();
  const waiting = [];

  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    addresses.set(this, String(address));
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const later = /search\/search_index\.json$/.test(addresses.get(this) ?? "");
    if (later) waiting.push(() => send.call(this, body));
    else send.call(this, body);
  };

  /* Stands in for the worker: remembers what is asked of it, and passes it on once there is one. A query waits until
     the worker has said that its index is ready; asked earlier it would be lost. */
  const READY = 1;
  const QUERY = 2;
  window.Worker = function (address) {
    let worker = null;
    let ready = false;
    let query = null;
    const asked = [];
    const pass = (method, values) => (worker ? worker[method](...values) : asked.push([method, values]));
    waiting.push(() => {
      worker = new NativeWorker(address);
      worker.addEventListener("message", ({ data }) => {
        if (data?.type !== READY) return;
        ready = true;
        if (query) worker.postMessage(query);
      });
      for (const [method, values] of asked) worker[method](...values);
    });
    return {
      addEventListener: (...values) => pass("addEventListener", values),
      removeEventListener: (...values) => pass("removeEventListener", values),
      terminate: (...values) => pass("terminate", values),
      postMessage(message, ...rest) {
        if (message?.type === QUERY && !ready) query = message;
        else pass("postMessage", [message, ...rest]);
      },
    };
  };

  function release() {
    Object.assign(XMLHttpRequest.prototype, { open, send });
    window.Worker = NativeWorker;
    for (const type of ["focusin", "pointerdown", "keydown"]) removeEventListener(type, notice, true);
    for (const start of waiting.splice(0)) start();
  }

  function notice(event) {
    const shortcut = event.type === "keydown" && ["/", "f", "s"].includes(event.key);
    if (shortcut || event.target.closest?.('.md-search, [for="__search"]')) release();
  }

  for (const type of ["focusin", "pointerdown", "keydown"]) addEventListener(type, notice, true);
  if (new URLSearchParams(location.search).has("q")) release();
})();
