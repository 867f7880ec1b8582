// {% dashboard "on-time-performance" %} in any page, and {% dashboard "airport-weather", filters %} with
// the dashboard's variables from the page's front matter.

const escaped = (text) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

export default function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy("session.js");
  eleventyConfig.addShortcode("dashboard", (name, env = {}) => {
    const filters = escaped(JSON.stringify(env));
    return `<clerestory-dashboard dashboard="${escaped(String(name))}" env="${filters}"></clerestory-dashboard>`;
  });
}
