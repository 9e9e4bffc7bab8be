import { readFile, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The server that `make dev` starts beside Vite.
const server = process.env.DESKMESH_DEV_SERVER ?? "http://127.0.0.1:8080";

/** Packs scripts and style sheets once for good: brotli at its best takes a tenth off what gzip leaves, but is too slow to do at every start of the server. */
const pack = (): Plugin => ({
  name: "pack",
  apply: "build",
  async writeBundle({ dir = "" }) {
    const names = (await readdir(`${dir}/assets`)).filter((name) => /\.(js|css|svg)$/.test(name));
    await Promise.all(
      names.map(async (name) => {
        const whole = await readFile(`${dir}/assets/${name}`);
        const packed = await promisify(brotliCompress)(whole);
        if (packed.length < whole.length - 100) await writeFile(`${dir}/assets/${name}.br`, packed);
      }),
    );
  },
});

export default defineConfig({
  plugins: [react(), pack()],
  resolve: { alias: { "@texts": at("../locales/web"), "@": at("src") } },
  build: {
    target: "es2023",
    assetsDir: "assets",
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssMinify: true,
    chunkSizeWarningLimit: 700,
    // What the first list needs is one file: thirty small ones pack worse. What the ticket and the share dialog both need
    // stands apart: else the dialog would wait for the whole ticket.
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: "first", tags: ["$initial"], priority: 1 }, { name: "share", test: /src\/sharing\/(model|api|actions)\.ts$/ }] } } },
  },
  server: {
    strictPort: true,
    fs: { allow: [at("..")] },
    proxy: Object.fromEntries(["/api", "/sign-in", "/sign-out", "/setup", "/demo"].map((path) => [path, { target: server }])),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
