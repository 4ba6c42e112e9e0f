/** A page with this section under its heading: in the place of the one that was there, or at its end. Pure. */
export function putSection(page: string, heading: string, body: string): string {
  const section = `## ${heading}\n\n${body.trim()}\n`
  const parts = page.split(/^(?=## )/m)
  const known = parts.findIndex((part) => part.startsWith(`## ${heading}\n`))
  if (known >= 0) parts[known] = section
  else parts.push(section)
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`
}
