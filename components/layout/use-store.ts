"use client";
import { useSyncExternalStore } from "react";
import type { Store } from "./store";

/** `onServer`: what the server draws and the browser at first, where that is not what the store holds. */
export const useStore = <Value>({ get, subscribe }: Store<Value>, onServer: () => Value = get): Value =>
  useSyncExternalStore(subscribe, get, onServer);
