import { StringDecoder } from "node:string_decoder";
import { Transform } from "node:stream";
import { z } from "zod";
import { parseJson } from "../../../lib/json.ts";
import { NO_USAGE, type ReadCounts, type ReportedUsage } from "./counts.ts";

/** Longer than any answer of a model; what goes on beyond it is passed on and not read. */
const MOST_HELD = 8 * 1024 * 1024;

/** Status that a provider would have answered with, had its answer not begun yet. */
const STATUS_OF: Record<string, number> = {
  overloaded_error: 529,
  rate_limit_error: 429,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  invalid_request_error: 400,
  request_too_large: 413,
};
const streamedError = z.object({ type: z.literal("error"), error: z.looseObject({ type: z.string() }) });

export type AnswerListeners = {
  /** At the end, also at an early one. `isEmpty`: instead of any answer an error came. */
  told: (told: ReportedUsage, isEmpty: boolean) => void;
  /** An error in the middle of a stream, which has no status of its own any more. */
  error: (body: string, status: number) => void;
};

/** Passes an answer through unchanged, and tells at its end what it says of its cost. */
export function meterAnswer(contentType: string, read: ReadCounts, on: AnswerListeners): Transform {
  const decoder = new StringDecoder("utf8");
  let told = NO_USAGE;
  let hasFailed = false;
  const take = (json: string): void => {
    const value = parseJson(json);
    if (value === undefined) return;
    told = read(value, told);
    const failure = streamedError.safeParse(value);
    if (!failure.success) return;
    hasFailed = true;
    on.error(json, STATUS_OF[failure.data.error.type] ?? 500);
  };
  const reader = contentType.includes("event-stream") ? eventReader(take) : wholeReader(take);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      reader.push(decoder.write(chunk));
      done(null, chunk);
    },
    flush(done) {
      reader.push(decoder.end());
      reader.end();
      done();
    },
    destroy(error, done) {
      on.told(told, hasFailed && told.tokens === null);
      done(error);
    },
  });
}

type Reader = { push(text: string): void; end(): void };

function wholeReader(take: (json: string) => void): Reader {
  let held = "";
  return {
    push: (text) => {
      if (held.length <= MOST_HELD) held += text;
    },
    end: () => take(held),
  };
}

/** The data of each event (WHATWG HTML 9.2.6): lines end with CR, LF or both, an event with an empty line. */
function eventReader(take: (data: string) => void): Reader {
  let held = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text.startsWith("data:")) data.push(text.slice(5));
    if (text !== "") return;
    if (data.length > 0) take(data.join("\n"));
    data = [];
  };
  return {
    push: (text) => {
      // A CR at the end may be the first half of a line's end.
      const isCut = text.endsWith("\r");
      const lines = (held + (isCut ? text.slice(0, -1) : text)).split(/\r\n|\r|\n/);
      held = `${lines.pop() ?? ""}${isCut ? "\r" : ""}`;
      for (const one of lines) line(one);
      if (held.length > MOST_HELD) held = "";
      if (data.length > 10_000) data = [];
    },
    // What has no empty line after it was cut off, or comes from somebody who left it out.
    end: () => {
      line(held.replace(/\r$/, ""));
      line("");
    },
  };
}
