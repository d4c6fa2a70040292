export * from "./audit";
export * from "./change-sets";
export * from "./identity";
export * from "./intake";
export * from "./limits";
export * from "./obligations";
export * from "./repositories";
export * from "./tasks";
