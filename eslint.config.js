import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["site/clerestory.js"] },
  js.configs.recommended,
  {
    files: ["site/**/*.js", "layers/page/*.js", "demo/page/*.js"],
    languageOptions: { globals: globals.browser },
  },
  { files: ["tests/client/*.js"], languageOptions: { globals: globals.node } },
  // A classic script: it runs before the page's modules.
  { files: ["site/settings/starting.js"], languageOptions: { sourceType: "script" } },
];
