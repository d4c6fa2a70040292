export * from "./identity";
export * from "./intake";
export * from "./limits";
export * from "./tasks";
