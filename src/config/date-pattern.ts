/** The date patterns of `${date:…}`: the letters of Java's SimpleDateFormat that people use in a file name, in local time. */

const letters: Readonly<Record<string, (d: Date) => number>> = {
  y: (d) => d.getFullYear(),
  M: (d) => d.getMonth() + 1,
  d: (d) => d.getDate(),
  H: (d) => d.getHours(),
  m: (d) => d.getMinutes(),
  s: (d) => d.getSeconds(),
  S: (d) => d.getMilliseconds(),
}

const run = (text: string, d: Date): string | undefined => {
  const value = letters[text[0] ?? '']?.(d)
  if (value === undefined) return undefined
  if (text === 'yy') return String(value % 100).padStart(2, '0')
  return text.startsWith('M') && text.length > 2 ? undefined : String(value).padStart(text.length, '0')
}

/** The date that `pattern` stands for, or undefined when it has a letter that is not known here. */
export const dateText = (pattern: string, nowMs: number): string | undefined => {
  const d = new Date(nowMs)
  const parts = pattern.match(/'(?:[^']|'')*'|([a-zA-Z])\1*|[^a-zA-Z']+|'/g) ?? []
  let text = ''
  for (const part of parts) {
    const shown = /^[a-zA-Z]/.test(part) ? run(part, d) : part.replace(/^'(.*)'$/, '$1').replaceAll("''", "'")
    if (shown === undefined) return undefined
    text += shown
  }
  return text
}
