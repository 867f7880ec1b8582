/** Hands the reader a file of comma-separated values. */
export function download(name, text) {
  // With its mark, or some spreadsheets read UTF-8 as something else.
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
