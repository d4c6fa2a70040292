import { expect, test } from "vitest";
import { createStore } from "./store";

test("tells each listener of each new value once, and of the same value never", () => {
  const store = createStore(1);
  const heard: string[] = [];
  const stop = store.subscribe(() => heard.push(`one ${store.get()}`));
  store.subscribe(() => heard.push(`two ${store.get()}`));
  store.set(1);
  store.set(2);
  stop();
  stop();
  store.set(3);
  expect(heard).toEqual(["one 2", "two 2", "two 3"]);
});
