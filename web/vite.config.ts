import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The server that `make dev` starts beside Vite.
const server = process.env.DESKMESH_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@texts": at("../locales/web"), "@": at("src") } },
  build: {
    target: "es2023",
    assetsDir: "assets",
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssMinify: true,
    chunkSizeWarningLimit: 700,
    // What the ticket and the share dialog both need stands apart: else the dialog would wait for the whole ticket.
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: "first", tags: ["$initial"], priority: 1 }, { name: "share", test: /src\/sharing\/(model|api|actions)\.ts$/ }] } } },
  },
  server: {
    strictPort: true,
    fs: { allow: [at("..")] },
    proxy: Object.fromEntries(["/api", "/sign-in", "/sign-out", "/setup", "/demo"].map((path) => [path, { target: server }])),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
