// Mounts GraphiQL with the story's tabs and carries ids from one tab's answer into the variables of the next.
// story.py plays the same rules without a browser.
(() => {
  "use strict";

  const root = document.getElementById("graphiql");
  const settings = JSON.parse(document.getElementById("graphiql-settings").textContent);
  // GraphiQL's dialogs add a style element: this global gives it the page's nonce.
  window.__webpack_nonce__ = document.currentScript.nonce;

  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    root.firstElementChild.textContent =
      "GraphiQL could not be loaded: this server has no copy of its files, and the CDN did not answer. " +
      "With npm installed, `make run` fetches a copy. The API itself works without it.";
    return;
  }

  const prefix = `prorata:${settings.edition}:`;
  const storage = {
    get length() {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length;
    },
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(prefix))
        .forEach((key) => localStorage.removeItem(key)),
  };

  // Not one of GraphiQL's own keys, so clearing its history keeps the story going.
  const known = () => JSON.parse(storage.getItem("story:known") || "{}");

  const valueAt = (answer, path) =>
    path.split(".").reduce((value, step) => (value === null || value === undefined ? undefined : value[step]), answer);

  const remember = (query, answer) => {
    const names = known();
    for (const [, name, path] of query.matchAll(/^[ \t]*#[ \t]*remember:[ \t]*(\w+)[ \t]*=[ \t]*([\w.]+)[ \t]*$/gm)) {
      const value = valueAt(answer, path);
      if (value !== null && value !== undefined) names[name] = value;
    }
    storage.setItem("story:known", JSON.stringify(names));
  };

  const substitute = (value, names) => {
    if (Array.isArray(value)) return value.map((member) => substitute(member, names));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, substitute(member, names)]));
    }
    if (typeof value !== "string") return value;
    const valueOf = (name) => {
      if (!Object.hasOwn(names, name)) throw new Error(`${name} is not known yet: run the tabs before this one first.`);
      return names[name];
    };
    const whole = value.match(/^\{\{\s*(\w+)\s*\}\}$/);
    return whole ? valueOf(whole[1]) : value.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => String(valueOf(name)));
  };

  const headersOf = (query, names) =>
    Object.fromEntries(
      [...query.matchAll(/^[ \t]*#[ \t]*header:[ \t]*([\w-]+)[ \t]*=[ \t]*(\S.*?)[ \t]*$/gm)].map(([, name, value]) => [
        name,
        String(substitute(value, names)),
      ]),
    );

  // Right after a change of tabs GraphiQL may still name the operation of the tab before.
  const operationName = (request) =>
    new RegExp(`\\b(query|mutation|subscription)\\s+${request.operationName}\\b`).test(request.query)
      ? request.operationName
      : undefined;

  const fetcher = async (request, options) => {
    let variables, headersAsked, headersTyped;
    try {
      variables = substitute(request.variables || {}, known());
      headersAsked = headersOf(request.query, known());
      headersTyped = substitute((options && options.headers) || {}, known());
    } catch (error) {
      return { errors: [{ message: error.message }] };
    }
    const headers = new Headers({
      Accept: "application/json",
      "Content-Type": "application/json",
      ...settings.headers,
      ...headersAsked,
    });
    Object.entries(headersTyped).forEach(([name, value]) => headers.set(name, value));
    const response = await fetch(settings.endpoint, {
      method: "POST",
      headers,
      body: JSON.stringify({ query: request.query, variables, operationName: operationName(request) }),
    });
    const answer = await response.json();
    if (!answer.errors) remember(request.query, answer);
    return answer;
  };

  const json = (value) => (Object.keys(value).length === 0 ? "" : JSON.stringify(value, null, 2));
  const headers = json(settings.headers);
  const tabs = settings.tabs.map((tab) => ({ query: tab.query, variables: json(tab.variables), headers }));

  // GraphiQL fills its editors from single keys, not from the tab it shows, and opens one tab more where the two differ.
  const stored = JSON.parse(storage.getItem("graphiql:tabState") || "null");
  const shown = stored ? stored.tabs[stored.activeTabIndex] : tabs[0];
  for (const editor of ["query", "variables", "headers"]) {
    if (shown && shown[editor]) storage.setItem(`graphiql:${editor}`, shown[editor]);
    else storage.removeItem(`graphiql:${editor}`);
  }

  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher,
      storage,
      defaultTabs: tabs.length > 0 ? tabs : undefined,
      defaultHeaders: headers,
      // Only a sandbox page has headers of its own to keep; a key that somebody types elsewhere is not written down.
      shouldPersistHeaders: headers !== "",
      defaultEditorToolsVisibility: "variables",
      inputValueDeprecation: true,
    }),
  );
})();
