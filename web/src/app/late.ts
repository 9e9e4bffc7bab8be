import { type ComponentType, lazy } from "react";
import { loadTexts } from "./i18n";

/** late gives a part that is fetched when it is first drawn, with the texts that it may need: `late(() => import("./Palette"), "Palette")`. */
export function late<Name extends string, Module extends Record<Name, ComponentType<any>>>(load: () => Promise<Module>, name: Name) {
  return lazy<Module[Name]>(async () => {
    const [module] = (await Promise.all([load(), loadTexts()])) as [Module, unknown];
    return { default: module[name] };
  });
}
