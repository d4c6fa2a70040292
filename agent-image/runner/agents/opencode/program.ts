import { OPENCODE } from "../../../../lib/agents/opencode.ts";
import { findBinary, hasAvx2, platformName } from "../launch-parts.ts";

/** opencode's program for this processor: its plain build needs AVX2. */
export function openCodeProgram(nodeModules: string): string {
  const programs = OPENCODE.programs(platformName());
  return findBinary(nodeModules, OPENCODE.name, hasAvx2() ? programs : programs.toReversed());
}
