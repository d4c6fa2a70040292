"use client";
import { createContext, type ReactNode, useContext } from "react";

const Names = createContext<readonly string[]>(["porter"]);

/** What commands begin with in this installation, for every text and input of the page. */
export const MentionProvider = ({ names, children }: { names: readonly string[]; children: ReactNode }) => (
  <Names value={names}>{children}</Names>
);

/** Every name that Porter answers to. */
export const useMentions = (): readonly string[] => useContext(Names);

/** The name that commands are shown with, without `@`. */
export const useMention = (): string => useMentions()[0] ?? "porter";
