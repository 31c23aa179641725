// The words of the page, in the language that is spoken; placeholders in braces.

let catalogue = {};

export function use(words, name) {
  catalogue = words[name];
}

export function t(key, values = {}) {
  const text = catalogue[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in catalogue;

// Make an element: attributes as named, `on…` as listeners, children as nodes or text.
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Words with the names of plans in their colours: {plan} holds a node.
export function rich(key, values) {
  const parts = t(key, Object.fromEntries(Object.keys(values).map((name) => [name, `\u0001${name}\u0001`]))).split("\u0001");
  return parts.map((part, i) => (i % 2 ? values[part] : part)).filter((part) => part !== "");
}

// A table whose lines stand one under the other on a narrow screen: each cell knows the head of its column.
export function stacked(table) {
  const heads = [...table.tHead.rows[0].cells].map((one) => one.textContent);
  for (const line of table.tBodies[0].rows) [...line.cells].forEach((cell, i) => (cell.dataset.head = heads[i]));
  table.classList.add("stacked");
  return table;
}
