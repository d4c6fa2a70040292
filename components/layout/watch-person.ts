/** Where the tabs of a browser tell each other who is signed in. */
const KEY = "porter_login";

function remembered(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing for us has no tabs that could hear each other.
    return null;
  }
}

function remember(login: string): void {
  try {
    window.localStorage.setItem(KEY, login);
  } catch {}
}

/** Calls `onOther` once somebody else has signed in by another tab. The answer ends it. */
export function watchPerson(login: string, onOther: () => void): () => void {
  const end = new AbortController();
  const { signal } = end;
  remember(login);
  const look = () => {
    const current = remembered();
    if (current === null || current === login) return;
    end.abort();
    onOther();
  };
  window.addEventListener("storage", look, { signal });
  window.addEventListener("pageshow", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  return () => end.abort();
}
