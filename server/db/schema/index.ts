export * from "./identity";
export * from "./intake";
export * from "./tasks";
