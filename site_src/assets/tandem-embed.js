/* Which of the two schemes a framed chart shows: the one its address names, else the reader's. Runs before the first
   paint, so that the frame does not flash. */
(function () {
  const named = new URLSearchParams(location.search).get("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const scheme = named === "dark" || (named !== "light" && dark.matches) ? "slate" : "default";
    document.documentElement.dataset.mdColorScheme = scheme;
  };
  show();
  dark.addEventListener("change", show);
})();
