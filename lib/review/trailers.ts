/** Who stands behind a change: the requester, by the address that GitHub gives their number, and the task. */
export const trailersOf = (task: { id: string; userId: number; createdBy: string }): string[] => [
  `Co-authored-by: ${task.createdBy} <${task.userId}+${task.createdBy}@users.noreply.github.com>`,
  `Porter-Task: ${task.id}`,
];
