// The one script that is no module: it says so where the modules can't be loaded or understood.

document.addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    const again = Object.assign(document.createElement("button"), { type: "button", textContent: "Try again" });
    again.addEventListener("click", () => location.reload());
    const text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.textContent = "This page could not be loaded as a whole.";
    document.getElementById("main").replaceChildren(text, again);
  },
  true,
);
