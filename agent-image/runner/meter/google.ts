import { z } from "zod";
import { unread, schemaComplaint, mostTokens, nothing, type ReadCall } from "./call-parts.ts";

/** Google's Gemini API (`POST /v1beta/models/…:generateContent`, `…:streamGenerateContent`, `…:countTokens`). */

const part = z.strictObject({
  text: unread,
  thought: unread,
  thoughtSignature: unread,
  inlineData: z.strictObject({ mimeType: z.string(), data: z.string() }).optional(),
  functionCall: z.looseObject({ name: z.string() }).optional(),
  functionResponse: z
    .strictObject({
      name: z.string(),
      id: unread,
      response: unread,
      parts: z
        .array(z.strictObject({ inlineData: z.strictObject({ mimeType: z.string(), data: z.string() }) }))
        .optional(),
    })
    .optional(),
});
const content = z.strictObject({ role: unread, parts: z.array(part) });
const generationConfig = z.strictObject({
  maxOutputTokens: mostTokens,
  candidateCount: z.literal(1).nullish(),
  responseModalities: z.array(z.literal("TEXT")).nullish(),
  temperature: unread,
  topP: unread,
  topK: unread,
  seed: unread,
  stopSequences: unread,
  presencePenalty: unread,
  frequencyPenalty: unread,
  responseMimeType: unread,
  responseSchema: unread,
  responseJsonSchema: unread,
  responseLogprobs: unread,
  logprobs: unread,
  thinkingConfig: unread,
  mediaResolution: unread,
});

const tools = z.array(z.looseObject({})).or(z.looseObject({})).nullish();
const body = z.strictObject({
  contents: z.array(content),
  systemInstruction: content.nullish(),
  tools,
  toolConfig: z.strictObject({ functionCallingConfig: unread }).nullish(),
  safetySettings: unread,
  generationConfig: generationConfig.nullish(),
  cachedContent: nothing,
});

export function readGoogle(given: unknown): ReadCall {
  const read = body.safeParse(given);
  if (!read.success) return { is: "refused", why: schemaComplaint(read.error) };
  const { tools: asked, toolConfig, ...rest } = read.data;
  const list = asked == null ? [] : Array.isArray(asked) ? asked : [asked];
  const takenOut = list.flatMap((tool) => Object.keys(tool).filter((name) => name !== "functionDeclarations"));
  const declared = list.flatMap(({ functionDeclarations }) =>
    functionDeclarations === undefined ? [] : [{ functionDeclarations }],
  );
  return {
    is: "call",
    call: {
      model: null,
      takenOut: takenOut.map((name) => name.slice(0, 60)),
      body: {
        ...rest,
        ...(declared.length === 0 ? {} : { tools: declared, ...(toolConfig == null ? {} : { toolConfig }) }),
      },
    },
  };
}
