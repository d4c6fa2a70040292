/**
 * `npm test` runs the first ring: every guarantee at the least size that shows it. The second ring (`npm run test:all`)
 * adds sizes, themes and rounds; a test that only it has carries the tag `@all`.
 */
export const isWholeRing = process.env["PORTER_TEST_RING"] === "all";
