/** Something that this computer lacks; `message` is one sentence for people with its fix in it. */
export class MissingPart extends Error {
  override name = "MissingPart";
}
