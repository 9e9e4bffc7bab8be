import { afterAll, beforeAll } from "vitest";
import { type Rig, startRig } from "./rig.ts";
import { walkScreens } from "./screens.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

walkScreens(() => rig, { width: 1440, height: 900 });
