import { headers } from "next/headers";

/**
 * Runs before any other script, so it stands in the page itself. Until the page is alive it remembers what was chosen in
 * lists and boxes, the last button that was pressed and ⌘K, shows that it was heard, and says so when a script does not
 * come. Then it does what was wanted and goes. A list with a name is that of a form, which looks at it by itself.
 */
const SCRIPT = `(() => {
  let wanted = null;
  const chosen = new Map();
  const choose = ({ target }) => {
    if (target.matches?.("select:not([name])")) chosen.set(target, target.value);
    if (target.matches?.("[type=radio],[type=checkbox]")) chosen.set(target, target.checked);
    if (target.type === "radio")
      for (const other of chosen.keys())
        if (other !== target && other.type === "radio" && other.name === target.name) chosen.delete(other);
  };
  const put = (field, value) => {
    if (field.localName === "select") {
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (value !== field.defaultChecked) {
      field.checked = !value;
      field.click();
    }
  };
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
  document.addEventListener("change", choose, true);
  document.addEventListener("click", press, true);
  document.addEventListener("keydown", key, true);
  window.addEventListener("error", fail, true);
  document.addEventListener("porter:alive", () => {
    document.removeEventListener("change", choose, true);
    document.removeEventListener("click", press, true);
    document.removeEventListener("keydown", key, true);
    window.removeEventListener("error", fail, true);
    for (const [field, value] of chosen) if (field.isConnected) put(field, value);
    if (wanted === "palette") window.dispatchEvent(new Event("porter:palette"));
    else if (wanted?.isConnected) {
      delete wanted.dataset.heard;
      wanted.click();
    }
  }, { once: true });
})();`.replaceAll(/\n\s*/g, "\n");

const WORDS = "Links and search work; buttons need the page's script, which could not be loaded.";

const HERE = "";

/** What is pressed or chosen before the page's script is there counts; a script that never comes is told. */
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
