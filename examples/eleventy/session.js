// Gives every dashboard on the page the visitor's session.

const { api } = document.querySelector("script[data-api]").dataset;
const { provideSession } = await import(`${api}/assets/clerestory.js`);

// Yours: whatever your identity provider's library calls this. `expired` says that the last token was refused.
provideSession(({ expired }) => window.auth.getToken({ renew: expired }));
