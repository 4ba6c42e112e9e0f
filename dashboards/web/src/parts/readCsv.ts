/** Rows of a CSV text by the names in its first line. Quotes may hold commas, line breaks and doubled quotes. */
export function readCsv(text: string): Record<string, string>[] {
  const lines: string[][] = [[]]
  let field = ''
  let isQuoted = false
  const end = () => {
    lines.at(-1)?.push(field.trim())
    field = ''
  }
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (isQuoted) {
      if (letter !== '"') field += letter
      else if (text[i + 1] === '"') {
        field += '"'
        i++
      } else isQuoted = false
    } else if (letter === '"') isQuoted = true
    else if (letter === ',' || letter === ';') end()
    else if (letter === '\n') {
      end()
      lines.push([])
    } else if (letter !== '\r' && letter !== '\uFEFF') field += letter
  }
  end()
  const [names = [], ...rows] = lines.filter((line) => line.some(Boolean))
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])))
}
