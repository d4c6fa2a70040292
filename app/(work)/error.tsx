"use client";
// Here as well, so that the frame stays around what could not be shown.
export { default } from "../error";
