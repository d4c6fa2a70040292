import { headers } from "next/headers";

/**
 * Runs before any other script, so it stands in the page itself. Until the page is alive it remembers the last button
 * that was pressed and ⌘K, shows that it was heard, and says so when a script does not come. Then it does what was
 * wanted and goes.
 */
const SCRIPT = `(() => {
  let wanted = null;
  const press = ({ target }) => {
    const button = target.closest?.("button:not([popovertarget],[type=submit])");
    if (!button) return;
    if (wanted?.dataset) delete wanted.dataset.heard;
    wanted = button;
    button.dataset.heard = "";
  };
  const key = (event) => {
    if (event.key?.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    wanted = "palette";
  };
  const fail = ({ target }) => {
    if (target.tagName === "SCRIPT") document.getElementById("no-script").hidden = false;
  };
  document.addEventListener("click", press, true);
  document.addEventListener("keydown", key, true);
  window.addEventListener("error", fail, true);
  document.addEventListener("porter:alive", () => {
    document.removeEventListener("click", press, true);
    document.removeEventListener("keydown", key, true);
    window.removeEventListener("error", fail, true);
    if (wanted === "palette") window.dispatchEvent(new Event("porter:palette"));
    else if (wanted?.isConnected) {
      delete wanted.dataset.heard;
      wanted.click();
    }
  }, { once: true });
})();`.replaceAll(/\n\s*/g, "\n");

const WORDS = "Links and search work; buttons need the page's script, which could not be loaded.";

const HERE = "";

/** What is pressed before the page's script is there counts; a script that never comes is told. */
export async function Early() {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <>
      <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      <p id="no-script" hidden suppressHydrationWarning role="alert" className="bg-waiting-wash px-4 py-2 text-ink">
        {WORDS}{" "}
        <a href={HERE} className="link">
          Reload
        </a>
      </p>
      <noscript>
        <p className="bg-waiting-wash px-4 py-2 text-ink">{WORDS}</p>
      </noscript>
    </>
  );
}
