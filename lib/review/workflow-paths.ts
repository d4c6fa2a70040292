/**
 * What GitHub itself runs or obeys as soon as it is on a branch, with the repository's secrets: workflows, actions of the
 * repository's own and Dependabot's orders. In any case of letters: whoever is unsure holds it back.
 */
export function isWorkflowPath(path: string): boolean {
  const lower = path.toLowerCase();
  // A link, a file or another repository where its folder is.
  if (lower === ".github" || lower === ".github/workflows") return true;
  if (!lower.startsWith(".github/")) return false;
  // A link or a file in the folder's place takes all of them away.
  if (lower === ".github/workflows") return true;
  return lower.startsWith(".github/workflows/") || /\/action\.ya?ml$|^\.github\/dependabot\.ya?ml$/.test(lower);
}
