// What the pages and their libraries import as `react`: Preact, with the one thing of React 19 that it does not have.
// In JavaScript, because Preact's types are a namespace, which cannot be passed on; the pages are checked by React's own.
import { createElement } from 'preact'

export * from 'preact/compat'
export { default } from 'preact/compat'

/** Keeps what is not shown where it is. React would also stop its effects; ours do nothing that nobody may see. */
export const Activity = ({ mode, children }) =>
  createElement('div', { style: { display: mode === 'hidden' ? 'none' : 'contents' } }, children)
