export const PICTURE_TYPES = { png: "image/png", gif: "image/gif", jpg: "image/jpeg" } as const;
export type UploadKind = keyof typeof PICTURE_TYPES;

export type Upload = { content: Buffer; kind: UploadKind };
/** What people uploaded into a text, by its number; and addresses that show one of them, each until its instant (ms). */
export type Uploads = { files: Map<string, Upload>; signed: Map<string, { asset: string; until: number }> };
export const noUploads = (): Uploads => ({ files: new Map(), signed: new Map() });
