import { appendFileSync } from "node:fs";
import type { Reporter, TestCase } from "vitest/node";

/**
 * Writes a line for every test that ended, in the form of `go test -json`, to the file that DESKMESH_EVENTS names:
 * `make mission` reads there which statements passed.
 */
export default class Events implements Reporter {
  onTestCaseResult(test: TestCase) {
    const file = process.env.DESKMESH_EVENTS;
    const action = { passed: "pass", failed: "fail", skipped: "skip", pending: "" }[test.result().state];
    if (!file || !action) return;
    appendFileSync(file, `${JSON.stringify({ Action: action, Package: "web/e2e", Test: test.name })}\n`);
  }
}
