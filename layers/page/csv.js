// Rows as a CSV file (RFC 4180) that is safe to open in a spreadsheet. The settings page has it from here.

// What begins a formula there: https://owasp.org/www-community/attacks/CSV_Injection.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
// What JSON has no number for, and a spreadsheet takes for one.
const LONG_INTEGER = /^-\d{16,}$/;
const QUOTED = /[",\r\n]|^\s|\s$/;
const ASCII = /^[\0-\x7f]*$/;
const BYTE_ORDER_MARK = "\ufeff";

// Values as the query gave them: numbers in full, dates in ISO 8601, nothing as nothing. `numeric` says which
// columns are numbers though they may be text, digit for digit: nothing in them can be a formula.
export function csvText({ columns, rows, numeric = [] }) {
  const line = (cells) => `${cells.join(",")}\r\n`;
  const cell = (value, index) => (numeric[index] ? String(value ?? "") : csvCell(value));
  return [line(columns.map(csvCell)), ...rows.map((row) => line(row.map(cell)))].join("");
}

export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) && !LONG_INTEGER.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvFile(data) {
  const text = csvText(data);
  // Excel takes a file without the mark for the system's old code page.
  return new Blob([ASCII.test(text) ? "" : BYTE_ORDER_MARK, text], { type: "text/csv;charset=utf-8" });
}
