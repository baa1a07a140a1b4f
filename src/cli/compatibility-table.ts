/** What docs/compatibility.md says of foreign clients: the results that the tests with real clients keep in a file of the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { packageFile } from './package-folder.ts'

/** Kept by the tests; an installed package does not have it. */
const resultsFile = 'test/interop/compatibility.json'

/** By client, its version, and what it was seen to do. */
type Seen = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

const compression = /^produces and consumes with (.*)$/

/** The abilities of one client as sentences' parts; the compressions of one kind come together. */
const abilities = (passed: readonly string[]): string => {
  const codecs = passed.flatMap((ability) => compression.exec(ability)?.[1] ?? [])
  const others = passed.filter((ability) => !compression.test(ability))
  const together = codecs.length === 0 ? [] : [`produces and consumes (${codecs.join(', ')})`]
  return [...together, ...others].join('; ')
}

/** A table of clients and what they were seen to do; undefined where the results are not there. */
export const compatibilityMarkdown = (): string | undefined => {
  const file = packageFile(resultsFile)
  if (!existsSync(file)) return undefined
  const seen = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Seen)
  const rows = seen.flatMap(([client, versions]) =>
    Object.entries(versions).map(
      ([version, passed]) => `| ${client} | ${version} | ${abilities(Object.keys(passed))} |`,
    ),
  )
  return `\n| client | version | seen to work |\n| --- | --- | --- |\n${rows.join('\n')}\n\n`
}
