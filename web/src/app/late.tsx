import { type ComponentProps, type ComponentType, lazy, useState } from "react";
import { type LateArea, loadTexts } from "./i18n";

/**
 * late gives a part that is fetched when it is first drawn, with the texts that it may need:
 * `late(() => import("./Palette"), "Palette")`; its `load` fetches it ahead. React holds what had to wait back for 0.3 s, so
 * that places do not flicker; a part that is here already is therefore drawn at once, without having waited.
 */
export function late<Name extends string, Module extends Record<Name, ComponentType<any>>>(from: () => Promise<Module>, name: Name, ...areas: LateArea[]) {
  type Part = Module[Name];
  let here: Part | undefined;
  const load = async () => {
    const [module] = (await Promise.all([from(), loadTexts(...areas)])) as [Module, unknown];
    here = module[name];
    return { default: here };
  };
  const Waiting = lazy<Part>(load);
  function Late(props: ComponentProps<Part>) {
    // It stays what it was drawn as first: another component would lose its state.
    const [Drawn] = useState<ComponentType<any>>(() => here ?? Waiting);
    return <Drawn {...props} />;
  }
  Late.load = () => load().then(() => undefined);
  return Late;
}
