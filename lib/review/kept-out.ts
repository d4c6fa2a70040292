/** Folders that tools fill, wherever they stand. */
export const TOOL_FOLDERS: readonly string[] =
  `node_modules .venv venv __pycache__ .next .nuxt .gradle .pnpm-store .yarn-cache .pytest_cache
  .mypy_cache .ruff_cache .tox .turbo .parcel-cache .nyc_output .terraform .idea .vs .history`.split(/\s+/);

/** Folders that tools fill, unless they stand among sources, where people call packages so. */
const BUILD_FOLDERS = new Set(["dist", "target", "coverage"]);
const SOURCES = new Set(["src", "source", "sources"]);

const tools = new Set(TOOL_FOLDERS);

/** The outermost folder of a path that tools fill, with its `/`; null: there is none. */
export function artefactFolder(path: string): string | null {
  const steps = path.split("/");
  for (let at = 0; at < steps.length - 1; at += 1) {
    const step = steps[at] ?? "";
    const isBuild = BUILD_FOLDERS.has(step) && !steps.slice(0, at).some((parent) => SOURCES.has(parent));
    if (tools.has(step) || isBuild) return `${steps.slice(0, at + 1).join("/")}/`;
  }
  return null;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What editors, systems and tools leave beside files. */
export function isLeftover(path: string): boolean {
  const name = nameOf(path);
  return (
    /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|core\.\d+|\.#.*|#.*#|\.coverage|npm-debug\.log|yarn-error\.log)$/.test(
      name,
    ) || /(?:~|\.sw[a-p]|\.pyc|\.pyo|\.orig|\.rej|\.tsbuildinfo)$/.test(name)
  );
}

const SHARED_ENV = new Set(["example", "sample", "template", "test", "dist"]);

/** `.env` and its kin, but not the ones that are made to be shared. */
export function isEnvFile(path: string): boolean {
  const [, first, ...rest] = nameOf(path).toLowerCase().split(".");
  if (!nameOf(path).startsWith(".") || first !== "env") return false;
  return !rest.some((word) => SHARED_ENV.has(word));
}

/** Names that only private keys have. */
export function isKeyName(path: string): boolean {
  return /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$|\.(?:p12|pfx|ppk|jks|keystore)$/.test(nameOf(path).toLowerCase());
}
