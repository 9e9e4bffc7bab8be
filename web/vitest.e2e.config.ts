import { defineConfig } from "vitest/config";

// The tests in a browser: `npm run e2e`, after `make build`. Each file starts a program of its own.
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    // Many times what a test needs: a machine that is busy with other work is no fault.
    testTimeout: 400_000,
    hookTimeout: 200_000,
    maxWorkers: 2,
    retry: process.env.CI ? 1 : 0, // on a machine with neighbours a page may be late once
    reporters: ["default", "./e2e/events.ts"],
  },
});
