import { createStore } from "@/components/layout/store";
import { useStore } from "@/components/layout/use-store";

/**
 * How the page hears of news. `live`: all is well. `lost`: the connection is gone and is being made again.
 * `resting`: the tab is hidden, nothing is asked. `signed_out`: the session ended elsewhere.
 */
export type Connection = "connecting" | "live" | "lost" | "resting" | "signed_out";

const connection = createStore<Connection>("connecting");

export const setConnection = connection.set;
export const connectionNow = connection.get;
export const listenToConnection = connection.subscribe;
export const useConnection = (): Connection => useStore(connection, () => "connecting");
