/** The command line of the broker's own commands: `[-daemon] server.properties [--override name=value]*`. */

export interface ServerArguments {
  readonly daemon: boolean
  readonly file: string
  readonly overrides: Readonly<Record<string, string>>
}

const OVERRIDE = '--override'

/** `--override a=b` and `--override=a=b` as the pairs they give; undefined for anything else. */
const overridePairs = (words: readonly string[]): string[] | undefined => {
  const pairs: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const pair = word.startsWith(`${OVERRIDE}=`) ? word.slice(OVERRIDE.length + 1) : word === OVERRIDE ? words[++i] : undefined // prettier-ignore
    if (pair === undefined || pair.indexOf('=') < 1) return undefined
    pairs.push(pair)
  }
  return pairs
}

export interface StopArguments {
  /** The file that the broker was started with; undefined when none was named. */
  readonly file: string | undefined
  readonly overrides: Readonly<Record<string, string>>
}

const splitAtEquals = (pair: string): [string, string] => {
  const at = pair.indexOf('=')
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

/** `[server.properties] [--override name=value]*`; undefined when the usage is to be shown. */
export const stopArguments = (argv: readonly string[]): StopArguments | undefined => {
  const named = argv[0]?.startsWith('-') === false
  const pairs = overridePairs(named ? argv.slice(1) : argv)
  return pairs && { file: named ? argv[0] : undefined, overrides: Object.fromEntries(pairs.map(splitAtEquals)) }
}

/** Undefined when the usage is to be shown. `-daemon` counts only as the first word, as in Kafka's script. */
export const serverArguments = (argv: readonly string[]): ServerArguments | undefined => {
  const daemon = argv[0] === '-daemon'
  const [file, ...rest] = daemon ? argv.slice(1) : argv
  const pairs = overridePairs(rest)
  if (file === undefined || file.startsWith('-') || pairs === undefined) return undefined
  return { daemon, file, overrides: Object.fromEntries(pairs.map(splitAtEquals)) }
}
