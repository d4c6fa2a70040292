/** An error entry of a GraphQL answer, which comes with status 200. */
export class GraphqlError extends Error {
  readonly type: "NOT_FOUND" | "FORBIDDEN" | "UNPROCESSABLE" | "STALE_DATA";

  constructor(type: GraphqlError["type"], message: string) {
    super(message);
    this.type = type;
  }
}
