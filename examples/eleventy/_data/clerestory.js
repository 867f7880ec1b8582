// The pack's address, from the build's environment.
export default { api: process.env.CLERESTORY_API ?? "http://127.0.0.1:8787" };
