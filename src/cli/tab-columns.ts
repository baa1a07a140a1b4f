/** Tables as Kafka's newer tools print them: every column as wide as its widest value, and a tab behind each. */
export const columns = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const lines = [heads, ...rows.map((row) => row.map(String))]
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines.map((line) => `${line.map((text, i) => `${text.padEnd(widths[i] ?? 0)}\t`).join('')}\n`).join('')
}
