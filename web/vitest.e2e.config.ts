import { defineConfig } from "vitest/config";

// The tests in a browser: `npm run e2e`, after `make build`. Each file starts a program of its own.
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxWorkers: 2,
    retry: 0,
    reporters: ["default", "./e2e/events.ts"],
  },
});
