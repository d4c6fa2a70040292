import { AppError } from "@/server/errors";

export const onlyAdmins = (): AppError =>
  new AppError("forbidden", "Only people with admin on this repository can save its secrets and name their app.");
