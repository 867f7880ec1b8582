import js from "@eslint/js";
import globals from "globals";

const noMarkup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "setHTMLUnsafe"].map((property) => ({
  property,
  message: "A value must not become markup.",
}));
const noStore = ["localStorage", "sessionStorage", "indexedDB", "cookieStore"];
const noStores = noStore.map((property) => ({ property, message: "Nothing is kept in the browser." }));
const kept = { property: "cookie", message: "Nothing is kept in the browser." };
const written = { object: "document", property: "write", message: "A value must not become markup." };

export default [
  { ignores: ["site/clerestory.js"] },
  js.configs.recommended,
  {
    files: ["site/**/*.js", "layers/page/*.js", "demo/page/*.js"],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["site/**/*.js", "layers/page/*.js"],
    rules: {
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": ["error", ...noMarkup, written],
      "no-restricted-globals": ["error", "localStorage"],
    },
  },
  {
    files: ["site/client/*.js", "layers/page/*.js"],
    rules: {
      "no-restricted-properties": ["error", ...noMarkup, written, kept, ...noStores],
      "no-restricted-globals": ["error", ...noStore],
    },
  },
  { files: ["site/client/*.js"], rules: { "no-console": "error" } },
  { files: ["site/settings/**/*.js"], rules: { "max-lines": ["error", 299] } },
  { files: ["tests/client/*.js"], languageOptions: { globals: globals.node } },
  // A classic script: it runs before the page's modules.
  { files: ["site/settings/starting.js"], languageOptions: { sourceType: "script" } },
];
