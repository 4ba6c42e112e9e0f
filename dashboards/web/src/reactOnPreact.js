// What the pages and their libraries import as `react`: Preact, with the two things of React that it does not have.
// In JavaScript, because Preact's types are a namespace, which cannot be passed on; the pages are checked by React's own.
import { createElement, options } from 'preact'
import 'preact/compat'

export * from 'preact/compat'
export { default } from 'preact/compat'

/** Keeps what is not shown where it is. React would also stop its effects; ours do nothing that nobody may see. */
export const Activity = ({ mode, children }) =>
  createElement('div', { style: { display: mode === 'hidden' ? 'none' : 'contents' } }, children)

const before = options.vnode
/** Within a drawing the letters of an attribute count, and what is called `tabIndex` there is reached by no key. */
options.vnode = (vnode) => {
  before?.(vnode)
  if (typeof vnode.type !== 'string' || vnode.props.tabIndex === undefined) return
  vnode.props.tabindex = vnode.props.tabIndex
  delete vnode.props.tabIndex
}
